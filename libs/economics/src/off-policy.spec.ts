import { expect, test } from '@jest/globals';
import { offPolicyValue, type LoggedCase } from './off-policy.ts';

const logged = (
  value: number,
  isTakenByPolicy: boolean,
  propensity: number,
  modelled: number,
): LoggedCase => ({
  value,
  isTakenByPolicy,
  propensity,
  modelled,
});
/** The data of T8.2. */
const CASES = [
  logged(1, true, 0.5, 0.8),
  logged(0, true, 0.5, 0.8),
  logged(1, false, 0.2, 0.9),
  logged(1, true, 0.25, 0.5),
];

test('T8.2: doubly robust 0.95, inverse propensity 1.5 (out of range), self-normalised 0.75, 2.67 effective cases', () => {
  const { inverse, selfNormalised, doublyRobust, effectiveCases } = offPolicyValue(CASES, 1)!;
  expect([inverse, selfNormalised, doublyRobust, effectiveCases].map((each) => each.toFixed(2))).toEqual([
    '1.50',
    '0.75',
    '0.95',
    '2.67',
  ]);
});

test.each<[string, readonly LoggedCase[]]>([
  ['trap 15: a chance of 0 says nothing about another policy', [...CASES, logged(1, true, 0, 0.5)]],
  ['routing without chance', [...CASES, logged(1, true, 1, 0.5)]],
  ['too few effective cases', CASES],
  ['no cases', []],
])('%s: nothing is told', (_, cases) => {
  expect(offPolicyValue(cases)).toBeNull();
});
