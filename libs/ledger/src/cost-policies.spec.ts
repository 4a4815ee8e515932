import { expect, test } from '@jest/globals';
import { CostPolicies, type PolicyVersion } from './cost-policies.ts';

const rates = (version: number, validFromUs: bigint | null, amountPerHour: string): PolicyVersion => ({
  name: 'labour_rates',
  version,
  validFromUs,
  rule: { rates: [{ role: 'adjuster', currency: 'USD', amountPerHour }] },
});
const RAISED = [rates(1, null, '30'), rates(2, 100n, '60')];
const REPLACED = [rates(1, 100n, '60'), rates(2, null, '30')];
const CORRECTED = [...RAISED, rates(3, 50n, '45')];

test.each<[string, readonly PolicyVersion[], bigint, string | null]>([
  ['a later start takes over from then: before it', RAISED, 99n, '30'],
  ['a later start takes over from then: from it on', RAISED, 100n, '60'],
  ['told after it, an earlier start replaces it: before it', REPLACED, 99n, '30'],
  ['told after it, an earlier start replaces it: from it on', REPLACED, 100n, '30'],
  ['a correction leaves what is before its start', CORRECTED, 49n, '30'],
  ['a correction holds from its start', CORRECTED, 50n, '45'],
  ['a correction holds for whatever started after it', CORRECTED, 200n, '45'],
  ['before every start nothing is declared', [rates(1, 100n, '60')], 99n, null],
  [
    'other policies say nothing of it',
    [rates(1, null, '30'), { name: 'placement', version: 2, validFromUs: null, rule: { retry: 'carry' } }],
    100n,
    '30',
  ],
])('the newest version that is valid at a time is in force: %s', (_, versions, atUs, amountPerHour) => {
  for (const read of [versions, versions.toReversed()].map((each) => new CostPolicies(each)))
    expect(read.labourRatesAt(atUs)?.rates[0]?.amountPerHour ?? null).toBe(amountPerHour);
});
