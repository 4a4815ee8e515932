import type { TokenBucket } from '#model';
import { toCount } from './attribute.ts';
import type { BlobMap } from './blob.ts';
import type { Reading } from './dialect.ts';

type Tokens = Partial<Record<TokenBucket, bigint>>;

const DISJOINT_KEYS: readonly (readonly [TokenBucket, ...(readonly string[])])[] = [
  ['in_uncached', 'input'],
  ['out_text', 'output'],
  ['cache_read', 'input_cached_tokens', 'cache_read_input_tokens', 'input_cache_read'],
  ['cache_write_5m', 'input_cache_creation_5m'],
  ['cache_write_1h', 'input_cache_creation_1h'],
  ['cache_write_unk', 'input_cache_creation', 'cache_creation_input_tokens'],
  ['reasoning', 'output_reasoning_tokens', 'output_reasoning'],
  ['audio_in', 'input_audio_tokens', 'input_audio'],
  ['audio_out', 'output_audio_tokens', 'output_audio'],
];
const INPUT_DETAILS: readonly TokenBucket[] = [
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_unk',
  'audio_in',
];
const OUTPUT_DETAILS: readonly TokenBucket[] = ['reasoning', 'audio_out'];

/**
 * Reads `usage_details` in Langfuse's own keys, which are meant to be disjoint; a total of just input and output proves
 * that the details are inside of them.
 *
 * @returns false where the keys are not Langfuse's: then it is a provider's body handed through
 */
export function readLangfuseUsage(usage: BlobMap | null, reading: Reading): boolean {
  if (usage === null || (usage['input'] === undefined && usage['output'] === undefined)) return false;
  const tokens = readTokens(usage, reading.flags);
  const isRejected = [...reading.flags].some((flag) => flag.startsWith('rejected:'));
  const total = toCount(asScalar(usage['total']));
  const isInclusive = typeof total === 'bigint' && isSumOfSides(total, tokens);
  if (isInclusive) takeDetailsOut(tokens);
  const isSound = !isRejected && Object.values(tokens).every((count) => count >= 0n);
  dropZeros(tokens);
  reading.settled = {
    usage: { tokens: isSound ? tokens : {}, units: {} },
    state: !isSound ? 'rejected' : isPartial(tokens, reading) ? 'partial' : 'reported',
    semantics: { input: isInclusive ? 'inclusive' : 'disjoint', rule: 'A1.1:langfuse' },
  };
  return true;
}

function readTokens(usage: BlobMap, flags: Set<string>): Tokens {
  const tokens: Tokens = {};
  for (const [bucket, ...keys] of DISJOINT_KEYS) {
    const counts = keys.map((key) => toCount(asScalar(usage[key])));
    const count = counts.find((one) => typeof one === 'bigint');
    if (counts.includes('rejected')) flags.add(`rejected:${bucket}`);
    if (count !== undefined) tokens[bucket] = count;
  }
  const split = sumOf(tokens, ['cache_write_5m', 'cache_write_1h']);
  const whole = tokens.cache_write_unk;
  if (whole !== undefined) tokens.cache_write_unk = whole > split ? whole - split : 0n;
  return tokens;
}

function isPartial(tokens: Tokens, reading: Reading): boolean {
  const expectsOutput = reading.kind !== 'embedding' && reading.kind !== 'rerank';
  return tokens.in_uncached === undefined || (tokens.out_text === undefined && expectsOutput);
}

function isSumOfSides(total: bigint, tokens: Tokens): boolean {
  const details = sumOf(tokens, INPUT_DETAILS) + sumOf(tokens, OUTPUT_DETAILS);
  return details > 0n && total === (tokens.in_uncached ?? 0n) + (tokens.out_text ?? 0n);
}

function takeDetailsOut(tokens: Tokens): void {
  tokens.in_uncached = (tokens.in_uncached ?? 0n) - sumOf(tokens, INPUT_DETAILS);
  tokens.out_text = (tokens.out_text ?? 0n) - sumOf(tokens, OUTPUT_DETAILS);
}

function sumOf(tokens: Tokens, buckets: readonly TokenBucket[]): bigint {
  return buckets.reduce((sum, bucket) => sum + (tokens[bucket] ?? 0n), 0n);
}

function dropZeros(tokens: Tokens): void {
  for (const bucket of [...INPUT_DETAILS, ...OUTPUT_DETAILS])
    if (tokens[bucket] === 0n) delete tokens[bucket];
}

function asScalar(value: unknown): bigint | number | string | boolean | null {
  switch (typeof value) {
    case 'bigint':
    case 'number':
    case 'string':
    case 'boolean':
      return value;
    default:
      return null;
  }
}
