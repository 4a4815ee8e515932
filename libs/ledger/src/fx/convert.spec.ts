import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { convert, convertParts, findRate, parseRate, type FxRate } from './convert.ts';
import { SHIPPED_FX_POLICY, type FxPolicy } from './fx-policy.ts';

const rate = (
  base: string,
  quote: string,
  text: string,
  day: string,
  source = 'ecb',
  sequence = 1n,
): FxRate => ({
  base,
  quote,
  ...parseRate(text)!,
  day,
  source,
  sequence,
});
const RATES = [
  rate('EUR', 'USD', '1.10', '2026-10-01'),
  rate('EUR', 'USD', '1.12', '2026-10-05'),
  rate('EUR', 'USD', '1.13', '2026-10-05', 'ecb', 2n),
  rate('EUR', 'USD', '1.20', '2026-10-30', 'desk'),
];
const policy = (changed: Partial<FxPolicy>): FxPolicy => ({ ...SHIPPED_FX_POLICY, ...changed });

test.each<[string, string, string, string, Partial<FxPolicy>, string]>([
  ['the rate of the day', 'EUR', 'USD', '2026-10-01', {}, '110/100'],
  ['the newest before it', 'EUR', 'USD', '2026-10-04', {}, '110/100'],
  ['the one told later for the same day', 'EUR', 'USD', '2026-10-05', {}, '113/100'],
  ['the other way round', 'USD', 'EUR', '2026-10-05', {}, '100/113'],
  ['at the end of the month', 'EUR', 'USD', '2026-10-05', { basis: 'month_end' }, '120/100'],
  ['the same currency', 'USD', 'USD', '2026-10-05', {}, '1/1'],
  [
    'too old',
    'EUR',
    'USD',
    '2026-10-20',
    {},
    'no rate from EUR to USD for 2026-10-20: the newest is of 2026-10-05',
  ],
  ['old enough to be allowed', 'EUR', 'USD', '2026-10-20', { maxAgeDays: 15 }, '113/100'],
  ['none yet', 'EUR', 'USD', '2026-09-30', {}, 'no rate from EUR to USD for 2026-09-30: none before it'],
  [
    'a pair nobody told',
    'GBP',
    'USD',
    '2026-10-05',
    {},
    'no rate from GBP to USD for 2026-10-05: none before it',
  ],
  [
    'of one source only',
    'EUR',
    'USD',
    '2026-10-30',
    { source: 'ecb' },
    'no rate from EUR to USD for 2026-10-30: the newest is of 2026-10-05',
  ],
])('%s', (_, from, to, day, changed, expected) => {
  const found = findRate(RATES, from, to, day, policy(changed));
  expect(found.state === 'found' ? `${found.numerator}/${found.denominator}` : found.reason).toBe(expected);
});

test('the order in which rates stand does not matter', () => {
  const expected = findRate(RATES, 'EUR', 'USD', '2026-10-05', SHIPPED_FX_POLICY);
  fc.assert(
    fc.property(fc.shuffledSubarray(RATES, { minLength: RATES.length }), (rates) => {
      expect(findRate(rates, 'EUR', 'USD', '2026-10-05', SHIPPED_FX_POLICY)).toEqual(expected);
    }),
  );
});

test('half a pico goes to the even one; the total is converted, then split', () => {
  const half = { numerator: 1n, denominator: 2n };
  expect([1n, 3n, 5n, -1n, -3n].map((amount) => convert(amount, half))).toEqual([0n, 2n, 2n, 0n, -2n]);
  const parts = [
    { id: 'a', amountPico: 1n },
    { id: 'b', amountPico: 1n },
    { id: 'c', amountPico: 1n },
  ];
  expect(convertParts(parts, half)).toEqual([1n, 1n, 0n]);
});

test('law: converted parts sum to the converted total', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 9 }),
      fc.bigInt(1n, 10n ** 9n),
      fc.bigInt(1n, 10n ** 9n),
      fc.boolean(),
      (amounts, numerator, denominator, isNegative) => {
        const parts = amounts.map((amount, index) => ({
          id: String(index),
          amountPico: isNegative ? -amount : amount,
        }));
        const total = parts.reduce((sum, { amountPico }) => sum + amountPico, 0n);
        const converted = convertParts(parts, { numerator, denominator });
        expect(converted.reduce((sum, part) => sum + part, 0n)).toBe(
          convert(total, { numerator, denominator }),
        );
      },
    ),
  );
});

test.each(['', '0', '0.0', '-1', '1e3', '1.', 'NaN', '1,1', '1.0000000000000000001'])(
  '%s is no rate',
  (text) => {
    expect(parseRate(text)).toBeNull();
  },
);
