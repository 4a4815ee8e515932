/** A place in two sequences: of a pair in both, otherwise in one. */
export interface Aligned {
  readonly a: number | null;
  readonly b: number | null;
}

/** Cells of the table that are held at a time: four bytes each. */
const MAX_CELLS = 16_000_000;

/** Pairs of what matters weigh more than all others together. */
const HEAVY = 65_536;

/**
 * Aligns two sequences by a longest common subsequence: as many pairs of what matters as there can be, and of those
 * alignments one with the most pairs of the rest. Deterministic: of several the one that pairs earliest in `a`. What is
 * equal at both ends costs nothing.
 *
 * @param matters whether a pair of this is worth losing any number of others
 * @throws RangeError where what differs between the ends is too long to compare (over 16 million pairs)
 */
export function align(
  a: readonly string[],
  b: readonly string[],
  matters: (item: string) => boolean,
): Aligned[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const rows: Aligned[] = [];
  for (let at = 0; at < start; at += 1) rows.push({ a: at, b: at });
  for (const row of middle(a.slice(start, endA), b.slice(start, endB), matters))
    rows.push({ a: row.a === null ? null : row.a + start, b: row.b === null ? null : row.b + start });
  for (let at = 0; endA + at < a.length; at += 1) rows.push({ a: endA + at, b: endB + at });
  return rows;
}

function middle(a: readonly string[], b: readonly string[], matters: (item: string) => boolean): Aligned[] {
  if (a.length * b.length > MAX_CELLS) throw new RangeError('the trails are too long to be compared');
  const width = b.length + 1;
  const weights = a.map((item) => (matters(item) ? HEAVY : 1));
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j]!;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = Math.max(
        a[i] === b[j] ? at(i + 1, j + 1) + weights[i]! : 0,
        at(i + 1, j),
        at(i, j + 1),
      );
  const rows: Aligned[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j] && at(i, j) === at(i + 1, j + 1) + weights[i]!)
      rows.push({ a: i++, b: j++ });
    else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) rows.push({ a: i++, b: null });
    else rows.push({ a: null, b: j++ });
  }
  return rows;
}
