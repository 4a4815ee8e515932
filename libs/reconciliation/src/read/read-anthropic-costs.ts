import { z } from 'zod';
import type { BillClass, ReadBill } from '../bill-line.ts';
import { readPicoAmount } from '../pico-amount.ts';
import { firstIssue, label, numberText, readBuckets, readResults } from './bill-json.ts';
import { rfc3339Bucket } from './rfc3339-bucket.ts';

const costs = z.looseObject({
  amount: numberText,
  currency: z.string().length(3),
  cost_type: label,
  token_type: label,
  model: label,
  service_tier: label,
  context_window: label,
  inference_geo: label,
  workspace_id: label,
  description: label,
});

const CLASS_OF: Readonly<Record<string, BillClass>> = {
  uncached_input_tokens: 'in_uncached',
  cache_read_input_tokens: 'cache_read',
  'cache_creation.ephemeral_5m_input_tokens': 'cache_write_5m',
  'cache_creation.ephemeral_1h_input_tokens': 'cache_write_1h',
  output_tokens: 'output',
};

const CENTS = 100n;

/**
 * Reads pages of Anthropic's `/v1/organizations/cost_report`. Amounts count cents: `"123.45"` is $1.2345. Priority Tier
 * is not in it, and it has no API keys.
 *
 * @throws SyntaxError when the text is no such page
 */
export function readAnthropicCosts(text: string): ReadBill {
  const notes = ['costs_without_tokens', 'no_priority_tier', 'no_api_keys'];
  return readResults(readBuckets(text), rfc3339Bucket, notes, (bucket, raw, line) => {
    const read = costs.safeParse(raw);
    if (!read.success) return { reason: firstIssue(read.error) };
    const result = read.data;
    const amount = readPicoAmount(result.amount, CENTS);
    if (amount === null) return { reason: `amount: not an amount: ${result.amount}` };
    return {
      rounded: amount.isRounded ? 1 : 0,
      lines: [
        {
          line,
          provider: 'anthropic',
          startsAtUs: bucket.starting_at,
          endsAtUs: bucket.ending_at,
          project: result.workspace_id,
          apiKeyId: null,
          model: result.model,
          billClass: classOf(result.cost_type, result.token_type),
          serviceTier: result.service_tier === 'standard' ? null : result.service_tier,
          contextWindow: result.context_window,
          region: result.inference_geo === 'global' ? null : result.inference_geo,
          quantity: null,
          amountPico: amount.pico,
          currency: result.currency.toUpperCase(),
          category: amount.pico < 0n ? 'credit' : 'usage',
          invoiceId: null,
          description: result.description,
        },
      ],
    };
  });
}

function classOf(costType: string | null, tokenType: string | null): BillClass | null {
  if (costType === 'web_search') return 'search';
  return tokenType === null ? null : (CLASS_OF[tokenType] ?? null);
}
