import type { TokenBucket } from '#model';

/** What a provider puts on its bill for one answer. Written down by hand, beside the usage body it belongs to. */
export interface Bill {
  /** By the names of price lists. */
  readonly provider: 'openai' | 'anthropic' | 'google';
  /** As the price list names it. */
  readonly model: string;
  readonly tier: 'priority' | null;
  readonly tokens: Readonly<Partial<Record<TokenBucket, bigint>>>;
}

/** A usage body in the provider's own words, and what the provider charges for it. */
export interface RecordedUsage {
  readonly usage: Readonly<Record<string, unknown>>;
  readonly tokens: Bill['tokens'];
}

/**
 * Shapes as the APIs answer them; the counts are in no way round, so that a wrong sum shows. Each call takes the next
 * of its list, so that calls of one program differ.
 */
export const CHAT: readonly RecordedUsage[] = [
  {
    usage: {
      prompt_tokens: 1815,
      completion_tokens: 300,
      total_tokens: 2115,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 192,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    tokens: { in_uncached: 791n, cache_read: 1024n, out_text: 108n, reasoning: 192n },
  },
  {
    usage: {
      prompt_tokens: 97,
      completion_tokens: 52,
      total_tokens: 149,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    tokens: { in_uncached: 97n, out_text: 52n },
  },
  {
    usage: {
      prompt_tokens: 4391,
      completion_tokens: 1217,
      total_tokens: 5608,
      prompt_tokens_details: { cached_tokens: 4224, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 1088,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    tokens: { in_uncached: 167n, cache_read: 4224n, out_text: 129n, reasoning: 1088n },
  },
];

export const RESPONSES: readonly RecordedUsage[] = [
  {
    usage: {
      input_tokens: 2437,
      input_tokens_details: { cached_tokens: 1920 },
      output_tokens: 531,
      output_tokens_details: { reasoning_tokens: 384 },
      total_tokens: 2968,
    },
    tokens: { in_uncached: 517n, cache_read: 1920n, out_text: 147n, reasoning: 384n },
  },
  {
    usage: {
      input_tokens: 81,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 23,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 104,
    },
    tokens: { in_uncached: 81n, out_text: 23n },
  },
];

export const EMBEDDINGS: readonly RecordedUsage[] = [
  { usage: { prompt_tokens: 13, total_tokens: 13 }, tokens: { in_uncached: 13n } },
];

/** Input beside the cache, as Anthropic counts it. Writes that live five minutes: what nearly everybody uses. */
export const MESSAGES: readonly RecordedUsage[] = [
  {
    usage: {
      input_tokens: 7,
      cache_creation_input_tokens: 2089,
      cache_read_input_tokens: 16399,
      cache_creation: { ephemeral_5m_input_tokens: 2089, ephemeral_1h_input_tokens: 0 },
      output_tokens: 445,
      service_tier: 'standard',
    },
    tokens: { in_uncached: 7n, cache_read: 16399n, cache_write_5m: 2089n, out_text: 445n },
  },
  {
    usage: {
      input_tokens: 5023,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 1031,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 45,
      service_tier: 'standard',
    },
    tokens: { in_uncached: 5023n, cache_read: 1031n, out_text: 45n },
  },
  {
    usage: {
      input_tokens: 61,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 17,
      service_tier: 'standard',
    },
    tokens: { in_uncached: 61n, out_text: 17n },
  },
];

/** Asked for by `[1h]` in the prompt: part of the cache is written for an hour, at another price. */
export const MESSAGES_1H: readonly RecordedUsage[] = [
  {
    usage: {
      input_tokens: 11,
      cache_creation_input_tokens: 2089,
      cache_read_input_tokens: 16399,
      cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 89 },
      output_tokens: 446,
      service_tier: 'standard',
    },
    tokens: {
      in_uncached: 11n,
      cache_read: 16399n,
      cache_write_5m: 2000n,
      cache_write_1h: 89n,
      out_text: 446n,
    },
  },
];

/** Thoughts are billed as output and counted beside the candidates; the cache is inside the prompt. */
export const GENERATE: readonly RecordedUsage[] = [
  {
    usage: {
      promptTokenCount: 1203,
      cachedContentTokenCount: 1019,
      candidatesTokenCount: 31,
      thoughtsTokenCount: 577,
      totalTokenCount: 1811,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 1203 }],
    },
    tokens: { in_uncached: 184n, cache_read: 1019n, out_text: 31n, reasoning: 577n },
  },
];

/**
 * What the stub's provider charges: USD per million tokens, in the form in which a tenant hands in a price list. List
 * prices of 2026; priority as OpenAI sells it.
 */
export const PRICE_LIST = `provider,model,service_tier,input_per_million,cache_read_per_million,cache_write_per_million,cache_write_1h_per_million,output_per_million
openai,gpt-5.2,,1.75,0.175,,,14
openai,gpt-5.2,priority,3.5,0.35,,,28
openai,text-embedding-3-small,,0.02,,,,
anthropic,claude-sonnet-4-5,,3,0.3,3.75,6,15
google,gemini-2.5-flash,,0.3,0.03,,,2.5
`;

type Rates = Readonly<Record<string, bigint>>;
/** The same list in pico-USD per token, written a second time, so that the import is checked too. */
const RATES_PICO: Readonly<Record<string, Rates>> = {
  'openai gpt-5.2': {
    in_uncached: 1_750_000n,
    cache_read: 175_000n,
    out_text: 14_000_000n,
    reasoning: 14_000_000n,
  },
  'openai gpt-5.2 priority': {
    in_uncached: 3_500_000n,
    cache_read: 350_000n,
    out_text: 28_000_000n,
    reasoning: 28_000_000n,
  },
  'openai text-embedding-3-small': { in_uncached: 20_000n },
  'anthropic claude-sonnet-4-5': {
    in_uncached: 3_000_000n,
    cache_read: 300_000n,
    cache_write_5m: 3_750_000n,
    cache_write_1h: 6_000_000n,
    // Where nobody tells how long: as if for five minutes.
    cache_write_unk: 3_750_000n,
    out_text: 15_000_000n,
  },
  'google gemini-2.5-flash': {
    in_uncached: 300_000n,
    cache_read: 30_000n,
    out_text: 2_500_000n,
    reasoning: 2_500_000n,
  },
};

/** @returns what the provider asks for the answer, in pico-USD. */
export function pricePico({ provider, model, tier, tokens }: Bill): bigint {
  const rates = RATES_PICO[tier === null ? `${provider} ${model}` : `${provider} ${model} ${tier}`]!;
  let sum = 0n;
  const counts: Readonly<Record<string, bigint>> = tokens;
  for (const [bucket, count] of Object.entries(counts)) {
    const rate = rates[bucket];
    if (rate === undefined) throw new Error(`${provider} ${model} sells no ${bucket}`);
    sum += rate * count;
  }
  return sum;
}
