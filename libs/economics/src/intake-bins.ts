const PARTS = 4;

/**
 * Cuts a number into the quarters of its values, so that it can be a condition of a segment (methods.md 6.2). The cuts
 * are values that occurred in the half that segments are looked for in: the other half has no say in them.
 *
 * @param values of half A, in any order
 * @returns names the quarter of a value: `at most 3`, `over 3 to 7`, `over 7`; one name for all where no cut tells any apart
 */
export function quarterNames(values: readonly number[]): (value: number) => string {
  const sorted = [...values].sort((a, b) => a - b);
  const most = sorted.at(-1);
  const cuts = Array.from(
    { length: PARTS - 1 },
    (_, part) => sorted[Math.ceil((sorted.length * (part + 1)) / PARTS) - 1],
  ).filter((cut): cut is number => cut !== undefined && cut !== most);
  const distinct = [...new Set(cuts)];
  return (value) => {
    const place = distinct.findIndex((cut) => value <= cut);
    if (distinct.length === 0) return 'any number';
    if (place === -1) return `over ${distinct.at(-1)}`;
    return place === 0 ? `at most ${distinct[0]}` : `over ${distinct[place - 1]} to ${distinct[place]}`;
  };
}
