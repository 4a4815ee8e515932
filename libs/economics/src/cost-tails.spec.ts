import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { costTails, dispersion, fewestForInterval, nearestRank, rankInterval } from './cost-tails.ts';
import { binomialCumulative } from './distributions.ts';

const CENTS = 10_000_000_000n;
const usd = (...amounts: number[]): bigint[] =>
  amounts.map((amount) => BigInt(Math.round(amount * 100)) * CENTS);
const recorded = usd(
  0.2,
  0.2,
  0.25,
  0.25,
  0.3,
  0.3,
  0.3,
  0.35,
  0.35,
  0.4,
  0.4,
  0.45,
  0.5,
  0.5,
  0.6,
  0.7,
  0.9,
  1.4,
  4,
  9,
);

test('T3.7: mean 1.0675, p50 0.40 (0.30 to 0.60), p90 1.40, p95 4.00, p99 9.00; two of 20 are 60.9 %; Gini 0.625', () => {
  const tails = costTails([...recorded].reverse())!;
  expect(tails).toEqual({
    items: 20,
    costPico: 21_350_000_000_000n,
    quantiles: [
      {
        probability: 0.5,
        rank: 10,
        valuePico: 40n * CENTS,
        interval: { lowRank: 6, lowPico: 30n * CENTS, highRank: 15, highPico: 60n * CENTS },
        fewestItems: 6,
      },
      { probability: 0.9, rank: 18, valuePico: 140n * CENTS, interval: null, fewestItems: 29 },
      { probability: 0.95, rank: 19, valuePico: 400n * CENTS, interval: null, fewestItems: 59 },
      { probability: 0.99, rank: 20, valuePico: 900n * CENTS, interval: null, fewestItems: 299 },
    ],
    maximumPico: 900n * CENTS,
    dearest: { items: 2, costPico: 1300n * CENTS },
    gini: expect.any(Number),
  });
  expect((Number(tails.costPico) / 20 / 1e12).toFixed(4)).toBe('1.0675');
  expect((Number(tails.dearest.costPico) / Number(tails.costPico)).toFixed(3)).toBe('0.609');
  expect(tails.gini!.toFixed(3)).toBe('0.625');
  expect(rankInterval(20, 0.5)).toEqual({ low: 6, high: 15 });
});

test('T3.7n: a two-sided 95 % interval needs 6 items for p50, 29 for p90, 59 for p95, 299 for p99', () => {
  expect([0.5, 0.9, 0.95, 0.99].map(fewestForInterval)).toEqual([6, 29, 59, 299]);
  expect([rankInterval(28, 0.9), rankInterval(29, 0.9)]).toEqual([null, { low: 21, high: 29 }]);
});

test('T3.9: runs of one task at 0.2, 0.9, 0.3 and 2.1 lie 10.5 times apart', () => {
  expect(dispersion(usd(0.2, 0.9, 0.3, 2.1))).toBe(10.5);
  expect([dispersion(usd(1)), dispersion(usd(0, 1))]).toEqual([null, null]);
});

test.each([
  [20, 0.95, 19],
  [20, 0.5, 10],
  [1, 0.5, 1],
  [100, 0.99, 99],
  [7, 0.9, 7],
])('of %i values the %d quantile is at place %i', (count, probability, rank) => {
  expect(nearestRank(count, probability)).toBe(rank);
});

test.each([
  ['nothing', [], null],
  ['one item', usd(2), [0, 1]],
  ['all the same', usd(3, 3, 3, 3), [0, 1]],
  ['all free', usd(0, 0), [null, 1]],
])('%s', (_, costs, expected) => {
  const tails = costTails(costs);
  expect(tails && [tails.gini, tails.dearest.items]).toEqual(expected);
});

test('no narrower pair of ranks reaches 95 %', () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 150 }), fc.constantFrom(0.5, 0.9, 0.95), (count, probability) => {
      const ranks = rankInterval(count, probability);
      const covered = (low: number, high: number): number =>
        binomialCumulative(high - 1, count, probability) - binomialCumulative(low - 1, count, probability);
      let narrowest = Infinity;
      for (let low = 1; low < count; low++)
        for (let high = low + 1; high <= count && high - low < narrowest; high++)
          if (covered(low, high) >= 0.95) narrowest = high - low;
      expect(ranks === null ? Infinity : ranks.high - ranks.low).toBe(narrowest);
      if (ranks) expect(covered(ranks.low, ranks.high)).toBeGreaterThanOrEqual(0.95);
    }),
    { numRuns: 25 },
  );
});
