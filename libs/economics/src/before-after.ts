import { studentTCumulative, studentTQuantile } from './distributions.ts';
import { leastSquares } from './least-squares.ts';
import type { Interval } from './wilson-interval.ts';

/**
 * What changed beyond what changed elsewhere: (after - before) - (after - before of the comparison) (methods.md 7.5).
 * A figure without an interval: it has one where periods are many enough for `interruptedSeries`.
 */
export const differenceInDifferences = (
  treated: { readonly before: number; readonly after: number },
  comparison: { readonly before: number; readonly after: number },
): number => treated.after - treated.before - (comparison.after - comparison.before);

/** Cases in work = arrivals per day x days in work (Little 1961). */
export const casesInWork = (arrivalsPerDay: number, cycleDays: number): number => arrivalsPerDay * cycleDays;

/** A term of the model, with how sure it is. */
export interface Effect {
  readonly estimate: number;
  readonly interval: Interval;
  readonly pValue: number;
}

/** Effect of a change at a known period: at once, and per period from then on. */
export interface InterruptedSeries {
  readonly level: Effect;
  readonly slope: Effect;
}

/** Fewer periods than this on a side tell no trend. */
export const FEWEST_PERIODS = 6;

/**
 * Y = b0 + b1 t + b2 post + b3 (t - T0) post by least squares, with Newey & West's (1987) errors, which hold where
 * neighbouring periods resemble each other; lag 0.75 n^(1/3), small-sample factor n / (n - 4) (methods.md 7.5).
 *
 * @param series one figure per period, in order
 * @param changeAt index of the first period after the change
 * @returns null with fewer than six periods on a side
 */
export function interruptedSeries(series: readonly number[], changeAt: number): InterruptedSeries | null {
  const count = series.length;
  if (changeAt < FEWEST_PERIODS || count - changeAt < FEWEST_PERIODS) return null;
  const rows = series.map((_, t) => (t < changeAt ? [1, t, 0, 0] : [1, t, 1, t - changeAt]));
  const lag = Math.max(1, Math.floor(0.75 * Math.cbrt(count)));
  const { coefficients, standardErrors } = leastSquares(rows, series, lag);
  const degrees = count - coefficients.length;
  const effect = (term: number): Effect => {
    const [estimate, error] = [coefficients[term]!, standardErrors[term]!];
    const half = studentTQuantile(0.975, degrees) * error;
    const pValue =
      error === 0 ? (estimate === 0 ? 1 : 0) : 2 * studentTCumulative(-Math.abs(estimate / error), degrees);
    return { estimate, interval: { low: estimate - half, high: estimate + half }, pValue };
  };
  return { level: effect(2), slope: effect(3) };
}
