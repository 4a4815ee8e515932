import type { Usage } from '#model';
import { toCount, toMoney, toText } from './attribute.ts';
import type { Blob, BlobMap } from './blob.ts';
import { asMap, at, toBlob } from './blob.ts';
import type { CountName, Counts } from './counts.ts';
import { emptyCounts } from './counts.ts';
import { USAGE_SHAPES } from './provider-shapes.ts';
import type { UsageFlavor, UsageShape } from './provider-shapes.ts';
import type { SettledUsage } from './settle-usage.ts';
import { settleUsage } from './settle-usage.ts';
import { flagUnknownFields } from './unknown-usage-keys.ts';

/** What a provider's own usage body says. */
export interface BodyUsage extends SettledUsage {
  readonly flavor: UsageFlavor;
  readonly serviceTier: string | null;
  /** USD as decimal text, where a gateway states what it charged. */
  readonly cost: string | null;
  readonly flags: readonly string[];
}

/**
 * Turns a provider's own usage body into disjoint buckets: rule A1.1, the word that settles every doubt.
 *
 * @param flavor the shape, or null to tell it by the fields
 * @param body the response that holds the usage, or the usage itself; any value, as decoded from JSON
 * @returns the usage with the rule `A1.1:<flavor>`, or null where the body holds no usage of a known shape. Never throws
 */
export function usageFromProviderBody(flavor: UsageFlavor | null, body: unknown): BodyUsage | null {
  const whole = asMap(toBlob(body));
  if (whole === null) return null;
  const usage = findUsage(whole);
  const shapeName = flavor ?? flavorOf(usage);
  if (shapeName === null) return null;
  const shape = USAGE_SHAPES[shapeName];
  const flags = new Set<string>();
  const counts = readBody(usage, shape, flags);
  if (shapeName === 'gemini') readGemini(usage, counts);
  const settled = settleUsage(
    toInclusive(counts, shape),
    {
      input: 'inclusive',
      output: shape.output,
      isTotalFromProvider: false,
      by: shapeName,
      hasOutput: false,
      expectsOutput: shape.expectsOutput,
    },
    flags,
  );
  if (settled.usage !== null) flagUnknownFields(usage, flags);
  return {
    ...withSearches(settled, usage, shape),
    semantics: settled.usage && { input: shape.input, rule: `A1.1:${shapeName}` },
    flavor: shapeName,
    serviceTier: readTier(usage, whole),
    cost: toMoney(toText(asText(usage['cost']))),
    flags: [...flags].sort(),
  };
}

function findUsage(body: BlobMap): BlobMap {
  return (
    asMap(body['usage']) ??
    asMap(body['usageMetadata']) ??
    asMap(body['usage_metadata']) ??
    asMap(at(body, 'response', 'usage')) ??
    asMap(at(body, 'message', 'usage')) ??
    asMap(body['meta']) ??
    body
  );
}

/** The fields tell the shape; the order of the questions matters where shapes share field names. */
function flavorOf(usage: BlobMap): UsageFlavor | null {
  const hasAny = (...keys: readonly string[]): boolean => keys.some((key) => usage[key] !== undefined);
  if (hasAny('promptTokenCount', 'prompt_token_count', 'candidatesTokenCount', 'candidates_token_count'))
    return 'gemini';
  if (hasAny('prompt_tokens', 'completion_tokens')) return 'openai_chat';
  if (hasAny('inputTokens', 'outputTokens')) return 'bedrock_converse';
  if (hasAny('billed_units')) return 'cohere';
  if (!hasAny('input_tokens', 'output_tokens')) return null;
  const details = asMap(usage['input_token_details']) ?? asMap(usage['output_token_details']);
  if (details && details['cached_tokens'] === undefined && details['text_tokens'] === undefined)
    return 'langchain';
  const isAnthropic = hasAny(
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
    'cache_creation',
    'server_tool_use',
  );
  if (isAnthropic) return 'anthropic';
  return hasAny('total_tokens', 'input_tokens_details', 'input_token_details')
    ? 'openai_responses'
    : 'anthropic';
}

function readBody(usage: BlobMap, shape: UsageShape, flags: Set<string>): Counts {
  const counts = emptyCounts();
  for (const [name, ...paths] of shape.rows) {
    for (const path of paths) {
      const count = toCount(asScalar(at(usage, ...path)));
      if (count === 'rejected') flags.add(`rejected:${name}`);
      if (typeof count !== 'bigint') continue;
      counts[name] = count;
      break;
    }
  }
  for (const key of shape.outputBeside ?? []) {
    const count = toCount(asScalar(usage[key]));
    if (typeof count === 'bigint') counts.output = (counts.output ?? 0n) + count;
  }
  return counts;
}

function asScalar(value: Blob | undefined): bigint | number | string | null | undefined | boolean {
  return typeof value === 'object' && value !== null ? true : value;
}

function asText(value: Blob | undefined): bigint | number | string | null {
  return typeof value === 'string' || typeof value === 'bigint' || typeof value === 'number' ? value : null;
}

/** Anthropic and Bedrock count the cache beside the input; from here on it is inside. */
function toInclusive(counts: Counts, shape: UsageShape): Counts {
  if (shape.input === 'inclusive' || counts.input === null) return counts;
  const split = (counts.cacheWrite5m ?? 0n) + (counts.cacheWrite1h ?? 0n);
  const total = counts.cacheWrite ?? 0n;
  const cacheWrite = total > split ? total : split;
  return { ...counts, input: counts.input + (counts.cacheRead ?? 0n) + cacheWrite, total: null };
}

const MODALITY_LISTS: readonly (readonly [keys: readonly string[], image: CountName, audio: CountName])[] = [
  [['promptTokensDetails', 'prompt_tokens_details'], 'imageIn', 'audioIn'],
  [['toolUsePromptTokensDetails', 'tool_use_prompt_tokens_details'], 'imageIn', 'audioIn'],
  [['cacheTokensDetails', 'cache_tokens_details'], 'imageCacheRead', 'audioCacheRead'],
  [['candidatesTokensDetails', 'candidates_tokens_details'], 'imageOut', 'audioOut'],
];
const MODALITIES_MAX = 64;
const COUNT_BY_MODALITY: ReadonlyMap<string, 'image' | 'audio'> = new Map([
  ['IMAGE', 'image'],
  ['DOCUMENT', 'image'],
  ['AUDIO', 'audio'],
]);

/**
 * Gemini leaves the candidates out when it only thought, and lists its modalities. Documents are billed as images;
 * video has no class of its own and stays text.
 */
function readGemini(usage: BlobMap, counts: Counts): void {
  const hasOnlyThoughts = counts.output === null && counts.reasoning !== null;
  if (hasOnlyThoughts && counts.input !== null) counts.output = 0n;
  for (const [keys, image, audio] of MODALITY_LISTS)
    for (const key of keys) addModalities(usage[key], counts, image, audio);
}

function addModalities(list: Blob | undefined, counts: Counts, image: CountName, audio: CountName): void {
  if (!Array.isArray(list)) return;
  for (const item of list.slice(0, MODALITIES_MAX)) {
    const entry = asMap(item);
    const modality = entry?.['modality'];
    const name = typeof modality === 'string' ? COUNT_BY_MODALITY.get(modality) : undefined;
    const count = toCount(asScalar(entry?.['tokenCount'] ?? entry?.['token_count']));
    if (name === undefined || typeof count !== 'bigint') continue;
    const target = name === 'image' ? image : audio;
    counts[target] = (counts[target] ?? 0n) + count;
  }
}

function withSearches(settled: SettledUsage, usage: BlobMap, shape: UsageShape): SettledUsage {
  for (const path of shape.searches ?? []) {
    const searches = toCount(asScalar(at(usage, ...path)));
    if (typeof searches !== 'bigint' || searches === 0n) continue;
    const counted: Usage = {
      tokens: settled.usage?.tokens ?? {},
      units: { search: searches },
    };
    return { ...settled, usage: counted, state: settled.usage === null ? 'reported' : settled.state };
  }
  return settled;
}

function readTier(usage: BlobMap, body: BlobMap): string | null {
  const tier = usage['service_tier'] ?? usage['serviceTier'] ?? body['service_tier'];
  return typeof tier === 'string' && tier !== '' && tier !== 'auto' ? tier : null;
}
