import { expect, test } from '@jest/globals';
import { momentsOfItems } from './mean-cost.ts';
import { spendMargin } from './spend-margin.ts';

const DOLLAR = 1_000_000_000_000n;
const spender = (outcomes: number, dollarsEach: bigint, failed = 0) =>
  momentsOfItems([
    ...Array.from({ length: outcomes }, () => ({ costPico: dollarsEach * DOLLAR, isAchieved: true })),
    ...Array.from({ length: failed }, () => ({ costPico: dollarsEach * DOLLAR, isAchieved: false })),
  ]);

test('T5.5, T5.8: ten times the spend for twice the output is worth 2.22 a dollar at a median value of 20: no cap', () => {
  // The middle one: 400 outcomes at $1; the top one: 800 at $5, with 10 times the spend.
  const margin = spendMargin(spender(800, 5n), spender(400, 1n), 20n * DOLLAR)!;
  expect([margin.perDollar.toFixed(2), margin.verdict]).toEqual(['2.22', 'pays']);
  expect([margin.beyondPico, margin.forgonePico]).toEqual([3600n * DOLLAR, 8000n * DOLLAR]);
  expect(margin.interval!.low).toBeGreaterThan(1);
});

test('trap 14: a cap is not proposed where the lower bound is above 1', () => {
  expect(spendMargin(spender(800, 5n), spender(400, 1n), 20n * DOLLAR)!.verdict).not.toBe('does_not');
});

test.each([
  ['the further spend buys nothing', spender(400, 1n, 800), spender(400, 1n), 1n, 'does_not'],
  ['about even, few items', spender(12, 2n), spender(6, 2n), 2n, 'review'],
  ['not told apart from the middle one', spender(4, 2n), spender(3, 2n), 20n, 'review'],
])('%s', (_, own, middle, dollars, verdict) => {
  expect(spendMargin(own, middle, dollars * DOLLAR)!.verdict).toBe(verdict);
});

test('who spends no more than the middle one has no margin', () => {
  expect(spendMargin(spender(3, 1n), spender(3, 1n), DOLLAR)).toBeNull();
});
