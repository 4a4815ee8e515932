// Goal: a cheaper model is called as good as another only where the counts show it.
import { expect, test } from '@jest/globals';
import { compareShares, isNonInferior, trialsToShow } from './non-inferior.ts';
import { wilsonInterval } from './wilson-interval.ts';

test.each([
  [192, 200, 0.923, false],
  [478, 500, 0.9343, false],
  [970, 1000, 0.9575, true],
])('[T4.7] %d of %d against 0.97: lower bound %d, shown: %s', (successes, trials, low, isShown) => {
  const digits = low === 0.923 ? 3 : 4;
  expect(wilsonInterval(successes, trials).low.toFixed(digits)).toBe(low.toFixed(digits));
  expect(isNonInferior(successes, trials, 0.97, 0.02)).toBe(isShown);
});

test('[T4.8n] showing a loss of less than 3 points at 0.9 takes about 1,237 trials of each', () => {
  expect(trialsToShow(0.9, 0.03)).toBe(1237);
});

// Newcombe (1998), table II, example (a): 56/70 against 48/80, method 10.
test('the difference of two shares as published', () => {
  const { low, high } = compareShares(56, 70, 48, 80);
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0524', '0.3339']);
});
