import { fiellerInterval } from './fieller-interval.ts';
import type { ItemMoments } from './mean-cost.ts';
import type { Interval } from './wilson-interval.ts';
import { Z_95 } from './wilson-interval.ts';

/** What the spend beyond the middle one of its peers bought, per dollar. */
export interface SpendMargin {
  /** Value of the further outcomes over the further spend. */
  readonly perDollar: number;
  /** 95 %; null = the further spend is not told apart from none. */
  readonly interval: Interval | null;
  /** Further spend, and the value that went with it: what a cap at the middle one would forgo. */
  readonly beyondPico: bigint;
  readonly forgonePico: bigint;
  /** `pays`: the whole interval is above 1, so a cap is blocked; `does_not`: below; else it is for people to look at. */
  readonly verdict: 'pays' | 'does_not' | 'review';
}

/**
 * Marginal value of a high spender against the middle one of the same peers (methods.md 5.6): (V - V_m) / (C - C_m) with
 * Fieller's interval; totals of a period vary as compound Poisson sums do, so that a sum of squares is their variance.
 * Associational: who spends more may do other work.
 *
 * @param valuePico what an outcome is worth
 * @returns null for who spends no more than the middle one
 */
export function spendMargin(own: ItemMoments, middle: ItemMoments, valuePico: bigint): SpendMargin | null {
  const beyondPico = own.sum - middle.sum;
  if (beyondPico <= 0n) return null;
  const forgonePico = (own.outcomes - middle.outcomes) * valuePico;
  const value = Number(valuePico);
  const { interval } = fiellerInterval(
    {
      numerator: Number(forgonePico),
      denominator: Number(beyondPico),
      numeratorVariance: value * value * Number(own.outcomes + middle.outcomes),
      denominatorVariance: Number(own.sumOfSquares + middle.sumOfSquares),
      covariance: value * Number(own.achievedSum + middle.achievedSum),
    },
    Z_95,
  );
  return {
    perDollar: Number(forgonePico) / Number(beyondPico),
    interval,
    beyondPico,
    forgonePico,
    verdict:
      interval === null ? 'review' : interval.low > 1 ? 'pays' : interval.high < 1 ? 'does_not' : 'review',
  };
}
