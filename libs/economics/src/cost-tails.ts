import { binomialCumulative } from './distributions.ts';

/** A percentile of recorded costs. */
export interface CostQuantile {
  /** 0.5, 0.9, 0.95, 0.99. */
  readonly probability: number;
  /** Nearest rank, ceil(q n), from 1 for the cheapest. */
  readonly rank: number;
  /** The cost at that rank: one that occurred, not an interpolation. */
  readonly valuePico: bigint;
  /** At least 95 %, whatever the distribution; null with too few items for any such interval. */
  readonly interval: {
    readonly lowRank: number;
    readonly lowPico: bigint;
    readonly highRank: number;
    readonly highPico: bigint;
  } | null;
  /** Items from which on there is an interval. */
  readonly fewestItems: number;
}

/** How costs per item are spread. */
export interface CostTails {
  readonly items: number;
  readonly costPico: bigint;
  readonly quantiles: readonly CostQuantile[];
  readonly maximumPico: bigint;
  /** The dearest tenth of the items (at least one), and their part of all cost as a fraction of two amounts. */
  readonly dearest: { readonly items: number; readonly costPico: bigint };
  /** Gini's coefficient: 0 = all cost the same, towards 1 = one item costs all; null where nothing was spent. */
  readonly gini: number | null;
}

const PROBABILITIES = [0.5, 0.9, 0.95, 0.99];
const CONFIDENCE = 0.95;

/**
 * Percentiles, concentration and extremes of cost per item (methods.md 3.7), from exact costs.
 *
 * @param costsPico one per item, in any order
 * @returns null without items
 */
export function costTails(costsPico: readonly bigint[]): CostTails | null {
  const sorted = [...costsPico].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const count = sorted.length;
  if (count === 0) return null;
  const total = sum(sorted);
  const dearest = sorted.slice(-Math.max(1, Math.floor(count / 10)));
  const ranked = sorted.reduce((weighted, cost, index) => weighted + BigInt(index + 1) * cost, 0n);
  return {
    items: count,
    costPico: total,
    quantiles: PROBABILITIES.map((probability) => {
      const rank = nearestRank(count, probability);
      const ranks = rankInterval(count, probability);
      return {
        probability,
        rank,
        valuePico: sorted[rank - 1]!,
        interval: ranks && {
          lowRank: ranks.low,
          lowPico: sorted[ranks.low - 1]!,
          highRank: ranks.high,
          highPico: sorted[ranks.high - 1]!,
        },
        fewestItems: fewestForInterval(probability),
      };
    }),
    maximumPico: sorted[count - 1]!,
    dearest: { items: dearest.length, costPico: sum(dearest) },
    gini: total === 0n ? null : (2 * Number(ranked)) / (count * Number(total)) - (count + 1) / count,
  };
}

/** ceil(q n), with q taken as the hundredths it is written in: 0.95 of 20 is 19, not the 20 of floats. */
export const nearestRank = (count: number, probability: number): number =>
  Math.max(1, Math.ceil((count * Math.round(probability * 100)) / 100));

/**
 * The narrowest pair of ranks [low, high] of `count` sorted values between which the quantile lies with at least 95 %,
 * whatever the distribution: sum of Bin(n, q) from low to high - 1 (methods.md 3.7). Of equally narrow ones that with
 * the higher coverage, then the lower.
 *
 * @returns null where no pair reaches it
 */
export function rankInterval(count: number, probability: number): { low: number; high: number } | null {
  if (count < fewestForInterval(probability)) return null;
  const reach = Math.ceil(6 * Math.sqrt(count * probability * (1 - probability))) + 2;
  const centre = Math.ceil(count * probability);
  const first = Math.max(1, centre - reach);
  const below = (rank: number): number => binomialCumulative(rank - 1, count, probability);
  let best: { low: number; high: number; coverage: number } | null = null;
  let high = first + 1;
  for (let low = first; low <= Math.min(centre + 1, count - 1); low++) {
    const under = below(low);
    while (high < count && below(high) - under < CONFIDENCE) high++;
    const coverage = below(high) - under;
    if (coverage < CONFIDENCE) break;
    const width = high - low;
    if (
      best === null ||
      width < best.high - best.low ||
      (width === best.high - best.low && coverage > best.coverage)
    )
      best = { low, high, coverage };
  }
  return best && { low: best.low, high: best.high };
}

/** The fewest values of which a quantile has a two-sided 95 % interval: 1 - q^n - (1 - q)^n >= 0.95. */
export function fewestForInterval(probability: number): number {
  let count = 2;
  while (1 - probability ** count - (1 - probability) ** count < CONFIDENCE) count++;
  return count;
}

/**
 * How far costs of one task lie apart: the dearest over the cheapest (methods.md 3.7).
 * @returns null with fewer than two runs, or where one was free
 */
export function dispersion(costsPico: readonly bigint[]): number | null {
  if (costsPico.length < 2) return null;
  const least = costsPico.reduce((low, cost) => (cost < low ? cost : low));
  const most = costsPico.reduce((high, cost) => (cost > high ? cost : high));
  return least <= 0n ? null : Number(most) / Number(least);
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, each) => total + each, 0n);
