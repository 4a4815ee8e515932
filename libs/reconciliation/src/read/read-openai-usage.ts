import { z } from 'zod';
import type { BillClass, BillLine, ReadBill } from '../bill-line.ts';
import { count, firstIssue, label, numberText, readResults } from './bill-json.ts';
import { readOpenaiBuckets } from './openai-buckets.ts';
import { unixBucket } from './unix-bucket.ts';

const usage = z.looseObject({
  object: label,
  input_tokens: count,
  output_tokens: count,
  input_cached_tokens: count,
  input_audio_tokens: count,
  input_cached_audio_tokens: count,
  output_audio_tokens: count,
  input_image_tokens: count,
  output_image_tokens: count,
  images: count,
  seconds: count,
  num_sessions: count,
  num_model_requests: count,
  project_id: label,
  api_key_id: label,
  model: label,
  batch: z.union([z.boolean(), numberText]).nullish(),
  service_tier: label,
});

/**
 * Reads pages of OpenAI's `/v1/organization/usage/{completions, embeddings, images, audio_transcriptions, ...}`.
 * `input_tokens` contains the cached ones, and the text totals of `completions` do not contain audio. Usage has no
 * amounts: they come from the costs of the same days.
 *
 * @throws SyntaxError when the text is no such page
 */
export function readOpenaiUsage(text: string): ReadBill {
  return readResults(readOpenaiBuckets(text), unixBucket, ['usage_without_amounts'], (bucket, raw, line) => {
    const result = usage.safeParse(raw);
    if (!result.success) return { reason: firstIssue(result.error) };
    const quantities = quantitiesOf(result.data);
    if ('reason' in quantities) return quantities;
    const base = {
      line,
      provider: 'openai',
      startsAtUs: bucket.start_time * 1_000_000n,
      endsAtUs: bucket.end_time * 1_000_000n,
      project: result.data.project_id,
      apiKeyId: result.data.api_key_id,
      model: result.data.model,
      serviceTier: tierOf(result.data),
      contextWindow: null,
      region: null,
      amountPico: null,
      currency: 'USD',
      category: 'usage' as const,
      invoiceId: null,
      description: result.data.object,
    };
    return {
      lines: [...quantities.byClass].map(([billClass, quantity]): BillLine => ({
        ...base,
        billClass,
        quantity,
      })),
    };
  });
}

type Result = z.infer<typeof usage>;

function quantitiesOf(result: Result): { byClass: ReadonlyMap<BillClass, bigint> } | { reason: string } {
  const byClass = new Map<BillClass, bigint>();
  const add = (billClass: BillClass, quantity: bigint | null): void => {
    if (quantity !== null && quantity !== 0n) byClass.set(billClass, quantity);
  };
  const cached = result.input_cached_tokens ?? 0n;
  if (result.input_tokens !== null && cached > result.input_tokens)
    return { reason: 'input_cached_tokens: more than input_tokens, which contains them' };
  const cachedAudio = result.input_cached_audio_tokens ?? 0n;
  if (result.input_audio_tokens !== null && cachedAudio > result.input_audio_tokens)
    return { reason: 'input_cached_audio_tokens: more than input_audio_tokens, which contains them' };
  add('in_uncached', result.input_tokens === null ? null : result.input_tokens - cached);
  add('cache_read', result.input_cached_tokens);
  add('audio_in', result.input_audio_tokens === null ? null : result.input_audio_tokens - cachedAudio);
  add('audio_cache_read', result.input_cached_audio_tokens);
  add('image_in', result.input_image_tokens);
  add('output', result.output_tokens);
  add('audio_out', result.output_audio_tokens);
  add('image_out', result.output_image_tokens);
  add('image', result.images);
  add('audio_second', result.seconds);
  add('tool_call', result.num_sessions);
  add('request', result.num_model_requests);
  return { byClass };
}

function tierOf({ batch, service_tier: tier }: Result): string | null {
  if (batch === true || batch === 'true') return 'batch';
  return tier === null || tier === 'default' || tier === 'auto' ? null : tier;
}
