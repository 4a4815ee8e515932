import { TOKEN_BUCKETS } from '#model';
import type { TokenBucket, Usage } from '#model';

const OUTPUT_SIDE: ReadonlySet<string> = new Set<TokenBucket>([
  'out_text',
  'reasoning',
  'audio_out',
  'image_out',
]);

export interface SideTotals {
  readonly input: bigint;
  readonly output: bigint;
}

/** @returns the tokens that went in and came out, whatever their classes. */
export function sideTotals(tokens: Readonly<Partial<Record<string, bigint>>>): SideTotals {
  let input = 0n;
  let output = 0n;
  for (const [bucket, count] of Object.entries(tokens)) {
    if (OUTPUT_SIDE.has(bucket)) output += count ?? 0n;
    else input += count ?? 0n;
  }
  return { input, output };
}

/** @returns what `total` exceeds `counted` by; null where it exceeds it on neither side. */
export function excessOf(total: SideTotals, counted: SideTotals): Usage | null {
  const input = total.input > counted.input ? total.input - counted.input : 0n;
  const output = total.output > counted.output ? total.output - counted.output : 0n;
  if (input === 0n && output === 0n) return null;
  return { tokens: { in_uncached: input, out_text: output }, units: {} };
}

/** @returns later - earlier by bucket, or null where a bucket fell: the count was started anew. */
export function increaseOf(later: Usage, earlier: Usage): Usage | null {
  const tokens: Partial<Record<TokenBucket, bigint>> = {};
  for (const bucket of TOKEN_BUCKETS) {
    if (later.tokens[bucket] === undefined && earlier.tokens[bucket] === undefined) continue;
    const increase = (later.tokens[bucket] ?? 0n) - (earlier.tokens[bucket] ?? 0n);
    if (increase < 0n) return null;
    tokens[bucket] = increase;
  }
  return { tokens, units: later.units };
}
