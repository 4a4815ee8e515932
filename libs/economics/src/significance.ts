import { studentTCumulative } from './distributions.ts';

/** A sample by its moments; the deviation is that of the sample (n - 1). */
export interface SampleMoments {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
}

/** @throws RangeError for fewer than two values */
export function momentsOf(values: readonly number[]): SampleMoments {
  const count = values.length;
  if (count < 2) throw new RangeError(`${count} values have no deviation`);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: Math.sqrt(squares / (count - 1)) };
}

/**
 * Welch's (1947) test that two means differ, without assuming equal variances; two-sided.
 * @returns p = 1 where neither sample varies and the means are equal, 0 where they are not
 */
export function welchTest(
  a: SampleMoments,
  b: SampleMoments,
): { readonly t: number; readonly degrees: number; readonly pValue: number } {
  const [va, vb] = [a.deviation ** 2 / a.count, b.deviation ** 2 / b.count];
  const difference = a.mean - b.mean;
  if (va + vb === 0)
    return { t: difference === 0 ? 0 : Infinity, degrees: Infinity, pValue: difference === 0 ? 1 : 0 };
  const t = difference / Math.sqrt(va + vb);
  const degrees = (va + vb) ** 2 / (va ** 2 / (a.count - 1) + vb ** 2 / (b.count - 1));
  return { t, degrees, pValue: 2 * studentTCumulative(-Math.abs(t), degrees) };
}

/**
 * p-values adjusted for having looked `tested` times (Holm 1979): below alpha means rejected with a chance of at most
 * alpha that any rejection is false, whatever the dependence.
 *
 * @param tested everything that was tested, not only what is shown; at least the number of `pValues`
 * @returns in the order of `pValues`
 */
export function holmAdjusted(pValues: readonly number[], tested: number = pValues.length): number[] {
  const adjusted = pValues.map(() => 1);
  let floor = 0;
  for (const [place, index] of ascending(pValues).entries()) {
    floor = Math.max(floor, Math.min(1, pValues[index]! * (tested - place)));
    adjusted[index] = floor;
  }
  return adjusted;
}

/**
 * How many of the smallest p-values are discoveries at a false discovery rate of `alpha`: step-up by k / m alpha / c(m)
 * (Benjamini & Hochberg 1995 for independent tests; Benjamini & Yekutieli 2001 for any dependence, as between
 * overlapping segments).
 */
export function countDiscoveries(
  pValues: readonly number[],
  alpha: number,
  dependence: 'independent' | 'any',
  tested: number = pValues.length,
): number {
  const penalty =
    dependence === 'independent'
      ? 1
      : Array.from({ length: tested }, (_, index) => 1 / (index + 1)).reduce((sum, each) => sum + each, 0);
  const order = ascending(pValues);
  for (let count = order.length; count > 0; count--)
    if (pValues[order[count - 1]!]! <= ((count / tested) * alpha) / penalty) return count;
  return 0;
}

/** The chance that at least one of `looks` independent tests at `alpha` rejects what is true. */
export const chanceOfFalseFind = (looks: number, alpha: number): number => 1 - (1 - alpha) ** looks;

const ascending = (values: readonly number[]): number[] =>
  values.map((_, index) => index).sort((a, b) => values[a]! - values[b]! || a - b);
