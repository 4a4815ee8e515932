import { expect, test } from '@jest/globals';
import type { CostPerOutcomeRow } from '#store';
import { toCostRow } from './cost-row.ts';

const ROW: CostPerOutcomeRow = {
  group: null,
  workItems: 1n,
  outcomes: 1n,
  workItemsWithoutSpend: 0n,
  outcomesWithoutSpend: 0n,
  attempts: 1n,
  attemptsWithoutUsage: 0n,
  calls: 1n,
  unpricedCalls: 0n,
  callsWithoutUsage: 0n,
  costPico: 0n,
  directPico: 0n,
  noOutcomePico: 0n,
  isEstimated: false,
  isAllocated: false,
  belowLowPico: 0n,
  doubtBpsPico: 0n,
  hasOtherAssets: false,
  pendingItems: 0n,
  pendingPico: 0n,
  pendingPricedCalls: 0n,
  confirmed: 0n,
  assumed: 0n,
  contained: 0n,
  assisted: 0n,
  maturingItems: 0n,
  maturingPico: 0n,
  maturingPricedCalls: 0n,
  outcomeTypes: ['ticket.resolved'],
  settledTypes: ['ticket.resolved'],
  moments: null,
};
const CENT = 10_000_000_000n;

test.each<[string, Partial<CostPerOutcomeRow>, object]>([
  [
    'all priced',
    { costPico: CENT, directPico: CENT },
    { costUsd: '0.01', costPerOutcomeUsd: '0.01', grade: 'metered', bound: undefined },
  ],
  ['priced at nothing', {}, { costUsd: '0', costPerOutcomeUsd: '0', grade: 'metered', bound: undefined }],
  [
    'nothing priced',
    { unpricedCalls: 1n },
    { costUsd: null, costPerOutcomeUsd: null, grade: 'incomplete', bound: undefined },
  ],
  // One call of which a part has a price and another has none.
  [
    'a part of its only call unpriced',
    { unpricedCalls: 1n, costPico: CENT, directPico: CENT },
    {
      costUsd: '0.01',
      costPerOutcomeUsd: '0.01',
      directCostUsd: '0.01',
      grade: 'incomplete',
      bound: 'lower',
    },
  ],
])('money of a row: %s', (_, row, expected) => {
  const { costUsd, costPerOutcomeUsd, directCostUsd, grade, bound } = toCostRow(
    { ...ROW, ...row },
    [],
    false,
  );
  expect({ costUsd, costPerOutcomeUsd, directCostUsd, grade, bound }).toMatchObject(expected);
});

test.each<[string, Partial<CostPerOutcomeRow>, string | null]>([
  ['no item is open', {}, '0'],
  ['a priced call', { pendingItems: 1n, pendingPricedCalls: 1n, pendingPico: CENT }, '0.01'],
  ['a call without a price', { pendingItems: 1n }, null],
  ['a call with a part that has a price', { pendingItems: 1n, pendingPico: CENT }, '0.01'],
])('pending cost: %s', (_, row, costUsd) => {
  expect(toCostRow({ ...ROW, ...row }, [], false).pending).toEqual({
    items: Number(row.pendingItems ?? 0n),
    costUsd,
  });
});
