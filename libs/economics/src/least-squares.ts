/** A fitted linear model. */
export interface LinearFit {
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
}

/**
 * Ordinary least squares with the covariance of Newey & West (1987): Bartlett weights up to `lag`, times n / (n - k).
 *
 * @param rows the regressors of each observation, all equally long
 * @param lag how many neighbours may resemble each other; 0 gives White's errors
 * @throws RangeError where the regressors do not tell their coefficients apart
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  observed: readonly number[],
  lag: number,
): LinearFit {
  const width = rows[0]!.length;
  const inverse = invert(crossProducts(rows, rows, width));
  const moments = rows[0]!.map((_, term) => sum(rows.map((row, index) => row[term]! * observed[index]!)));
  const coefficients = inverse.map((line) => dot(line, moments));
  const scores = rows.map((row, index) => {
    const residual = observed[index]! - dot(row, coefficients);
    return row.map((value) => value * residual);
  });
  const meat = crossProducts(scores, scores, width);
  for (let distance = 1; distance <= lag; distance++) {
    const weight = 1 - distance / (lag + 1);
    const later = crossProducts(scores.slice(distance), scores.slice(0, -distance), width);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) meat[i]![j]! += weight * (later[i]![j]! + later[j]![i]!);
  }
  const factor = rows.length / (rows.length - width);
  const standardErrors = inverse.map((line) => {
    const spread = dot(
      line,
      meat.map((column) => dot(column, line)),
    );
    return Math.sqrt(Math.max(0, factor * spread));
  });
  return { coefficients, standardErrors };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((value, index) => value * b[index]!));

function crossProducts(
  left: readonly (readonly number[])[],
  right: readonly (readonly number[])[],
  width: number,
): number[][] {
  const products = Array.from({ length: width }, () => Array.from({ length: width }, () => 0));
  for (const [index, row] of left.entries())
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) products[i]![j]! += row[i]! * right[index]![j]!;
  return products;
}

/** Gauss-Jordan elimination with the largest pivot; the matrices here have a handful of rows. */
function invert(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const work = matrix.map((row, i) => [...row, ...matrix.map((_, j) => (i === j ? 1 : 0))]);
  const scale = matrix.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(work[row]![column]!) > Math.abs(work[pivot]![column]!)) pivot = row;
    [work[column], work[pivot]] = [work[pivot]!, work[column]!];
    const head = work[column]![column]!;
    if (Math.abs(head) <= scale * 1e-12)
      throw new RangeError('the regressors do not tell their coefficients apart');
    work[column] = work[column]!.map((value) => value / head);
    for (let row = 0; row < size; row++) {
      const factor = work[row]![column]!;
      if (row !== column && factor !== 0)
        work[row] = work[row]!.map((value, index) => value - factor * work[column]![index]!);
    }
  }
  return work.map((row) => row.slice(size));
}
