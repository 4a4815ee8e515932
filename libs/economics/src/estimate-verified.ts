import { wilsonInterval, type Interval } from './wilson-interval.ts';

/** One stratum of an audit: how many outcomes were claimed in it, how many of those were reviewed, how many stood. */
export interface AuditedStratum {
  readonly claimed: number;
  readonly reviewed: number;
  readonly valid: number;
}

/** How many of the claimed outcomes are real. */
export interface VerifiedEstimate {
  /** N̂ = Σ N_s p̂_s, exactly, as `numerator / denominator`. */
  readonly verified: { readonly numerator: bigint; readonly denominator: bigint };
  /** Σ N_s² p̂_s q̂_s / n_s (1 - n_s / N_s): the variance of N̂, with the finite population correction. */
  readonly variance: number;
  /** 95 %, of N̂. */
  readonly interval: Interval;
}

/**
 * Estimates the verified outcomes of a stratified sample (methods.md 11).
 *
 * The interval of one stratum is Wilson's, times its claims; those of several are put together by their distances from
 * the estimates (MOVER, Zou & Donner 2008), so that a stratum of which all reviewed outcomes stood still widens it. A
 * stratum that was reviewed whole is known and adds no width. Nothing is outside what the verdicts themselves rule out.
 *
 * @returns null while a stratum with claims has no verdict: what nobody looked at is not estimated
 * @throws RangeError for counts that cannot be
 */
export function estimateVerified(strata: readonly AuditedStratum[]): VerifiedEstimate | null {
  const claimed = strata.filter((stratum) => stratum.claimed > 0);
  for (const { claimed: all, reviewed, valid } of claimed)
    if (valid < 0 || valid > reviewed || reviewed > all)
      throw new RangeError(`${valid} of ${reviewed} of ${all} cannot be`);
  if (claimed.length === 0 || claimed.some(({ reviewed }) => reviewed === 0)) return null;
  let [numerator, denominator] = [0n, 1n];
  let [variance, below, above] = [0, 0, 0];
  for (const { claimed: all, reviewed, valid } of claimed) {
    numerator = numerator * BigInt(reviewed) + BigInt(all * valid) * denominator;
    denominator *= BigInt(reviewed);
    if (reviewed === all) continue;
    const share = valid / reviewed;
    variance += ((all * all * share * (1 - share)) / reviewed) * (1 - reviewed / all);
    const { low, high } = wilsonInterval(valid, reviewed);
    below += (all * (share - low)) ** 2;
    above += (all * (high - share)) ** 2;
  }
  const middle = claimed.reduce(
    (sum, { claimed: all, reviewed, valid }) => sum + (all * valid) / reviewed,
    0,
  );
  const least = claimed.reduce((sum, { valid }) => sum + valid, 0);
  const most = claimed.reduce(
    (sum, stratum) => sum + stratum.claimed - (stratum.reviewed - stratum.valid),
    0,
  );
  return {
    verified: { numerator, denominator },
    variance,
    interval: {
      low: Math.max(least, middle - Math.sqrt(below)),
      high: Math.min(most, middle + Math.sqrt(above)),
    },
  };
}

/** Figures of an interval on the wire have this many places. */
const PLACES = 6;

/**
 * An interval as whole numbers of 10^-6, rounded outward, so that it holds whatever the float held.
 * @throws RangeError for what is no finite interval of numbers below 2^33
 */
export function outwardRange({ low, high }: Interval): {
  readonly lowMicro: bigint;
  readonly highMicro: bigint;
} {
  const scale = 10 ** PLACES;
  const [lowMicro, highMicro] = [Math.floor(low * scale), Math.ceil(high * scale)];
  if (!Number.isSafeInteger(lowMicro) || !Number.isSafeInteger(highMicro) || low > high)
    throw new RangeError(`${low} to ${high} is no interval`);
  return { lowMicro: BigInt(lowMicro), highMicro: BigInt(highMicro) };
}
