import type { TokenBucket, Usage, UsageSemantics, UsageState } from '#model';
import type { CountName, Counts } from './counts.ts';
import { COUNT_NAMES } from './counts.ts';

/** What the dialect, its provider and its version say about the counts (conventions.md A1 rule 6, A3). */
export interface CountHints {
  /** Whether input contains the cached tokens; null = the dialect does not settle it. */
  readonly input: 'inclusive' | 'exclusive' | null;
  /** Whether output contains the reasoning tokens. */
  readonly output: 'inclusive' | 'exclusive';
  /** The total is the provider's own word and not the instrumentation's sum. */
  readonly isTotalFromProvider: boolean;
  /** Names the table row that decided: `A1.6:<by>`. */
  readonly by: string;
  /** The answer had content, so that zero tokens cannot be true. */
  readonly hasOutput: boolean;
  /** An embedding or a rerank has no output tokens, so their absence is no cut stream. */
  readonly expectsOutput: boolean;
}

export interface SettledUsage {
  readonly usage: Usage | null;
  readonly state: UsageState;
  readonly semantics: UsageSemantics | null;
}

const NO_USAGE: SettledUsage = { usage: null, state: 'missing', semantics: null };

/** The counts with 0 for what was not reported; only for arithmetic in which absent means none. */
type Amounts = Readonly<Record<CountName, bigint>>;
type Tokens = Partial<Record<TokenBucket, bigint>>;

/**
 * Turns an emitter's counts into disjoint buckets by the ordered rules A1 (is the cache inside the input?), A3 (is
 * reasoning inside the output?), A4 (cache writes by time to live) and A6 (audio and images). Where no rule decides,
 * the input counts as inclusive and is marked ambiguous.
 *
 * `in_uncached` and `out_text` are present when input and output are known, the other buckets only where not zero.
 * Adds doubts to `flags`. Never throws; never guesses a missing count.
 */
export function settleUsage(counts: Counts, hints: CountHints, flags: Set<string>): SettledUsage {
  const isRejected = hasRejectedCount(flags);
  if (counts.input === null && counts.output === null) return withoutTotals(counts, isRejected, flags);
  const amounts = toAmounts(counts);
  if (isAllZero(amounts)) return zeroUsage(hints, flags);
  const semantics = decideInput(counts, amounts, hints, flags);
  const tokens: Tokens = {};
  const isConsistentIn = counts.input === null || splitInput(amounts, semantics, tokens);
  const isConsistentOut = counts.output === null || splitOutput(counts, amounts, hints, semantics, tokens);
  const isExplained = isTotalExplained(counts, tokens);
  flagIf(flags, !isConsistentIn, 'input_details_exceed_total');
  flagIf(flags, !isConsistentOut, 'output_details_exceed_total');
  flagIf(flags, !isExplained, 'total_unexplained');
  flagIf(flags, semantics.input === 'ambiguous', 'ambiguous_input');
  const isTotalRight = isExplained || !hints.isTotalFromProvider;
  const isSound = [!isRejected, isConsistentIn, isConsistentOut, isTotalRight].every(Boolean);
  const state = !isSound ? 'rejected' : isPartial(counts, hints) ? 'partial' : 'reported';
  return { usage: { tokens, units: {} }, state, semantics };
}

function flagIf(flags: Set<string>, isSo: boolean, flag: string): void {
  if (isSo) flags.add(flag);
}

function isPartial(counts: Counts, hints: CountHints): boolean {
  return counts.input === null || (counts.output === null && hints.expectsOutput);
}

/** An answer proves that zero tokens are not true (C1); otherwise the emitter stands by its zero. */
function zeroUsage(hints: CountHints, flags: Set<string>): SettledUsage {
  if (hints.hasOutput) {
    flags.add('zero_with_output');
    return NO_USAGE;
  }
  const usage: Usage = { tokens: { in_uncached: 0n, out_text: 0n }, units: {} };
  return { usage, state: 'zero_reported', semantics: { input: 'inclusive', rule: 'A1.2' } };
}

function hasRejectedCount(flags: ReadonlySet<string>): boolean {
  for (const flag of flags)
    if (/^(rejected|disagreement):(input|output|cache|reasoning)/.test(flag)) return true;
  return false;
}

/** Neither input nor output: a bare total or a cached part is no usage that could be billed. */
function withoutTotals(counts: Counts, isRejected: boolean, flags: Set<string>): SettledUsage {
  if (counts.total !== null && counts.total > 0n) flags.add('total_only');
  return isRejected ? { ...NO_USAGE, state: 'rejected' } : NO_USAGE;
}

const NOTHING_COUNTED: Amounts = {
  input: 0n,
  output: 0n,
  total: 0n,
  cacheRead: 0n,
  cacheWrite: 0n,
  cacheWrite5m: 0n,
  cacheWrite1h: 0n,
  reasoning: 0n,
  audioIn: 0n,
  audioOut: 0n,
  audioCacheRead: 0n,
  imageIn: 0n,
  imageOut: 0n,
  imageCacheRead: 0n,
  toolUsePrompt: 0n,
};

function toAmounts(counts: Counts): Amounts {
  const amounts: Record<CountName, bigint> = { ...NOTHING_COUNTED };
  for (const name of COUNT_NAMES) amounts[name] = counts[name] ?? 0n;
  const split = amounts.cacheWrite5m + amounts.cacheWrite1h;
  if (split > amounts.cacheWrite) amounts.cacheWrite = split;
  if (counts.audioIn === null) amounts.audioIn = amounts.audioCacheRead;
  if (counts.imageIn === null) amounts.imageIn = amounts.imageCacheRead;
  return amounts;
}

function isAllZero(amounts: Amounts): boolean {
  for (const amount of Object.values<bigint>(amounts)) if (amount !== 0n) return false;
  return true;
}

/** Rule A1. */
function decideInput(
  counts: Counts,
  amounts: Amounts,
  hints: CountHints,
  flags: Set<string>,
): UsageSemantics {
  const cached = amounts.cacheRead + amounts.cacheWrite;
  if (cached === 0n) return { input: 'inclusive', rule: 'A1.2' };
  if (counts.input === null) return { input: 'ambiguous', rule: 'A1.0' };
  if (cached > amounts.input) {
    if (hints.input === 'inclusive') flags.add('exclusive_against_dialect');
    return { input: 'exclusive', rule: 'A1.3' };
  }
  const byTotal = counts.total === null ? null : decideByTotal(amounts, cached, hints);
  if (byTotal !== null) return byTotal;
  if (hints.input !== null) return { input: hints.input, rule: `A1.6:${hints.by}` };
  return { input: 'ambiguous', rule: 'A1.7' };
}

/** Rules A1.4 and A1.5: what the total leaves after input and output. */
function decideByTotal(amounts: Amounts, cached: bigint, hints: CountHints): UsageSemantics | null {
  const rest = amounts.total - amounts.input - amounts.output;
  const isSum = rest === 0n || rest === amounts.reasoning || rest === amounts.toolUsePrompt;
  if (rest === cached || (!isSum && differsByAtMostOne(rest, cached)))
    return { input: 'exclusive', rule: 'A1.4' };
  return isSum && hints.isTotalFromProvider ? { input: 'inclusive', rule: 'A1.5' } : null;
}

function differsByAtMostOne(left: bigint, right: bigint): boolean {
  const difference = left - right;
  return difference >= -1n && difference <= 1n;
}

/** Rules A4 and A6, the input side. @returns false where the details exceed the whole; then only the whole stands. */
function splitInput(amounts: Amounts, semantics: UsageSemantics, tokens: Tokens): boolean {
  const { cacheRead, cacheWrite, cacheWrite5m, cacheWrite1h, audioCacheRead } = amounts;
  const own = semantics.input === 'exclusive' ? amounts.input : amounts.input - cacheRead - cacheWrite;
  const uncached = own + amounts.toolUsePrompt;
  const audioIn = amounts.audioIn - audioCacheRead;
  const imageIn = amounts.imageIn - amounts.imageCacheRead;
  const text = uncached - audioIn - imageIn;
  const isConsistent = isNotNegative(own, audioIn, imageIn, text, cacheRead - audioCacheRead);
  tokens.in_uncached = isConsistent ? text : uncached > 0n ? uncached : 0n;
  put(tokens, 'cache_read', isConsistent ? cacheRead - audioCacheRead : cacheRead);
  put(tokens, 'cache_write_5m', cacheWrite5m);
  put(tokens, 'cache_write_1h', cacheWrite1h);
  put(tokens, 'cache_write_unk', cacheWrite - cacheWrite5m - cacheWrite1h);
  if (!isConsistent) return false;
  put(tokens, 'audio_in', audioIn);
  put(tokens, 'audio_cache_read', audioCacheRead);
  put(tokens, 'image_in', imageIn);
  return true;
}

function isNotNegative(...amounts: readonly bigint[]): boolean {
  return amounts.every((amount) => amount >= 0n);
}

function splitOutput(
  counts: Counts,
  amounts: Amounts,
  hints: CountHints,
  semantics: UsageSemantics,
  tokens: Tokens,
): boolean {
  const { reasoning, audioOut, imageOut } = amounts;
  const whole = reasoning === 0n ? amounts.output : wholeOutput(counts, amounts, hints, semantics);
  const text = whole - reasoning - audioOut - imageOut;
  tokens.out_text = text >= 0n ? text : whole;
  if (text < 0n) return false;
  put(tokens, 'reasoning', reasoning);
  put(tokens, 'audio_out', audioOut);
  put(tokens, 'image_out', imageOut);
  return true;
}

/** Rule A3. @returns the output with the reasoning tokens counted in exactly once. */
function wholeOutput(counts: Counts, amounts: Amounts, hints: CountHints, semantics: UsageSemantics): bigint {
  const { input, output, reasoning, toolUsePrompt } = amounts;
  if (counts.total !== null) {
    const rest = amounts.total - output - input;
    const cached = semantics.input === 'exclusive' ? amounts.cacheRead + amounts.cacheWrite : 0n;
    const leaves = (extra: bigint): boolean =>
      rest === extra || rest === extra + cached || rest === extra + toolUsePrompt;
    if (leaves(0n)) return output;
    if (leaves(reasoning)) return output + reasoning;
    if (leaves(-reasoning) && output >= reasoning) return output - reasoning;
  }
  if (reasoning > output) return output + reasoning;
  return hints.output === 'exclusive' ? output + reasoning : output;
}

/** A total that is larger than everything counted hides tokens (case O14); a smaller one hides nothing. */
function isTotalExplained(counts: Counts, tokens: Tokens): boolean {
  if (counts.total === null || counts.input === null || counts.output === null) return true;
  let sum = 1n;
  for (const count of Object.values(tokens)) sum += count;
  return counts.total <= sum;
}

function put(tokens: Tokens, bucket: TokenBucket, count: bigint): void {
  if (count > 0n) tokens[bucket] = count;
}
