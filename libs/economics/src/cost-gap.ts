/** What each factor contributes to the difference of two products; the effects sum to the gap. */
export interface GapEffect {
  readonly factor: string;
  readonly effect: number;
}

/** Stands in for a factor of zero, which has no logarithm (Ang 2005). */
const NEARLY_ZERO = 1e-12;

/**
 * Splits the gap between two products into one effect per factor: additive LMDI-I (Ang 2004; methods.md 6.5), exact:
 * effect = L(after, before) ln(after_x / before_x), where L is the logarithmic mean of the two products.
 *
 * @param factors name, before and after, all >= 0
 * @returns effects in the order of `factors`; they sum to the gap up to floating point
 * @throws RangeError for a negative factor
 */
export function splitCostGap(
  factors: readonly { readonly name: string; readonly before: number; readonly after: number }[],
): GapEffect[] {
  if (factors.some(({ before, after }) => before < 0 || after < 0))
    throw new RangeError('factors of a cost are not negative');
  const positive = factors.map(({ name, before, after }) => ({
    name,
    before: before || NEARLY_ZERO,
    after: after || NEARLY_ZERO,
  }));
  const before = positive.reduce((product, factor) => product * factor.before, 1);
  const after = positive.reduce((product, factor) => product * factor.after, 1);
  const mean = before === after ? before : (after - before) / Math.log(after / before);
  return positive.map(({ name, before: from, after: to }) => ({
    factor: name,
    effect: mean * Math.log(to / from),
  }));
}
