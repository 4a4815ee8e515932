import { expect, test } from '@jest/globals';
import type { Charge, TokenBucket, UsageUnit } from '#model';
import * as fc from 'fast-check';
import { priceRow } from '../../../test/support/price-rows.ts';
import { chargeUsage, type ChargeInput } from './charge-usage.ts';
import { buildPriceIndex } from './price-index.ts';
import { PRICE_CLASSES, type PriceRow } from './price-row.ts';

const AT = BigInt(Date.parse('2026-09-15T12:00:00Z')) * 1_000_000n;
const at = (text: string) => BigInt(Date.parse(text)) * 1_000_000n;

const SONNET = {
  in_uncached: '3000000',
  cache_read: '300000',
  cache_write_5m: '3750000',
  out_text: '15000000',
};
const sonnet = priceRow('anthropic', 'sonnet', SONNET);

function call(tokens: Partial<Record<TokenBucket, bigint>>, more: Partial<ChargeInput> = {}): ChargeInput {
  return {
    provider: 'anthropic',
    modelResponse: 'sonnet',
    modelRequest: null,
    usage: { tokens, units: {} },
    usageState: 'reported',
    startedAtNs: AT,
    serviceTier: null,
    ...more,
  };
}
const chargesOf = (rows: readonly PriceRow[], input: ChargeInput) =>
  chargeUsage(input, buildPriceIndex(rows));
/** The only charge. */
function charge(rows: readonly PriceRow[], input: ChargeInput): Charge {
  const [only, ...others] = chargesOf(rows, input);
  expect(others).toEqual([]);
  return only!;
}
const amountOf = (rows: readonly PriceRow[], input: ChargeInput) => {
  const result = charge(rows, input);
  return result.state === 'priced' ? result.amountPico : result.reason;
};

// methods.md T0.1
test('[T0.1] input 12 000 of which 8 000 read and 2 000 written, output 500 cost $0.0234', () => {
  const usage = { in_uncached: 2_000n, cache_read: 8_000n, cache_write_5m: 2_000n, out_text: 500n };
  expect(charge([sonnet], call(usage))).toEqual({
    state: 'priced',
    asset: 'USD/12',
    amountPico: 23_400_000_000n,
    provider: 'anthropic',
    callModel: 'sonnet',
    priceId: sonnet.priceId,
    priceBook: 'list@1',
    lines: [
      { class: 'in_uncached', quantity: 2_000n, pricePico: 3_000_000n, amountPico: 6_000_000_000n },
      { class: 'cache_read', quantity: 8_000n, pricePico: 300_000n, amountPico: 2_400_000_000n },
      { class: 'cache_write_5m', quantity: 2_000n, pricePico: 3_750_000n, amountPico: 7_500_000_000n },
      { class: 'out_text', quantity: 500n, pricePico: 15_000_000n, amountPico: 7_500_000_000n },
    ],
    estimates: [],
  });
});

test('a charge is the exact sum of its lines for any usage and prices', () => {
  const quantities = fc.dictionary(fc.constantFrom(...PRICE_CLASSES), fc.bigInt(0n, 10n ** 6n));
  const table = fc.record<Record<string, bigint>>(
    Object.fromEntries(PRICE_CLASSES.map((each) => [each, fc.bigInt(0n, 10n ** 9n)])),
  );
  fc.assert(
    fc.property(quantities, table, (used, prices) => {
      const row = priceRow(
        'anthropic',
        'sonnet',
        Object.fromEntries(Object.entries(prices).map(([k, v]) => [k, String(v)])),
      );
      const usage = { tokens: used as Partial<Record<TokenBucket, bigint>>, units: {} };
      const expected = Object.entries({ request: 1n, ...used }).reduce(
        (sum, [key, count]) => sum + count * prices[key]!,
        0n,
      );
      const result = charge([row], call({}, { usage }));
      if (Object.keys(used).length === 0) expect(result).toMatchObject({ reason: 'usage_missing' });
      else expect(result).toMatchObject({ state: 'priced', amountPico: expected });
    }),
  );
});

// conventions D5, M08 to M10
const tieredRow = priceRow('anthropic', 'sonnet', SONNET, {
  contextTiers: [
    { aboveTokens: '200000', prices: { in_uncached: '6000000', cache_read: '600000', out_text: '22500000' } },
  ],
});
test.each([
  [
    'exactly at the threshold: standard',
    { in_uncached: 200_000n, out_text: 1n },
    200_000n * 3_000_000n + 15_000_000n,
  ],
  ['one above: every class', { in_uncached: 200_001n, out_text: 1n }, 200_001n * 6_000_000n + 22_500_000n],
  [
    'cached tokens are part of the prompt',
    { in_uncached: 10_000n, cache_read: 240_000n },
    10_000n * 6_000_000n + 240_000n * 600_000n,
  ],
  [
    'cache writes are part of the prompt',
    { in_uncached: 1n, cache_write_5m: 200_000n },
    6_000_000n + 200_000n * 3_750_000n,
  ],
  ['output is not', { in_uncached: 1n, out_text: 300_000n }, 3_000_000n + 300_000n * 15_000_000n],
])('context tier: %s', (_, tokens, amount) => expect(amountOf([tieredRow], call(tokens))).toBe(amount));

test('of several context tiers the highest exceeded holds, and keeps prices only a lower one states', () => {
  const row = priceRow('anthropic', 'sonnet', SONNET, {
    contextTiers: [
      { aboveTokens: '300', prices: { in_uncached: '9' } },
      { aboveTokens: '200', prices: { in_uncached: '8', out_text: '7' } },
    ],
  });
  expect(
    [200n, 201n, 301n].map((tokens) => amountOf([row], call({ in_uncached: tokens, out_text: 1n }))),
  ).toEqual([200n * 3_000_000n + 15_000_000n, 201n * 8n + 7n, 301n * 9n + 7n]);
});

const march = '2026-03-01T00:00:00Z';
const june = '2026-06-01T00:00:00Z';
const dated = [
  priceRow('anthropic', 'sonnet', { in_uncached: '1' }, { validTo: march }),
  priceRow('anthropic', 'sonnet', { in_uncached: '2' }, { validFrom: march, validTo: june }),
];
test.each([
  ['2020-01-01T00:00:00Z', 1n],
  ['2026-02-28T23:59:59.999Z', 1n],
  ['2026-03-01T00:00:00Z', 2n],
  ['2026-05-31T23:59:59.999Z', 2n],
  ['2026-06-01T00:00:00Z', 'no_price_in_force'],
])('a call at %s is priced at %s', (time, amount) => {
  expect(amountOf(dated, call({ in_uncached: 1n }, { startedAtNs: at(time) }))).toBe(amount);
});
test('a nanosecond before the start is before it', () => {
  expect(amountOf(dated, call({ in_uncached: 1n }, { startedAtNs: at(march) - 1n }))).toBe(1n);
});

const offPeak = (from: string, to: string) => [
  priceRow('anthropic', 'sonnet', { in_uncached: '10' }),
  priceRow('anthropic', 'sonnet', { in_uncached: '5' }, { dailyWindow: { from, to } }),
];
test.each([
  ['00:30:00', '16:30:00', '2026-09-15T00:29:59.999Z', 10n],
  ['00:30:00', '16:30:00', '2026-09-15T00:30:00Z', 5n],
  ['00:30:00', '16:30:00', '2026-09-15T16:30:00Z', 10n],
  ['22:00:00', '06:00:00', '2026-09-15T23:00:00Z', 5n],
  ['22:00:00', '06:00:00', '2026-09-15T05:59:59.999Z', 5n],
  ['22:00:00', '06:00:00', '2026-09-15T06:00:00Z', 10n],
])('daily window %s to %s at %s: %s', (from, to, time, amount) => {
  expect(amountOf(offPeak(from, to), call({ in_uncached: 1n }, { startedAtNs: at(time) }))).toBe(amount);
});

const batch = priceRow('anthropic', 'sonnet', { in_uncached: '5' }, { serviceTier: 'batch' });
const standard = priceRow('anthropic', 'sonnet', { in_uncached: '10' });
test.each([
  [null, 10n],
  ['default', 10n],
  ['auto', 10n],
  ['ON_DEMAND', 10n],
  ['batch', 5n],
  ['Batches', 5n],
  ['priority', 'no_price_for_service_tier'],
  ['gold', 'no_price_for_service_tier'],
])('service tier %s: %s', (serviceTier, amount) => {
  expect(amountOf([standard, batch], call({ in_uncached: 1n }, { serviceTier }))).toBe(amount);
});

test.each<[string, Partial<ChargeInput>, unknown]>([
  ['no usage', { usage: null, usageState: 'missing' }, 'usage_missing'],
  ['no usage, though said to be reported', { usage: null }, 'usage_missing'],
  ['an empty usage', { usage: { tokens: {}, units: {} } }, 'usage_missing'],
  ['a contradiction', { usageState: 'rejected' }, 'usage_rejected'],
  ['a negative count', { usage: { tokens: { in_uncached: -1n }, units: {} } }, 'usage_rejected'],
  ['no model', { modelResponse: null }, 'no_model'],
  ['an empty model', { modelResponse: ' ', modelRequest: '' }, 'no_model'],
  ['an unknown model', { modelResponse: 'sonnet-next' }, 'unknown_model'],
  ['a model of another provider', { provider: 'ollama' }, 'unknown_model'],
  [
    'an unknown model that is said to be free',
    { modelResponse: 'x', usageState: 'zero_reported' },
    'unknown_model',
  ],
  ['a class without a price', { usage: { tokens: {}, units: { search: 2n } } }, 'no_price_for_class'],
  ['too much', { usage: { tokens: { in_uncached: 10n ** 13n }, units: {} } }, 'amount_too_large'],
])('%s is unpriced', (_, more, reason) => {
  const result = charge([sonnet], call({ in_uncached: 1n, out_text: 1n }, more));
  expect(result).toMatchObject({ state: 'unpriced', reason });
  expect(result).not.toHaveProperty('amountPico');
});

test('a zero that the emitter stands by is a price of zero where a row matches, and owes no request fee', () => {
  const row = priceRow('anthropic', 'sonnet', { in_uncached: '3', request: '100' });
  for (const usage of [null, { tokens: { in_uncached: 0n, out_text: 0n }, units: {} }])
    expect(charge([row], call({}, { usage, usageState: 'zero_reported' }))).toMatchObject({
      amountPico: 0n,
      lines: [],
    });
});

test('a partial usage is charged for what is known, and says so', () => {
  expect(charge([sonnet], call({ in_uncached: 7n }, { usageState: 'partial' }))).toMatchObject({
    amountPico: 21_000_000n,
    estimates: ['usage is partial: what was not reported is not charged'],
  });
});

test.each<[string, Partial<Record<TokenBucket | UsageUnit, string>>, TokenBucket, bigint | string, string[]]>(
  [
    ['reasoning is output', { out_text: '15' }, 'reasoning', 15n, []],
    ['reasoning with a price of its own', { out_text: '15', reasoning: '3' }, 'reasoning', 3n, []],
    ['a cache read without a discount', { in_uncached: '4' }, 'cache_read', 4n, []],
    ['a cache write without a surcharge', { in_uncached: '4' }, 'cache_write_unk', 4n, []],
    ['one price for cache writes', { in_uncached: '4', cache_write_5m: '5' }, 'cache_write_unk', 5n, []],
    [
      'a cache write of unknown time to live',
      { in_uncached: '4', cache_write_5m: '5', cache_write_1h: '8' },
      'cache_write_unk',
      5n,
      ['cache_write_unk: time to live not reported, priced as cache_write_5m'],
    ],
    ['a one-hour write', { cache_write_5m: '5', cache_write_1h: '8' }, 'cache_write_1h', 8n, []],
    [
      'a one-hour write without a price of its own',
      { in_uncached: '4', cache_write_5m: '5' },
      'cache_write_1h',
      5n,
      ['cache_write_1h: not in the price row, priced as cache_write_5m'],
    ],
    [
      'audio as text',
      { in_uncached: '4' },
      'audio_in',
      4n,
      ['audio_in: not in the price row, priced as in_uncached'],
    ],
    [
      'images out as text',
      { out_text: '4' },
      'image_out',
      4n,
      ['image_out: not in the price row, priced as out_text'],
    ],
    [
      'cached audio as cached text',
      { in_uncached: '4', audio_in: '9', cache_read: '1' },
      'audio_cache_read',
      1n,
      ['audio_cache_read: not in the price row, priced as cache_read'],
    ],
    ['output has no fallback', { in_uncached: '4' }, 'out_text', 'no_price_for_class', []],
  ],
)('class fallback: %s', (_, prices, bucket, amount, estimates) => {
  const result = charge([priceRow('anthropic', 'sonnet', prices)], call({ [bucket]: 1n }));
  if (typeof amount === 'string') expect(result).toMatchObject({ state: 'unpriced', reason: amount });
  else expect(result).toMatchObject({ state: 'priced', amountPico: amount, estimates });
});

test('a price that could not be stored is not replaced by that of another class', () => {
  const row = priceRow('anthropic', 'sonnet', { in_uncached: '4', cache_write_5m: null });
  expect(
    ['cache_write_5m', 'cache_write_1h', 'in_uncached'].map((bucket) =>
      amountOf([row], call({ [bucket]: 1n })),
    ),
  ).toEqual(['no_price_for_class', 'no_price_for_class', 4n]);
});

test('a request fee is due once a call, or as often as the call says', () => {
  const row = priceRow('anthropic', 'sonnet', { in_uncached: '3', request: '100', search: '10' });
  expect([
    amountOf([row], call({ in_uncached: 1n })),
    amountOf([row], call({}, { usage: { tokens: { in_uncached: 1n }, units: { request: 2n, search: 3n } } })),
  ]).toEqual([103n, 233n]);
});

test('a charge is in the currency of its row', () => {
  const row = priceRow('mistral', 'large', { in_uncached: '3' }, { asset: 'EUR/12' });
  expect(
    charge([row], call({ in_uncached: 2n }, { provider: 'mistral_ai', modelResponse: 'large' })),
  ).toMatchObject({
    asset: 'EUR/12',
    amountPico: 6n,
    provider: 'mistral',
  });
});
