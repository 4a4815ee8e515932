/** What each factor contributes to the difference of two products; the effects sum to the gap. */
export interface GapEffect {
  readonly factor: string;
  readonly effect: number;
}

/**
 * Stands in for a factor of zero, which has no logarithm (Ang 2005). So small that what other factors do never outweighs
 * it: at 1e-12 a thousandth of each of four did.
 */
const NEARLY_ZERO = 1e-100;

/**
 * Splits the gap between two products into one effect per factor: additive LMDI-I (Ang 2004; methods.md 6.5), exact:
 * effect = L(after, before) ln(after_x / before_x), where L is the logarithmic mean of the two products.
 *
 * @param factors name, before and after, all >= 0
 * @returns effects in the order of `factors`; they sum to the gap up to floating point, and are all zero where both
 *   products are
 * @throws RangeError for a negative factor
 */
export function splitCostGap(
  factors: readonly { readonly name: string; readonly before: number; readonly after: number }[],
): GapEffect[] {
  if (factors.some(({ before, after }) => before < 0 || after < 0))
    throw new RangeError('factors of a cost are not negative');
  const logarithms = factors.map(({ before, after }) =>
    Math.log((after || NEARLY_ZERO) / (before || NEARLY_ZERO)),
  );
  const before = factors.reduce((product, factor) => product * factor.before, 1);
  const after = factors.reduce((product, factor) => product * factor.after, 1);
  const mean = logarithmicMean(before, after, logarithms);
  return factors.map(({ name }, index) => ({ factor: name, effect: mean * logarithms[index]! }));
}

/** @param logarithms of the factors' ratios: their sum is that of the products', where one of those is zero */
function logarithmicMean(before: number, after: number, logarithms: readonly number[]): number {
  if (before === after) return before;
  if (before > 0 && after > 0) return (after - before) / Math.log(after / before);
  return (after - before) / logarithms.reduce((sum, each) => sum + each, 0);
}
