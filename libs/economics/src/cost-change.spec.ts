import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  addEffects,
  CHANGE_FACTORS,
  splitByVolume,
  splitCostChange,
  type GroupSpend,
} from './cost-change.ts';

const PICO = 1_000_000_000_000n;
const spend = (over: Partial<GroupSpend>): GroupSpend => ({
  items: 100n,
  attempts: 120n,
  calls: 240n,
  tokens: 240_000n,
  costPico: 24n * PICO,
  ...over,
});
const totals = { before: 100n, after: 100n };
const usd = (pico: bigint): string => (Number(pico) / 1e12).toFixed(4);

test('T6.3: 1.2 to 3.1 attempts and 40k to 80k tokens at the same price: +1.1558 and +0.8442 of +2.00', () => {
  const before = spend({
    items: 10n,
    attempts: 12n,
    calls: 12n,
    tokens: 480_000n,
    costPico: (48n * PICO) / 10n,
  });
  const after = spend({
    items: 10n,
    attempts: 31n,
    calls: 31n,
    tokens: 2_480_000n,
    costPico: (248n * PICO) / 10n,
  });
  const effects = splitCostChange(before, after, { before: 10n, after: 10n });
  // Ten items: ten times the figures of one.
  expect(CHANGE_FACTORS.map((factor) => usd(effects[factor]))).toEqual([
    '0.0000',
    '0.0000',
    '11.5585',
    '0.0000',
    '8.4415',
    '0.0000',
  ]);
});

test.each<[string, Partial<GroupSpend>, Partial<GroupSpend>, Record<string, string>]>([
  ['nothing changed', {}, {}, {}],
  ['the price doubled', {}, { costPico: 48n * PICO }, { price: '24.0000' }],
  ['longer calls', {}, { tokens: 480_000n, costPico: 48n * PICO }, { usage: '24.0000' }],
  ['longer calls, not known', { tokens: null }, { costPico: 48n * PICO }, { price: '24.0000' }],
  ['more calls', {}, { calls: 480n, tokens: 480_000n, costPico: 48n * PICO }, { calls: '24.0000' }],
  [
    'the group came',
    { items: 0n, attempts: 0n, calls: 0n, tokens: 0n, costPico: 0n },
    {},
    { mix: '24.0000' },
  ],
  [
    'the group went',
    {},
    { items: 0n, attempts: 0n, calls: 0n, tokens: 0n, costPico: 0n },
    { mix: '-24.0000' },
  ],
  ['calls that were free', { costPico: 0n }, {}, { price: '24.0000' }],
])('%s', (_, before, after, expected) => {
  const effects = splitCostChange(spend(before), spend(after), totals);
  const told = Object.fromEntries(
    CHANGE_FACTORS.filter((factor) => effects[factor] !== 0n).map((factor) => [factor, usd(effects[factor])]),
  );
  expect(told).toEqual(expected);
});

test('where there was nothing at all before, all of it is volume', () => {
  const nothing = spend({ items: 0n, attempts: 0n, calls: 0n, tokens: 0n, costPico: 0n });
  expect(splitCostChange(nothing, spend({}), { before: 0n, after: 100n })).toMatchObject({
    volume: 24n * PICO,
    mix: 0n,
  });
});

test('T9.9: 500 to 720 is 100 of volume and 120 of unit cost', () => {
  expect(
    splitByVolume({ outcomes: 100n, costPico: 500n * PICO }, { outcomes: 120n, costPico: 720n * PICO }),
  ).toEqual({ volumePico: 100n * PICO, unitCostPico: 120n * PICO });
  expect(splitByVolume({ outcomes: 0n, costPico: 5n }, { outcomes: 1n, costPico: 7n })).toBeNull();
});

test('a law: the effects of all groups sum to the change exactly', () => {
  const count = fc.bigInt(0n, 10n ** 6n);
  const anySpend = fc.record({
    items: count,
    attempts: count,
    calls: count,
    tokens: fc.option(fc.bigInt(0n, 10n ** 12n)),
    costPico: fc.bigInt(0n, 10n ** 18n),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(anySpend, anySpend), { maxLength: 6 }), (groups) => {
      const itemsOf = (side: 0 | 1): bigint => groups.reduce((sum, group) => sum + group[side].items, 0n);
      const all = { before: itemsOf(0), after: itemsOf(1) };
      const effects = addEffects(groups.map(([before, after]) => splitCostChange(before, after, all)));
      const change = groups.reduce((sum, [before, after]) => sum + after.costPico - before.costPico, 0n);
      expect(CHANGE_FACTORS.reduce((sum, factor) => sum + effects[factor], 0n)).toBe(change);
    }),
  );
});
