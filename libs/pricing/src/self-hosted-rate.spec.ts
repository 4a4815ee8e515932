import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { issueRows } from './book-version.ts';
import { chargeUsage } from './charge-usage.ts';
import { buildPriceIndex } from './price-index.ts';
import { priceRowSchema } from './price-row.ts';
import {
  capacityCost,
  selfHostedInputsSchema,
  selfHostedRate,
  type SelfHostedInputs,
} from './self-hosted-rate.ts';

/** $36 an hour for 10 tokens a second: $0.001 a token. */
const RENTED: SelfHostedInputs = {
  provider: 'self-hosted',
  model: 'qwen2.5:7b',
  validFrom: '2026-10-01T00:00:00Z',
  validTo: null,
  currency: 'USD',
  accelerators: '1',
  rentPerAcceleratorHour: '36',
  purchasePricePerAccelerator: '0',
  residualValuePerAccelerator: '0',
  amortisationMonths: '36',
  powerWattsPerAccelerator: '0',
  powerUsageEffectiveness: '1',
  electricityPerKilowattHour: '0',
  facilityPerMonth: '0',
  operationsPerMonth: '0',
  practicalCapacity: '1',
  inputTokensPerSecond: '10',
  outputTokensPerSecond: '10',
};
const OWNED: SelfHostedInputs = {
  ...RENTED,
  accelerators: '8',
  rentPerAcceleratorHour: '0',
  purchasePricePerAccelerator: '30000',
  residualValuePerAccelerator: '3720', // 26,280 over 36 months of 730 hours: $1 an hour
  powerWattsPerAccelerator: '700',
  powerUsageEffectiveness: '1.25',
  electricityPerKilowattHour: '0.16', // 0.875 kW: $0.14 an hour
  facilityPerMonth: '1460', // $2 an hour
  operationsPerMonth: '5080.80', // $6.96 an hour
  practicalCapacity: '0.8',
  inputTokensPerSecond: '25000',
  outputTokensPerSecond: '2500',
};

// 8 x (1 + 0.14) + 2 + 6.96 = $18.08 an hour, $22.60 a practical hour
test('an owned installation: amortisation, power, facility and operations over practical capacity', () => {
  const { provider: _p, model: _m, validFrom: _f, validTo: _t, currency: _c, ...stored } = OWNED;
  expect(selfHostedRate(OWNED)).toMatchObject({
    asset: 'USD/12',
    validFrom: '2026-10-01T00:00:00Z',
    // 22.60 / 3600 / 25,000 and / 2,500
    prices: { in_uncached: '251111', out_text: '2511111' },
    inputs: { formula: 'self-hosted-rate@1', ...stored },
  });
});

// methods.md T2.6: $720, capacity 720,000 tokens, 70 % used
test('$504 charged and $216 idle', () => {
  expect(
    capacityCost(RENTED, '20', { tokens: { in_uncached: 204_000n, out_text: 300_000n }, units: {} }),
  ).toEqual({
    paidPico: 720_000_000_000_000n,
    usedPico: 504_000_000_000_000n,
    idlePico: 216_000_000_000_000n,
  });
});

test('a rate is rounded half-even, once, when it is made', () => {
  // $0.009 and $0.0126 an hour at a million tokens a second: two and a half pico-dollars a token, and three and a half
  const priceAt = (rent: string) =>
    selfHostedRate({ ...RENTED, rentPerAcceleratorHour: rent, outputTokensPerSecond: '1000000' }).prices
      .out_text;
  expect(['0.009', '0.0126', '36'].map(priceAt)).toEqual(['2', '4', '10000']);
});

test('a dearer electricity is a new row, and usage is charged by the one in force', () => {
  const cheap = selfHostedRate(OWNED);
  const dear = selfHostedRate({
    ...OWNED,
    validFrom: '2026-11-01T00:00:00Z',
    electricityPerKilowattHour: '0.41',
  });
  const index = buildPriceIndex(issueRows([cheap, dear], { tenantId: '7', book: 'self-hosted' }, 1));
  const costOn = (day: string) =>
    chargeUsage(
      {
        provider: 'self-hosted',
        modelResponse: 'qwen2.5:7b',
        modelRequest: null,
        usage: { tokens: { out_text: 1_000_000n }, units: {} },
        usageState: 'reported',
        startedAtNs: BigInt(Date.parse(day)) * 1_000_000n,
        serviceTier: null,
      },
      index,
    )[0];
  expect([
    costOn('2026-09-30T23:59:59Z'),
    costOn('2026-10-31T23:59:59Z'),
    costOn('2026-11-01T00:00:00Z'),
  ]).toMatchObject([
    { state: 'unpriced', reason: 'no_price_in_force' },
    { amountPico: 2_511_111_000_000n },
    { amountPico: 2_754_167_000_000n },
  ]);
});

test.each([
  ['practicalCapacity', '1.01'],
  ['practicalCapacity', '0'],
  ['powerUsageEffectiveness', '0.9'],
  ['residualValuePerAccelerator', '1'],
  ['outputTokensPerSecond', '0.0'],
  ['accelerators', '-1'],
  ['facilityPerMonth', '1e3'],
])('%s of %s is refused', (field, value) => {
  expect(selfHostedInputsSchema.safeParse({ ...RENTED, [field]: value }).error?.issues[0]?.path).toEqual([
    field,
  ]);
});

test('used and idle are what was paid, and every rate is a valid row', () => {
  const amount = fc.integer({ min: 1, max: 10_000 }).map(String);
  fc.assert(
    fc.property(amount, amount, amount, fc.bigInt(0n, 10n ** 9n), (rent, speed, hours, tokens) => {
      const inputs = { ...RENTED, rentPerAcceleratorHour: rent, inputTokensPerSecond: speed };
      const cost = capacityCost(inputs, hours, { tokens: { in_uncached: tokens }, units: {} });
      expect(cost.usedPico + cost.idlePico).toBe(cost.paidPico);
      const [row] = issueRows([selfHostedRate(inputs)], { tenantId: '7', book: 'b' }, 1);
      expect(priceRowSchema.safeParse(row).success).toBe(true);
    }),
  );
});
