import { expect, test } from '@jest/globals';
import { casesInWork, differenceInDifferences, FEWEST_PERIODS, interruptedSeries } from './before-after.ts';
import { leastSquares } from './least-squares.ts';

test('T7.7: 6.0 to 4.1 days against 6.2 to 6.0 is -1.7 days; at 200 cases a day 1,200 in work become 820', () => {
  const effect = differenceInDifferences({ before: 6, after: 4.1 }, { before: 6.2, after: 6 });
  expect(effect.toFixed(1)).toBe('-1.7');
  expect([casesInWork(200, 6), casesInWork(200, 4.1).toFixed(0)]).toEqual([1200, '820']);
});

test('a series without noise gives its level and slope back', () => {
  const series = Array.from({ length: 20 }, (_, t) => 10 + 0.5 * t + (t >= 10 ? -3 - 0.25 * (t - 10) : 0));
  const { level, slope } = interruptedSeries(series, 10)!;
  expect([level.estimate.toFixed(6), slope.estimate.toFixed(6)]).toEqual(['-3.000000', '-0.250000']);
  expect(level.interval.high - level.interval.low).toBeLessThan(1e-6);
});

test('a trend that only goes on is no effect', () => {
  const wave = [0.3, -0.2, 0.1, -0.4, 0.25, 0.05, -0.1, 0.35, -0.3, -0.05];
  const series = Array.from({ length: 30 }, (_, t) => 100 - 2 * t + wave[t % wave.length]!);
  const { level, slope } = interruptedSeries(series, 15)!;
  for (const { interval, pValue } of [level, slope]) {
    expect(interval.low).toBeLessThan(0);
    expect(interval.high).toBeGreaterThan(0);
    expect(pValue).toBeGreaterThan(0.05);
  }
});

test('five periods on a side tell no trend', () => {
  expect(interruptedSeries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], FEWEST_PERIODS)).toBeNull();
  expect(interruptedSeries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], FEWEST_PERIODS)).not.toBeNull();
});

test('coefficients and White errors of five points', () => {
  const rows = [1, 2, 3, 4, 5].map((x) => [1, x]);
  const { coefficients, standardErrors } = leastSquares(rows, [2, 4, 5, 4, 5], 0);
  expect(coefficients.map((value) => value.toFixed(4))).toEqual(['2.2000', '0.6000']);
  // HC1 by hand from the residuals -0.8, 0.6, 1, -0.6, -0.2.
  expect(standardErrors.map((value) => value.toFixed(4))).toEqual(['0.9571', '0.2394']);
  expect(() =>
    leastSquares(
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      [1, 2, 3],
      0,
    ),
  ).toThrow(RangeError);
});
