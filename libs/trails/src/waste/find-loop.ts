/** A run of equal cycles in a sequence. */
export interface Loop {
  readonly start: number;
  readonly period: number;
  readonly repeats: number;
}

const LONGEST_PERIOD = 4;
const FEWEST_REPEATS = 3;

/**
 * Loops of a sequence: a cycle of one to four keys that stands at least three times in a row. Of several that begin at
 * one place the one that reaches furthest is told, of those the one with the shortest period; loops do not overlap.
 *
 * @returns in order of their starts. ABABABC: start 0, period 2, 3 repeats. ABCD: none
 */
export function findLoops(keys: readonly string[]): Loop[] {
  const loops: Loop[] = [];
  for (let start = 0; start < keys.length;) {
    const longest = longestAt(keys, start);
    if (longest !== null) loops.push(longest);
    start += longest === null ? 1 : longest.period * longest.repeats;
  }
  return loops;
}

function longestAt(keys: readonly string[], start: number): Loop | null {
  let longest: Loop | null = null;
  for (let period = 1; period <= LONGEST_PERIOD; period += 1) {
    let repeats = 1;
    while (isCycle(keys, start, start + repeats * period, period)) repeats += 1;
    const reach = period * repeats;
    if (repeats >= FEWEST_REPEATS && (longest === null || reach > longest.period * longest.repeats))
      longest = { start, period, repeats };
  }
  return longest;
}

function isCycle(keys: readonly string[], first: number, at: number, period: number): boolean {
  if (at + period > keys.length) return false;
  for (let offset = 0; offset < period; offset += 1)
    if (keys[at + offset] !== keys[first + offset]) return false;
  return true;
}
