import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compareDecimals, divideDecimal, roundDecimal, subtractDecimals, sumDecimals } from './decimal.ts';
import { exactMoney, showMoney } from './money.ts';
import { showShare } from './number.ts';
import { plural, unitOf } from './outcome-words.ts';
import { shiftDay, showDay, showDuration, showPeriod, showTime } from './time.ts';

test.each([
  [null, undefined, 'unknown'],
  ['0', undefined, '$0.00'],
  ['4.2', undefined, '$4.20'],
  ['21.5', 'EUR', '€21.50'],
  ['1234567.005', undefined, '$1,234,567.00'],
  ['1234567.015', undefined, '$1,234,567.02'],
  ['0.066967926471', undefined, '$0.0670'],
  ['0.00213', undefined, '$0.00213'],
  ['0.000000012345', undefined, '$0.0000000123'],
  ['-3.5', undefined, '−$3.50'],
  ['12', 'CHF', '12.00 CHF'],
])('%s in %s reads %s', (amount, currency, text) => {
  expect(showMoney(amount, currency)).toBe(text);
});

test('the exact amount keeps every digit, and unknown stays a word', () => {
  expect([exactMoney('0.066967926471'), exactMoney(null)]).toEqual(['0.066967926471 USD', 'unknown']);
});

test.each([
  ['1', 3, '0.333333333333'],
  ['2', 3, '0.666666666667'],
  ['-2', 3, '-0.666666666667'],
  ['0.000000000001', 2, '0'],
  ['0.000000000003', 2, '0.000000000002'],
  ['0.0000000000005', 1, '0'],
  ['100', 10, '10'],
  ['1', 0, null],
])('%s over %s is %s', (amount, count, quotient) => {
  expect(divideDecimal(amount, count, 12)).toBe(quotient);
});

test('a difference is exact', () => {
  expect([subtractDecimals('0.3', '0.1'), subtractDecimals('1', '-0.25')]).toEqual(['0.2', '1.25']);
});

test.each([
  ['1', '100 %'],
  ['0', '0 %'],
  ['0.0000', '0 %'],
  ['0.9412', '94.1 %'],
  ['0.99999', '> 99.9 %'],
  ['0.0001', '< 0.1 %'],
  ['1.5', '150.0 %'],
  [null, '–'],
])('the share %s reads %s', (share, text) => {
  expect(showShare(share)).toBe(text);
});

test.each([
  ['ticket.resolved', 'resolved ticket'],
  ['purchase_order.hand_checked', 'hand checked purchase order'],
  ['done', 'done'],
  [null, 'outcome'],
])('one of %s is one %s', (type, words) => {
  expect(unitOf(type)).toBe(words);
});

test('times are UTC, and a period ends with its last day', () => {
  expect([
    showTime('2026-10-21T14:00:05.123Z'),
    showTime(null),
    showDay('2026-10'),
    showPeriod('2026-10-01', '2026-11-01'),
    showPeriod(undefined, '2026-11-01'),
    showPeriod('2026-10-01', undefined),
    showPeriod(null, null),
    shiftDay('2026-03-01', -1),
    plural(1, 'claim'),
    plural(1200, 'claim'),
  ]).toEqual([
    '21 Oct 2026, 14:00:05 UTC',
    '–',
    'Oct 2026',
    '1 Oct 2026 to 31 Oct 2026',
    'until 31 Oct 2026',
    'since 1 Oct 2026',
    'all time',
    '2026-02-28',
    '1 claim',
    '1,200 claims',
  ]);
});

test.each([
  [900, '900 ms'],
  [1230, '1.2 s'],
  [59_000, '59 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [97 * 3_600_000, '4 d 1 h'],
])('%s ms last %s', (ms, text) => {
  expect(showDuration(ms)).toBe(text);
});

describe('decimals', () => {
  const pico = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
  const text = (units: bigint): string => {
    const digits = (units < 0n ? -units : units).toString().padStart(13, '0');
    return `${units < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`;
  };

  test('sums are exact', () => {
    fc.assert(
      fc.property(fc.array(pico, { minLength: 1 }), (terms) => {
        expect(sumDecimals(terms.map(text))).toBe(text(terms.reduce((sum, each) => sum + each, 0n)));
      }),
    );
  });

  test('order is that of the numbers', () => {
    fc.assert(
      fc.property(pico, pico, (a, b) => {
        expect(compareDecimals(text(a), text(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  test('rounding moves by at most half a place, and ties go to the even digit', () => {
    fc.assert(
      fc.property(pico, fc.integer({ min: 0, max: 12 }), (units, places) => {
        const rounded =
          BigInt(roundDecimal(text(units), places).replace('.', '')) * 10n ** BigInt(12 - places);
        const distance = rounded > units ? rounded - units : units - rounded;
        expect(distance * 2n <= 10n ** BigInt(12 - places)).toBe(true);
      }),
    );
    expect(['0.125', '0.135', '-0.125'].map((each) => roundDecimal(each, 2))).toEqual([
      '0.12',
      '0.14',
      '-0.12',
    ]);
  });
});
