import type { HazardRow } from './retry-hazards.ts';

/** One more attempt, weighed: whether it pays, and how sure that is. */
export interface CapStep {
  /** The attempt that is weighed. */
  readonly number: number;
  /** Its success must be above this for it to pay: its mean cost over the cost of a hand-off. */
  readonly breakEvenHazard: number;
  /** Expected cost per item with the cap at this attempt. */
  readonly expectedCostPico: bigint;
  /** `strong`: the whole interval of its hazard is on one side of the break-even; only this may drive a policy. */
  readonly evidence: 'strong' | 'weak';
}

export interface CapAdvice {
  /** Expected cost of handing every item off at once: the cap at 0. */
  readonly handOffCostPico: bigint;
  readonly steps: readonly CapStep[];
  /** The cap with the least expected cost. */
  readonly bestCap: number;
  /** `strong` where both its last attempt and the one that it leaves out are. */
  readonly evidence: 'strong' | 'weak';
  /** What the best cap saves per item against the next best. */
  readonly gainPico: bigint;
}

/** With fewer successes or failures than this in an attempt number, nothing is advised about it (methods.md, head). */
const FEWEST = 5;

/**
 * The number of attempts after which handing off is cheaper (methods.md 3.5): from the recorded hazards and costs
 * alone, with no assumption how they continue, so caps above what was observed are not told. What was spent before
 * does not enter.
 *
 * @param rows of `retryHazards`
 * @param handOffCostPico what finishing an item by other means costs now, delay and picking up the context included
 * @returns null where not even the first attempt has 5 successes and 5 failures
 * @throws RangeError unless a hand-off costs something
 */
export function adviseCap(rows: readonly HazardRow[], handOffCostPico: bigint): CapAdvice | null {
  if (handOffCostPico <= 0n) throw new RangeError('a hand-off that costs nothing needs no attempt');
  const thin = rows.findIndex(({ succeeded, failed }) => succeeded < FEWEST || failed < FEWEST);
  const usable = thin === -1 ? rows : rows.slice(0, thin);
  if (usable.length === 0) return null;
  const handOff = Number(handOffCostPico);
  let [reached, spent] = [1, 0];
  const costs = [handOff];
  const steps = usable.map((row): CapStep => {
    const cost = Number(row.costPico) / row.attempts;
    spent += reached * cost;
    reached *= 1 - row.hazard!;
    const expected = spent + reached * handOff;
    costs.push(expected);
    const breakEvenHazard = cost / handOff;
    const isStrong = row.interval!.low > breakEvenHazard || row.interval!.high < breakEvenHazard;
    return {
      number: row.number,
      breakEvenHazard,
      expectedCostPico: BigInt(Math.round(expected)),
      evidence: isStrong ? 'strong' : 'weak',
    };
  });
  const least = leastOf(costs);
  const bestCap = costs.indexOf(least);
  const beside = [steps[bestCap - 1], steps[bestCap]].filter((step) => step !== undefined);
  return {
    handOffCostPico,
    steps,
    bestCap,
    evidence: beside.every(({ evidence }) => evidence === 'strong') ? 'strong' : 'weak',
    gainPico: BigInt(Math.round(leastOf(costs.filter((_, cap) => cap !== bestCap)) - least)),
  };
}

const leastOf = (costs: readonly number[]): number =>
  costs.reduce((least, cost) => Math.min(least, cost), Infinity);

/**
 * Expected cost of an item with at most `cap` attempts that all succeed alike, then a hand-off: T (1 - q^K) / p + q^K H
 * (methods.md 3.1). For attempts that do not succeed alike, `adviseCap` has the observed ones.
 */
export function costOfCappedAttempts(
  attemptCost: number,
  success: number,
  cap: number,
  handOffCost: number,
): number {
  const failAll = (1 - success) ** cap;
  return (attemptCost * (1 - failAll)) / success + failAll * handOffCost;
}
