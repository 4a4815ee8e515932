import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { issueRows } from './book-version.ts';
import { chargeUsage } from './charge-usage.ts';
import { toDecimal } from './fraction.ts';
import { buildPriceIndex } from './price-index.ts';
import { priceRowSchema, type PriceRow } from './price-row.ts';
import { capacitySpans } from './self-hosted-capacity.ts';
import { selfHostedInputsSchema, type SelfHostedInputs } from './self-hosted-inputs.ts';
import { explainRate, inputsOfRate, selfHostedRate } from './self-hosted-rate.ts';

const OCTOBER = '2026-10-01T00:00:00Z';
const NOVEMBER = '2026-11-01T00:00:00Z';
const ns = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n;
const inputs = (given: Partial<SelfHostedInputs>): SelfHostedInputs =>
  selfHostedInputsSchema.parse({
    model: 'qwen2.5:7b',
    validFrom: OCTOBER,
    accelerators: '1',
    rentPerAcceleratorHour: given.purchasePricePerAccelerator === undefined ? '36' : '0',
    practicalCapacity: '1',
    inputTokensPerSecond: '10',
    outputTokensPerSecond: '10',
    ...given,
  });
const issued = (list: readonly SelfHostedInputs[], version = 1): PriceRow[] =>
  issueRows(list.map(selfHostedRate), { tenantId: '7', book: 'self-hosted-rates' }, version);

const OWNED = inputs({
  accelerators: '8',
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
});

// 8 x (1 + 0.14) + 2 + 6.96 = $18.08 an hour, $22.60 a practical hour
test('an owned installation: amortisation, power, facility and operations over practical capacity', () => {
  expect(selfHostedRate(OWNED)).toMatchObject({
    provider: 'self-hosted',
    asset: 'USD/12',
    validFrom: OCTOBER,
    // 22.60 / 3600 / 25,000 and / 2,500
    prices: { in_uncached: '251111', out_text: '2511111' },
  });
  expect(explainRate(OWNED).map(({ name, numbers, value }) => `${name} = ${numbers} = ${value}`)).toEqual([
    'hoursPerMonth = 24 x 365 / 12 = 730',
    'amortisationPerAcceleratorHour = (30000 - 3720) / (36 x 730) = 1',
    'electricityPerAcceleratorHour = 700 / 1000 x 1.25 x 0.16 = 0.14',
    'acceleratorsPerHour = 8 x (0 + 1 + 0.14) = 9.12',
    'sharedPerHour = (1460 + 5080.80) / 730 = 8.96',
    'costPerHour = 9.12 + 8.96 = 18.08',
    'costPerPracticalHour = 18.08 / 0.8 = 22.6',
    'in_uncached = 22.6 / 3600 / 25000 = 0.000000251111',
    'out_text = 22.6 / 3600 / 2500 = 0.000002511111',
  ]);
});

test('a row says all it was made from', () => {
  for (const each of [OWNED, inputs({ rentPerAcceleratorHour: '2', outputTokensPerSecond: null })])
    expect(inputsOfRate(issued([each])[0]!)).toEqual(each);
  const { inputs: stored, ...row } = issued([OWNED])[0]!;
  expect(inputsOfRate({ ...row, inputs: {} })).toBeNull();
  expect(stored).toMatchObject({ formula: 'self-hosted-rate@1', electricityPerKilowattHour: '0.16' });
});

test('T2.6: of $720 a day with room for a million tokens, 700,000 cost $504, and $216 are idle', () => {
  // $30 an hour around the clock; a million tokens in 86,400 seconds.
  const reserved = inputs({ rentPerAcceleratorHour: '30', outputTokensPerSecond: '11.574074074074' });
  const [row] = issued([reserved]);
  const [day] = capacitySpans([row!], ns('2026-10-05T00:00:00Z'), ns('2026-10-06T00:00:00Z'));
  const [charge] = chargeUsage(
    {
      provider: 'self-hosted',
      modelResponse: 'qwen2.5:7b',
      modelRequest: null,
      usage: { tokens: { out_text: 700_000n }, units: {} },
      usageState: 'reported',
      startedAtNs: ns('2026-10-05T12:00:00Z'),
      serviceTier: null,
    },
    buildPriceIndex([row!]),
  );
  const chargedPico = charge!.state === 'priced' ? charge!.amountPico : 0n;
  expect([day!.costPico, chargedPico, day!.costPico - chargedPico]).toEqual([
    720_000_000_000_000n,
    504_000_000_000_000n,
    216_000_000_000_000n,
  ]);
});

test('a rate is rounded half-even, once, when it is made', () => {
  // $0.009 and $0.0126 an hour at a million tokens a second: two and a half pico-dollars a token, and three and a half
  const priceAt = (rentPerAcceleratorHour: string) =>
    selfHostedRate(inputs({ rentPerAcceleratorHour, outputTokensPerSecond: '1000000' })).prices.out_text;
  expect(['0.009', '0.0126', '36'].map(priceAt)).toEqual(['2', '4', '10000']);
});

test('tokens found in the prefix cache, and a model that makes none, have their own prices or none', () => {
  const rate = (given: Partial<SelfHostedInputs>) =>
    selfHostedRate(inputs({ rentPerAcceleratorHour: '36', ...given })).prices;
  expect(rate({ cacheReadTokensPerSecond: '1000' })).toEqual({
    in_uncached: '1000000000',
    cache_read: '10000000',
    out_text: '1000000000',
  });
  expect(rate({ outputTokensPerSecond: null })).toEqual({ in_uncached: '1000000000' });
});

test('a machine up for part of the day bears its monthly costs in those hours', () => {
  const office = inputs({ rentPerAcceleratorHour: '0', facilityPerMonth: '730', hoursPerDay: '8' });
  expect(explainRate(office).find(({ name }) => name === 'costPerHour')!.value).toBe('3');
  const [span] = capacitySpans(issued([office]), ns(OCTOBER), ns('2026-10-02T00:00:00Z'));
  expect([toDecimal(span!.hours), span!.costPico]).toEqual(['8', 24_000_000_000_000n]);
});

test('a dearer electricity is a new rate, and usage is charged by the one in force', () => {
  const dear = { ...OWNED, validFrom: NOVEMBER, electricityPerKilowattHour: '0.41' };
  const index = buildPriceIndex(issued([OWNED, dear]));
  const costOn = (time: string) =>
    chargeUsage(
      {
        provider: 'vllm',
        modelResponse: 'qwen2.5:7b',
        modelRequest: null,
        usage: { tokens: { out_text: 1_000_000n }, units: {} },
        usageState: 'reported',
        startedAtNs: ns(time),
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

/** `model from to cost`, days only. */
const told = (rows: readonly PriceRow[], from: string, to: string) =>
  capacitySpans(rows, ns(from), ns(to)).map(
    ({ row, fromNs, toNs, costPico }) =>
      `${row.model} ${[fromNs, toNs].map((at) => new Date(Number(at / 1_000_000n)).toISOString().slice(0, 10)).join(' ')} ${costPico / 1_000_000_000_000n}`,
  );
const day = (number: number) => `2026-10-${String(number).padStart(2, '0')}T00:00:00Z`;
const rented = (rent: string, validFrom: string | null, validTo: string | null = null, model = 'm') =>
  inputs({ model, rentPerAcceleratorHour: rent, validFrom, validTo });

test.each<[string, SelfHostedInputs[], string[]]>([
  ['before it begins nothing is paid', [rented('1', day(3))], ['m 2026-10-03 2026-10-11 192']],
  ['after it ends neither', [rented('1', null, day(3))], ['m 2026-10-01 2026-10-03 48']],
  [
    'a later rate takes over',
    [rented('1', null), rented('2', day(5))],
    ['m 2026-10-01 2026-10-05 96', 'm 2026-10-05 2026-10-11 288'],
  ],
  [
    'and hands back when it ends',
    [rented('1', null), rented('2', day(5), day(6))],
    ['m 2026-10-01 2026-10-05 96', 'm 2026-10-05 2026-10-06 48', 'm 2026-10-06 2026-10-11 120'],
  ],
  [
    'installations side by side',
    [rented('1', null), rented('2', null, null, 'n')],
    ['m 2026-10-01 2026-10-11 240', 'n 2026-10-01 2026-10-11 480'],
  ],
])('what capacity costs: %s', (_, list, expected) =>
  expect(told(issued(list), day(1), day(11))).toEqual(expected),
);

test('a corrected rate counts from its own start, and prices that were read have no capacity', () => {
  const rows = [...issued([rented('1', day(1))]), ...issued([rented('3', day(1))], 2)];
  const bought = issueRows([{ ...selfHostedRate(OWNED), inputs: {} }], { tenantId: '7', book: 'b' }, 1);
  expect(told([...rows, ...bought], day(1), day(2))).toEqual(['m 2026-10-01 2026-10-02 72']);
});

test.each<[string, unknown]>([
  ['practicalCapacity', '1.01'],
  ['practicalCapacity', '0'],
  ['powerUsageEffectiveness', '0.9'],
  ['residualValuePerAccelerator', '1'],
  ['outputTokensPerSecond', '0.0'],
  ['accelerators', '-1'],
  ['facilityPerMonth', '1e3'],
  ['hoursPerDay', '24.1'],
  ['currency', 'usd'],
  ['validTo', OCTOBER],
])('%s of %s is refused', (field, value) => {
  const given = { ...inputs({ rentPerAcceleratorHour: '1' }), [field]: value };
  expect(selfHostedInputsSchema.safeParse(given).error?.issues[0]?.path).toEqual([field]);
});

test('an installation that costs nothing, or more than a price can hold, has no rate', () => {
  expect(() => inputs({ rentPerAcceleratorHour: '0', powerWattsPerAccelerator: '9' })).toThrow(
    'an hour costs nothing',
  );
  expect(() =>
    selfHostedRate(inputs({ rentPerAcceleratorHour: '999999999999999', inputTokensPerSecond: '0.001' })),
  ).toThrow('more than a price can hold');
});

test('every rate is a valid row, and the days of a period cost what the period costs', () => {
  const amount = fc.integer({ min: 1, max: 10_000 }).map(String);
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 1, max: 30 }), (rent, speed, days) => {
      const given = inputs({ rentPerAcceleratorHour: rent, inputTokensPerSecond: speed });
      const rows = issued([given]);
      expect(priceRowSchema.safeParse(rows[0]).success).toBe(true);
      const cost = (from: number, to: number) => {
        const at = (count: number) => ns(OCTOBER) + BigInt(count) * 86_400_000_000_000n;
        return capacitySpans(rows, at(from), at(to)).reduce((sum, span) => sum + span.costPico, 0n);
      };
      const single = Array.from({ length: days }, (_, index) => cost(index, index + 1));
      expect(single.reduce((sum, each) => sum + each, 0n)).toBe(cost(0, days));
    }),
  );
});
