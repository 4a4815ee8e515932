import { meanCost, type ItemMoments } from './mean-cost.ts';
import { wilsonInterval } from './wilson-interval.ts';

/**
 * `combined`: bounds of cost and of success share put together with their correlation. `outer`: the cheapest cost over
 * the best share to the dearest over the worst, which is wider. `lower_bound`: nothing succeeded, so there is no upper.
 */
export type IntervalMethod = 'combined' | 'outer' | 'lower_bound';

/** 95 % of the cost per outcome, in pico, rounded outward. */
export interface CostInterval {
  readonly lowPico: bigint;
  /** null = unbounded: no outcome was seen. */
  readonly highPico: bigint | null;
  readonly method: IntervalMethod;
}

/** Below this many items no interval covers what it claims. */
export const FEWEST_ITEMS = 20;
const FEWEST_FOR_COMBINED = 30;
const FEWEST_OUTCOMES = 5;

/**
 * The interval of realised cost per outcome C / N, with the work item as the unit (methods.md 3.2). No independence of
 * attempts, no distribution of costs is assumed.
 *
 * Mean cost (`meanCost`) and success share (Wilson) are bounded each for itself, and put together on the logarithmic
 * scale by their distances and their correlation (MOVER-R, Donner & Zou 2012). With fewer than 30 items, fewer than 5
 * outcomes, or one item above a quarter of all cost, the outer bounds stand instead. Fieller's interval, which the
 * literature names first, covered 62 to 91 % where costs are skewed and most items succeed; this one covers at least
 * 93 % for lognormal costs of sigma up to 2 (interval-coverage.spec.ts; ADR 025).
 *
 * @returns null where no interval is told: fewer than 20 items, or nothing spent
 */
export function costPerOutcomeInterval(moments: ItemMoments): CostInterval | null {
  const [items, outcomes] = [Number(moments.items), Number(moments.outcomes)];
  if (items < FEWEST_ITEMS || moments.sum === 0n) return null;
  const cost = meanCost(moments);
  const share = wilsonInterval(outcomes, items);
  if (outcomes === 0)
    return { lowPico: floor(cost.lowPico / share.high), highPico: null, method: 'lower_bound' };
  const achieved = outcomes / items;
  const isOuter =
    items < FEWEST_FOR_COMBINED || outcomes < FEWEST_OUTCOMES || moments.maximum * 4n > moments.sum;
  const distance = (ofCost: number, ofShare: number): number =>
    isOuter
      ? ofCost + ofShare
      : Math.sqrt(Math.max(0, ofCost ** 2 + ofShare ** 2 - 2 * cost.correlation * ofCost * ofShare));
  const below = distance(Math.log(cost.meanPico / cost.lowPico), Math.log(share.high / achieved));
  const above = distance(Math.log(cost.highPico / cost.meanPico), Math.log(achieved / share.low));
  const ratio = cost.meanPico / achieved;
  return {
    lowPico: floor(ratio * Math.exp(-below)),
    highPico: BigInt(Math.ceil(ratio * Math.exp(above))),
    method: isOuter ? 'outer' : 'combined',
  };
}

const floor = (pico: number): bigint => BigInt(Math.floor(pico));
