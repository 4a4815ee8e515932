import { nearestRank } from './cost-tails.ts';

/** A work item whose state is final. */
export interface FinishedItem {
  readonly isAchieved: boolean;
  readonly attempts: number;
  /** 1, and one more for each time it was reopened. */
  readonly generation: number;
  /** From the first attempt to the final state; null = nobody worked at it. */
  readonly cycleMs: number | null;
  readonly humanMs: bigint;
}

/** What the work of a period was like (methods.md 7.5). Shares are 0 to 1 and null without items. */
export interface OperatingMetrics {
  readonly items: number;
  readonly outcomes: number;
  /** Achieved without a minute of a person. */
  readonly touchlessShare: number | null;
  /** Achieved at the first attempt and never reopened. */
  readonly firstTimeRightShare: number | null;
  readonly reopenedShare: number | null;
  /** Nearest ranks; null where nothing was worked at. */
  readonly cycleMsP50: number | null;
  readonly cycleMsP90: number | null;
  readonly humanMinutesPerItem: number | null;
}

export function operatingMetrics(items: readonly FinishedItem[]): OperatingMetrics {
  const count = items.length;
  const share = (isCounted: (item: FinishedItem) => boolean): number | null =>
    count === 0 ? null : items.filter(isCounted).length / count;
  const cycles = items.flatMap(({ cycleMs }) => (cycleMs === null ? [] : [cycleMs])).sort((a, b) => a - b);
  const rank = (probability: number): number | null =>
    cycles.length === 0 ? null : cycles[nearestRank(cycles.length, probability) - 1]!;
  const humanMs = items.reduce((sum, item) => sum + item.humanMs, 0n);
  return {
    items: count,
    outcomes: items.filter(({ isAchieved }) => isAchieved).length,
    touchlessShare: share(({ isAchieved, humanMs: own }) => isAchieved && own === 0n),
    firstTimeRightShare: share(
      ({ isAchieved, attempts, generation }) => isAchieved && attempts === 1 && generation === 1,
    ),
    reopenedShare: share(({ generation }) => generation > 1),
    cycleMsP50: rank(0.5),
    cycleMsP90: rank(0.9),
    humanMinutesPerItem: count === 0 ? null : Number(humanMs) / 60_000 / count,
  };
}
