import { roundHalfEven } from '#model';

const PPM = 1_000_000n;

/** What a person's handling of one case takes (methods.md 7.1, time-driven activity-based costing). */
export interface HumanEffort {
  /** Fully loaded cost of the group over a period. */
  readonly costPico: bigint;
  /** Its practical capacity over the same period: hours that can be worked on cases. */
  readonly capacityMs: bigint;
  readonly handlingMs: bigint;
  /** Share of cases that have to be done again, in millionths. */
  readonly reworkPpm: bigint;
}

/**
 * Handling time x cost rate / (1 - rework), rounded half-even once.
 * @throws RangeError without capacity, or with rework of 100 % and more
 */
export function humanUnitCost({ costPico, capacityMs, handlingMs, reworkPpm }: HumanEffort): bigint {
  if (capacityMs <= 0n) throw new RangeError('a group without practical capacity has no cost rate');
  if (reworkPpm < 0n || reworkPpm >= PPM) throw new RangeError('rework is a share below 1');
  return roundHalfEven(costPico * handlingMs * PPM, capacityMs * (PPM - reworkPpm));
}

/** One way of handling a case, with what goes wrong in it. Shares in millionths of cases. */
export interface Handling {
  /** The process itself: tokens, tools, handling time, or the contract price. */
  readonly processCostPico: bigint;
  /** Cases that end with somebody else, and what that costs. */
  readonly handOffPpm: bigint;
  readonly handOffCostPico: bigint;
  /** Errors that are found, and what mending one costs. */
  readonly detectedErrorPpm: bigint;
  readonly reworkCostPico: bigint;
  /** Errors that are not found (audited share of accepted outcomes), and the loss of one. */
  readonly escapedErrorPpm: bigint;
  readonly lossPico: bigint;
}

/**
 * Quality-adjusted cost per completed case c + f H + d R + e L (methods.md 7.2): the one figure in which an agent and
 * the people it replaces are comparable. Rounded half-even once.
 */
export function qualityAdjustedCost(handling: Handling): bigint {
  const { processCostPico, handOffPpm, handOffCostPico, detectedErrorPpm, reworkCostPico } = handling;
  return (
    processCostPico +
    roundHalfEven(
      handOffPpm * handOffCostPico +
        detectedErrorPpm * reworkCostPico +
        handling.escapedErrorPpm * handling.lossPico,
      PPM,
    )
  );
}

/** Everything that decides between an agent and a baseline, per case. */
export interface Comparison {
  /** What the baseline costs per case. */
  readonly baselineCostPico: bigint;
  /** What an attempt of the agent costs, without hand-offs and errors. */
  readonly agentCostPico: bigint;
  /** What a case costs that the agent could not do. */
  readonly handOffCostPico: bigint;
  readonly agentEscapedErrorPpm: bigint;
  readonly baselineEscapedErrorPpm: bigint;
  readonly lossPico: bigint;
}

/**
 * The success rate above which the agent is cheaper: 1 - (B - c + (e_b - e_a) L) / H (methods.md 7.4).
 *
 * @returns a share; 0 or less: it pays even if it never succeeds; above 1: it cannot pay
 * @throws RangeError unless a hand-off costs something
 */
export function breakEvenSuccess(comparison: Comparison): number {
  const { baselineCostPico, agentCostPico, handOffCostPico, lossPico } = comparison;
  if (handOffCostPico <= 0n) throw new RangeError('a hand-off has to cost something');
  const errors = (comparison.baselineEscapedErrorPpm - comparison.agentEscapedErrorPpm) * lossPico;
  const margin = (baselineCostPico - agentCostPico) * PPM + errors;
  return 1 - Number(margin) / Number(handOffCostPico * PPM);
}

/** Cases after which a fixed cost is earned back; null where a case saves nothing. */
export const breakEvenVolume = (fixedCostPico: bigint, savingPico: bigint): bigint | null =>
  savingPico <= 0n ? null : (fixedCostPico + savingPico - 1n) / savingPico;

/**
 * Months until what was paid at first is earned back by cases per month x saving per case - running cost per month.
 * @returns null = never
 */
export function paybackMonths(
  upfrontPico: bigint,
  casesPerMonth: bigint,
  savingPico: bigint,
  runningPico: bigint,
): number | null {
  const earnedPico = casesPerMonth * savingPico - runningPico;
  return earnedPico <= 0n ? null : Number(upfrontPico) / Number(earnedPico);
}

/**
 * How many times dearer tokens may become before the agent costs as much as the baseline: 1 + saving / token part
 * (methods.md 7.4). Below 1: it is dearer today.
 *
 * @returns null where no token cost is known
 */
export const priceHeadroom = (savingPico: bigint, tokenCostPico: bigint): number | null =>
  tokenCostPico <= 0n ? null : 1 + Number(savingPico) / Number(tokenCostPico);

/**
 * Cost per case at a common case mix: sum of w_s cost_s (direct standardisation, methods.md 7.3). Two sides that do
 * different work are compared under the same weights. Rounded half-even once.
 *
 * @param weights cases of each stratum in the common mix, in the order of `costsPico`
 * @throws RangeError where a stratum with weight has no cost, or nothing has weight
 */
export function standardisedCost(weights: readonly bigint[], costsPico: readonly (bigint | null)[]): bigint {
  let [weighted, cases] = [0n, 0n];
  for (const [index, weight] of weights.entries()) {
    if (weight === 0n) continue;
    const costPico = costsPico[index] ?? null;
    if (costPico === null) throw new RangeError(`stratum ${index + 1} has cases and no known cost`);
    weighted += weight * costPico;
    cases += weight;
  }
  if (cases <= 0n) throw new RangeError('a mix needs cases');
  return roundHalfEven(weighted, cases);
}

/**
 * People who would have had to be hired for the volume at the earlier productivity: volume / productivity before -
 * people now (methods.md 7.5). Counterfactual, and no cash until a payroll line falls.
 *
 * @returns null where productivity before is not known (0)
 */
export const avoidedHires = (
  volume: number,
  casesPerPersonBefore: number,
  peopleNow: number,
): number | null => (casesPerPersonBefore <= 0 ? null : volume / casesPerPersonBefore - peopleNow);
