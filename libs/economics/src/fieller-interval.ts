import type { Interval } from './wilson-interval.ts';

/** Two means measured together, with the variances and the covariance of the means themselves. */
export interface RatioMoments {
  readonly numerator: number;
  readonly denominator: number;
  readonly numeratorVariance: number;
  readonly denominatorVariance: number;
  readonly covariance: number;
}

/**
 * Fieller's interval of the ratio of two normally distributed means (Fieller 1954; methods.md 3.2, 5.3).
 *
 * @param t quantile of Student's (or the normal) distribution that goes with the variances
 * @returns the interval, and g = t² v / mean² of the denominator; null as interval where g >= 1: then the denominator
 *   is not told apart from 0 and the ratio can be anything
 */
export function fiellerInterval(
  { numerator, denominator, numeratorVariance, denominatorVariance, covariance }: RatioMoments,
  t: number,
): { readonly g: number; readonly interval: Interval | null } {
  const g = (t * t * denominatorVariance) / (denominator * denominator);
  const a = denominator * denominator - t * t * denominatorVariance;
  const b = numerator * denominator - t * t * covariance;
  const d = numerator * numerator - t * t * numeratorVariance;
  const root = b * b - a * d;
  if (!(g < 1) || root < 0) return { g, interval: null };
  return { g, interval: { low: (b - Math.sqrt(root)) / a, high: (b + Math.sqrt(root)) / a } };
}
