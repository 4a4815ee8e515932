import { expect, test } from '@jest/globals';
import { placeLine, type ItemHistory } from './place-line.ts';
import { placementPolicySchema, placementUnder, SHIPPED_PLACEMENT } from './placement-policy.ts';

const CARRY = placementPolicySchema.parse({ retry: 'carry', reopened: 'carry', afterOutcome: 'carry' });
const settled = (phase: string, atUs: bigint, reopenedAtUs: bigint | null = null) => ({
  phase,
  atUs,
  reopenedAtUs,
});

test.each<[string, ItemHistory['settlements'], bigint, string, string]>([
  ['an item that nothing settled', [], 5n, 'work', 'work'],
  ['before the outcome', [settled('achieved', 10n)], 10n, 'outcome', 'outcome'],
  ['after the outcome', [settled('achieved', 10n)], 11n, 'waste:after_outcome', 'carried:after_outcome'],
  ['an item that failed', [settled('failed', 10n)], 11n, 'waste:failed', 'waste:failed'],
  ['an item that was cancelled', [settled('cancelled', 10n)], 5n, 'waste:abandoned', 'waste:abandoned'],
  ['an item that is open again', [settled('achieved', 10n, 20n)], 5n, 'work', 'work'],
  [
    'for an outcome that did not last, when another does',
    [settled('achieved', 10n, 20n), settled('achieved', 30n)],
    12n,
    'waste:reopened',
    'carried:reopened',
  ],
  [
    'in the second stretch',
    [settled('achieved', 10n, 20n), settled('achieved', 30n)],
    25n,
    'outcome',
    'outcome',
  ],
  [
    'for a failure before an outcome',
    [settled('failed', 10n, 20n), settled('achieved', 30n)],
    12n,
    'waste:retry',
    'carried:retry',
  ],
  [
    'for an outcome that was reopened and then failed',
    [settled('achieved', 10n, 20n), settled('failed', 30n)],
    12n,
    'waste:reopened',
    'waste:reopened',
  ],
])('a cost line of %s', (_, settlements, atUs, shipped, carried) => {
  expect(placeLine(atUs, { settlements }, SHIPPED_PLACEMENT)).toBe(shipped);
  expect(placeLine(atUs, { settlements }, CARRY)).toBe(carried);
});

test('a policy moves what an outcome could bear, and nothing else', () => {
  const placements = [
    'work',
    'outcome',
    'waste:retry',
    'waste:reopened',
    'waste:after_outcome',
    'waste:failed',
    'waste:abandoned',
  ];
  const onlyReopened = placementPolicySchema.parse({ reopened: 'carry' });
  expect(placements.map((each) => placementUnder(onlyReopened, each, true))).toEqual([
    'work',
    'outcome',
    'waste:retry',
    'carried:reopened',
    'waste:after_outcome',
    'waste:failed',
    'waste:abandoned',
  ]);
  expect(placements.map((each) => placementUnder(CARRY, each, false))).toEqual(placements);
});
