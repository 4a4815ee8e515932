import { binomialCumulative } from './distributions.ts';
import type { Interval } from './wilson-interval.ts';

const TAIL = 0.025;
const HALVINGS = 60;

/**
 * The exact 95 % interval of a share (Clopper & Pearson 1934): it covers at least 95 % for every share and number of
 * trials. Wilson's is narrower and covers 95 % on average only: 92 % of 20 trials at a share of 5 % (ADR 029), which is
 * why what is shown comes from here.
 *
 * @throws RangeError unless 0 <= successes <= trials and trials > 0
 */
export function exactShareInterval(successes: number, trials: number): Interval {
  if (!(trials > 0) || successes < 0 || successes > trials)
    throw new RangeError(`${successes} of ${trials} is no share`);
  return {
    low:
      successes === 0 ? 0 : crossing((share) => 1 - binomialCumulative(successes - 1, trials, share) > TAIL),
    high: successes === trials ? 1 : crossing((share) => binomialCumulative(successes, trials, share) < TAIL),
  };
}

/** The share from which on `isReached` holds. */
function crossing(isReached: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (isReached(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
