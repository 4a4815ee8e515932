import { z } from 'zod';
import type { BillClass, BillLine, ReadBill } from '../bill-line.ts';
import { count, firstIssue, label, readBuckets, readResults } from './bill-json.ts';
import { rfc3339Bucket } from './rfc3339-bucket.ts';

const usage = z.looseObject({
  uncached_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: z
    .looseObject({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count })
    .nullish(),
  output_tokens: count,
  server_tool_use: z.looseObject({ web_search_requests: count }).nullish(),
  api_key_id: label,
  workspace_id: label,
  model: label,
  service_tier: label,
  context_window: label,
  inference_geo: label,
});

/**
 * Reads pages of Anthropic's `/v1/organizations/usage_report/messages`. Its classes are disjoint. A workspace of null is
 * the default workspace, an API key of null the console; code execution is not in it.
 *
 * @throws SyntaxError when the text is no such page
 */
export function readAnthropicUsage(text: string): ReadBill {
  const notes = ['usage_without_amounts', 'no_code_execution'];
  return readResults(readBuckets(text), rfc3339Bucket, notes, (bucket, raw, line) => {
    const read = usage.safeParse(raw);
    if (!read.success) return { reason: firstIssue(read.error) };
    const result = read.data;
    const quantities: [BillClass, bigint | null][] = [
      ['in_uncached', result.uncached_input_tokens],
      ['cache_read', result.cache_read_input_tokens],
      ['cache_write_5m', result.cache_creation?.ephemeral_5m_input_tokens ?? null],
      ['cache_write_1h', result.cache_creation?.ephemeral_1h_input_tokens ?? null],
      ['output', result.output_tokens],
      ['search', result.server_tool_use?.web_search_requests ?? null],
    ];
    return {
      lines: quantities.flatMap(([billClass, quantity]): BillLine[] =>
        quantity === null || quantity === 0n
          ? []
          : [
              {
                line,
                provider: 'anthropic',
                startsAtUs: bucket.starting_at,
                endsAtUs: bucket.ending_at,
                project: result.workspace_id,
                apiKeyId: result.api_key_id,
                model: result.model,
                billClass,
                serviceTier: result.service_tier === 'standard' ? null : result.service_tier,
                contextWindow: result.context_window,
                region: regionOf(result.inference_geo),
                quantity,
                amountPico: null,
                currency: 'USD',
                category: 'usage',
                invoiceId: null,
                description: null,
              },
            ],
      ),
    };
  });
}

const regionOf = (geo: string | null): string | null =>
  geo === null || geo === 'global' || geo === 'not_available' ? null : geo;
