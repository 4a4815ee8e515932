import { expect, test } from '@jest/globals';
import { binomialCumulative } from './distributions.ts';
import { exactShareInterval } from './exact-share-interval.ts';

test.each([
  // R: binom.test(x, n)$conf.int
  [0, 20, '0.000000', '0.168433'],
  [20, 20, '0.831567', '1.000000'],
  [70, 100, '0.600185', '0.787594'],
  [2, 21, '0.011749', '0.303774'],
])('%i of %i is %s to %s', (successes, trials, low, high) => {
  const interval = exactShareInterval(successes, trials);
  expect([interval.low.toFixed(6), interval.high.toFixed(6)]).toEqual([low, high]);
});

test('it covers at least 95 % of every share, also where Wilson does not', () => {
  for (const trials of [5, 20, 30, 100])
    for (const share of [0.01, 0.05, 0.1, 0.3, 0.5, 0.9]) {
      let covered = 0;
      for (let successes = 0; successes <= trials; successes++) {
        const { low, high } = exactShareInterval(successes, trials);
        const chance =
          binomialCumulative(successes, trials, share) - binomialCumulative(successes - 1, trials, share);
        if (low <= share && share <= high) covered += chance;
      }
      expect(covered).toBeGreaterThanOrEqual(0.95);
    }
});

test.each([
  [1, 0],
  [-1, 3],
  [4, 3],
])('%i of %i is no share', (successes, trials) => {
  expect(() => exactShareInterval(successes, trials)).toThrow(RangeError);
});
