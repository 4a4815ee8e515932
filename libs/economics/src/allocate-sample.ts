/**
 * How many to draw from each stratum: at least `minimum` of each (all, where it has fewer), the rest in proportion to
 * what is left, by largest remainder; ties to the earlier stratum. Deterministic.
 *
 * @param sizes of the strata
 * @param total wanted; more are drawn where the minima need it, fewer where the population has fewer
 */
export function allocateSample(sizes: readonly number[], total: number, minimum: number): number[] {
  const drawn = sizes.map((size) => Math.min(size, minimum));
  let left = Math.min(total, sum(sizes)) - sum(drawn);
  while (left > 0) {
    const room = sizes.map((size, index) => size - drawn[index]!);
    const whole = sum(room);
    const quotas = room.map((each, index) => ({
      index,
      share: Math.floor((left * each) / whole),
      rest: (left * each) % whole,
    }));
    const spare = left - sum(quotas.map(({ share }) => share));
    quotas.sort((a, b) => b.rest - a.rest || a.index - b.index);
    for (const [place, { index, share }] of quotas.entries()) {
      const more = Math.min(room[index]!, share + (place < spare ? 1 : 0));
      drawn[index] = drawn[index]! + more;
      left -= more;
    }
  }
  return drawn;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
