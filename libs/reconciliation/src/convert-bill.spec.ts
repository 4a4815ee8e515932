import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { BillLine } from './bill-line.ts';
import { amountOf, type BillDocument } from './choose-lines.ts';
import { convertBill, currencyOfCharges } from './convert-bill.ts';

const line = (amountPico: bigint | null): BillLine => ({
  line: 1,
  provider: 'prov',
  startsAtUs: 0n,
  endsAtUs: 86_400_000_000n,
  project: null,
  apiKeyId: null,
  model: 'm',
  billClass: 'output',
  serviceTier: null,
  contextWindow: null,
  region: null,
  quantity: 1n,
  amountPico,
  currency: 'EUR',
  category: 'usage',
  invoiceId: 'I',
  description: null,
});
const bill = (
  totalPico: bigint | null,
  amounts: readonly (bigint | null)[],
  number: string | null = 'I',
) => ({
  format: 'csv',
  number,
  currency: 'EUR',
  totalPico,
  recordedAtUs: 0n,
  lines: amounts.map(line),
});
const amountsOf = ({ lines }: BillDocument): (bigint | null)[] => lines.map(({ amountPico }) => amountPico);

test.each<[string, string | null, string[], string]>([
  ['its own, where that is charged', 'EUR', [], 'EUR'],
  ['its own beside another', null, ['EUR', 'USD'], 'EUR'],
  ['the only other one', null, ['USD'], 'USD'],
  ['its own where several others are', null, ['GBP', 'USD'], 'EUR'],
  ['its own before anything is charged', null, [], 'EUR'],
  ['the one it states, whatever is charged', 'USD', ['EUR'], 'USD'],
])('the currency of the charges is %s', (_, chargedIn, charged, expected) => {
  expect(currencyOfCharges({ currency: 'EUR', chargedIn }, new Set(charged))).toBe(expected);
});

const half = { numerator: 1n, denominator: 2n };
const third = { numerator: 1n, denominator: 3n };
test.each<
  [string, BillDocument, Parameters<typeof convertBill>[1], Parameters<typeof convertBill>[2], unknown]
>([
  ['a total, by the rate of our books', bill(10n, []), null, half, [5n, [], 5n, 0n]],
  ['by its own rate, where we have none', bill(10n, []), half, null, [5n, [], 5n, 0n]],
  ['by both: what is left is fx', bill(12n, []), half, third, [6n, [], 4n, -2n]],
  ['lines sum to what their total is', bill(null, [1n, 1n, 1n]), null, half, [null, [1n, 1n, 0n], 2n, 0n]],
  ['credits by themselves', bill(null, [3n, -3n, null]), null, half, [null, [2n, -2n, null], 0n, 0n]],
  ['a report has no total of its own', bill(null, [4n], null), null, half, [null, [2n], 2n, 0n]],
  ['quantities alone need no rate', bill(null, [null], null), null, null, [null, [null], null, 0n]],
])('converted: %s', (_, document, stated, booked, expected) => {
  const converted = convertBill(document, stated, booked)!;
  expect([
    converted.document.totalPico,
    amountsOf(converted.document),
    converted.bookedPico,
    converted.fxPico,
  ]).toEqual(expected);
});

test('an amount without any rate is not converted', () => {
  expect(convertBill(bill(1n, []), null, null)).toBeNull();
});

test('law: lines of one sign sum to the converted total, and fx is what the two rates differ by', () => {
  const rate = fc.record({ numerator: fc.bigInt(1n, 10n ** 6n), denominator: fc.bigInt(1n, 10n ** 6n) });
  const amounts = fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(amounts, rate, rate, (lines, stated, booked) => {
      const { document, bookedPico, fxPico } = convertBill(bill(null, lines), stated, booked)!;
      const total = bill(
        lines.reduce((sum, amount) => sum + amount, 0n),
        [],
      );
      expect(amountOf(document)).toBe(convertBill(total, stated, null)!.bookedPico);
      expect(amountOf(document)! + fxPico).toBe(bookedPico);
      expect(bookedPico).toBe(convertBill(bill(null, lines), null, booked)!.bookedPico);
    }),
  );
});
