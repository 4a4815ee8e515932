import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { costPerOutcomeInterval, type CostInterval } from './cost-per-outcome.ts';
import { fiellerInterval } from './fieller-interval.ts';
import { meanCost, momentsOfItems, type ItemCost } from './mean-cost.ts';
import { wilsonInterval } from './wilson-interval.ts';

const PICO = 1_000_000_000_000n;
const cents = (amount: number): bigint => (BigInt(Math.round(amount * 100)) * PICO) / 100n;
const items = (count: number, outcomes: number, cost: (index: number) => number): ItemCost[] =>
  Array.from({ length: count }, (_, index) => ({
    costPico: cents(cost(index)),
    isAchieved: index < outcomes,
  }));
const intervalOf = (sample: ItemCost[]): CostInterval | null =>
  costPerOutcomeInterval(momentsOfItems(sample));
const dollars = (interval: CostInterval | null): unknown =>
  interval && [
    (Number(interval.lowPico) / 1e12).toFixed(4),
    interval.highPico === null ? null : (Number(interval.highPico) / 1e12).toFixed(4),
    interval.method,
  ];

test('T3.2w: 70 of 100 at $0.50 each: share 0.6042 to 0.7811, $0.7143 is $0.6402 to $0.8276', () => {
  const { low, high } = wilsonInterval(70, 100);
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.6042', '0.7811']);
  expect(dollars(intervalOf(items(100, 70, () => 0.5)))).toEqual(['0.6402', '0.8276', 'combined']);
});

test('T3.2z: none of 20 at $0.50 each: at least $3.10 per outcome, and no upper bound', () => {
  expect(wilsonInterval(0, 20).high.toFixed(6)).toBe('0.161125');
  expect(dollars(intervalOf(items(20, 0, () => 0.5)))).toEqual(['3.1032', null, 'lower_bound']);
});

test('T3.2f: ratio 1.0375, g 0.142149, Fieller 0.4083 to 2.3916', () => {
  const costs = [0.4, 0.5, 0.6, 1.5, 0.45, 0.55, 2, 0.5, 0.6, 1.2];
  const successes = [1, 1, 1, 0, 1, 1, 0, 1, 1, 1];
  const mean = (numbers: number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const [cost, success] = [mean(costs), mean(successes)];
  const covariance = (a: number[], b: number[]): number =>
    a.reduce((sum, each, index) => sum + (each - mean(a)) * (b[index]! - mean(b)), 0) / (9 * 10);
  const { g, interval } = fiellerInterval(
    {
      numerator: cost,
      denominator: success,
      numeratorVariance: covariance(costs, costs),
      denominatorVariance: covariance(successes, successes),
      covariance: covariance(costs, successes),
    },
    2.262157,
  );
  expect([
    (cost / success).toFixed(4),
    g.toFixed(6),
    interval!.low.toFixed(4),
    interval!.high.toFixed(4),
  ]).toEqual(['1.0375', '0.142149', '0.4083', '2.3916']);
});

test('T5.9: 90 by 35 with standard errors 15 and 5: 2.571 is 1.617 to 3.963', () => {
  const { interval } = fiellerInterval(
    { numerator: 90, denominator: 35, numeratorVariance: 225, denominatorVariance: 25, covariance: 0 },
    1.959964,
  );
  expect([interval!.low.toFixed(3), interval!.high.toFixed(3)]).toEqual(['1.617', '3.963']);
});

test('a denominator that may be nothing has no interval', () => {
  const { g, interval } = fiellerInterval(
    { numerator: 1, denominator: 1, numeratorVariance: 0.1, denominatorVariance: 0.3, covariance: 0 },
    1.96,
  );
  expect([g > 1, interval]).toEqual([true, null]);
});

test.each<[string, ItemCost[], ReturnType<typeof dollars>]>([
  ['fewer than 20 items', items(19, 19, () => 1), null],
  ['nothing spent', items(40, 20, () => 0), null],
  ['fewer than 30 items', items(29, 20, () => 1), ['1.2088', '1.9697', 'outer']],
  ['four outcomes', items(40, 4, () => 1), ['4.3381', '25.2656', 'outer']],
  [
    'one item above a quarter of all cost',
    items(40, 40, (index) => (index === 0 ? 20 : 1)),
    ['0.8706', '5.1999', 'outer'],
  ],
  ['the same cost everywhere, all achieved', items(40, 40, () => 1), ['1.0000', '1.0960', 'combined']],
])('%s', (_, sample, expected) => {
  expect(dollars(intervalOf(sample))).toEqual(expected);
});

test('costs in another unit move the interval by the same factor, and it holds the figure', () => {
  const anyItems = fc.array(
    fc.record({ costPico: fc.bigInt({ min: 1n, max: 10n ** 15n }), isAchieved: fc.boolean() }),
    { minLength: 20, maxLength: 80 },
  );
  fc.assert(
    fc.property(anyItems, (sample) => {
      const interval = intervalOf(sample)!;
      const outcomes = sample.filter(({ isAchieved }) => isAchieved).length;
      if (outcomes > 0) {
        const figure = sample.reduce((sum, { costPico }) => sum + costPico, 0n) / BigInt(outcomes);
        expect(interval.lowPico).toBeLessThanOrEqual(figure);
        expect(interval.highPico!).toBeGreaterThanOrEqual(figure);
      }
      const thousandfold = intervalOf(
        sample.map(({ costPico, isAchieved }) => ({ costPico: costPico * 1000n, isAchieved })),
      )!;
      expect(Number(thousandfold.lowPico) / Number(interval.lowPico)).toBeCloseTo(1000, 0);
    }),
  );
});

test('one item has no spread', () => {
  expect(() => meanCost(momentsOfItems(items(1, 1, () => 1)))).toThrow(RangeError);
});
