import { expect, test } from '@jest/globals';
import { priceLine, timeOfLine, type CostLine, type LineCharge } from './cost-line.ts';
import { hourlyRate, labourRatesPolicySchema } from './labour-rates.ts';

const RATES = labourRatesPolicySchema.parse({
  rates: [
    { role: 'agent', currency: 'USD', amountPerHour: '36' },
    { role: 'expert', currency: 'EUR', fullyLoadedCost: '240000', practicalHours: '8500' },
  ],
});
const LINE: CostLine = {
  usageId: '0000000000000001',
  kind: 'human',
  source: '/desk',
  biller: null,
  occurredAtUs: 0n,
  attemptId: null,
  quantityMicro: null,
  unit: null,
  role: null,
  rate: null,
  amount: null,
};
const USD = 1_000_000_000_000n;

test('[T7.1] 240,000 over 8,500 practical hours is 28.2353 an hour', () => {
  expect(hourlyRate(RATES, 'expert')).toEqual({ asset: 'EUR/12', picoPerHour: 28_235_294_117_647n });
});

test.each<[string, Partial<CostLine>, LineCharge]>([
  [
    'an amount is what was told',
    { kind: 'tool_fee', amount: { amountPico: 5n, asset: 'EUR/12' } },
    { state: 'priced', asset: 'EUR/12', amountPico: 5n, grade: 'metered' },
  ],
  [
    'minutes of a role by the dated rate',
    { quantityMicro: 6_000_000n, unit: 'minute', role: 'agent' },
    { state: 'priced', asset: 'USD/12', amountPico: (36n * USD) / 10n, grade: 'assumed' },
  ],
  [
    'seconds of it',
    { quantityMicro: 42_000_000n, unit: 'second', role: 'agent' },
    { state: 'priced', asset: 'USD/12', amountPico: (42n * USD) / 100n, grade: 'assumed' },
  ],
  [
    'half a pico goes to the even one',
    { quantityMicro: 500_000n, unit: 'call', rate: { picoPerUnit: 5n, asset: 'USD/12' } },
    { state: 'priced', asset: 'USD/12', amountPico: 2n, grade: 'assumed' },
  ],
  [
    'what a provider bills by its rate is metered',
    {
      kind: 'bpo_handoff',
      biller: 'bpo',
      quantityMicro: 3_000_000n,
      unit: 'handoff',
      rate: { picoPerUnit: 4n * USD, asset: 'USD/12' },
    },
    { state: 'priced', asset: 'USD/12', amountPico: 12n * USD, grade: 'metered' },
  ],
  [
    'a role nobody gave a rate',
    { quantityMicro: 1_000_000n, unit: 'minute', role: 'lawyer' },
    { state: 'unpriced', reason: 'no_rate_for_role' },
  ],
  ['time of nobody', { quantityMicro: 1_000_000n, unit: 'minute' }, { state: 'unpriced', reason: 'no_rate' }],
  [
    'a role does not price what is not time',
    { quantityMicro: 1_000_000n, unit: 'page', role: 'agent' },
    { state: 'unpriced', reason: 'no_rate' },
  ],
  [
    'more than a ledger row can hold',
    { quantityMicro: 10n ** 15n, unit: 'call', rate: { picoPerUnit: USD, asset: 'USD/12' } },
    { state: 'unpriced', reason: 'amount_too_large' },
  ],
])('%s', (_, line, expected) => {
  expect(priceLine({ ...LINE, ...line }, RATES)).toEqual(expected);
});

test('without any declared rate a role has no price, and time is counted all the same', () => {
  const line = { ...LINE, quantityMicro: 1_500_000n, unit: 'minute', role: 'agent' };
  expect(priceLine(line, null)).toEqual({ state: 'unpriced', reason: 'no_rate_for_role' });
  expect([timeOfLine(line), timeOfLine({ ...line, unit: 'page' }), timeOfLine(LINE)]).toEqual([
    90_000n,
    null,
    null,
  ]);
});

test.each<[string, object]>([
  [
    'both ways of a rate',
    {
      rates: [{ role: 'a', currency: 'USD', amountPerHour: '1', fullyLoadedCost: '1', practicalHours: '1' }],
    },
  ],
  ['neither', { rates: [{ role: 'a', currency: 'USD' }] }],
  [
    'a cost over no hours',
    { rates: [{ role: 'a', currency: 'USD', fullyLoadedCost: '1', practicalHours: '0' }] },
  ],
  [
    'a role twice',
    {
      rates: [
        { role: 'a', currency: 'USD', amountPerHour: '1' },
        { role: 'a', currency: 'EUR', amountPerHour: '1' },
      ],
    },
  ],
  [
    'a use of a role without a rate',
    { rates: [{ role: 'a', currency: 'USD', amountPerHour: '1' }], handedOff: { role: 'b', minutes: '5' } },
  ],
])('refused: %s', (_, rule) => {
  expect(labourRatesPolicySchema.safeParse(rule).success).toBe(false);
});
