import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isTrue, toCount, toMoney, toTexts } from './attribute.ts';

test.each([
  [12n, 12n],
  [0n, 0n],
  [12, 12n],
  [12.0004, 12n],
  ['9268', 9268n],
  ['9268.00', 9268n],
  [' 7 ', 7n],
  [2n ** 53n, 2n ** 53n],
  ['', 'absent'],
  [null, 'absent'],
  [undefined, 'absent'],
  [Number.NaN, 'absent'],
  [12.5, 'rejected'],
  [-1n, 'rejected'],
  [-1, 'rejected'],
  ['-1', 'rejected'],
  ['1e3', 'rejected'],
  ['0x10', 'rejected'],
  ['twelve', 'rejected'],
  [2n ** 53n + 1n, 'rejected'],
  ['99999999999999999999999', 'rejected'],
  [Infinity, 'rejected'],
  [true, 'rejected'],
  [[1n], 'rejected'],
  [{ a: 1n }, 'rejected'],
  [new Uint8Array(2), 'rejected'],
] as const)('the count of %p is %p', (value, count) => {
  expect(toCount(value)).toBe(count);
});

test.each([
  [0.0437, '0.0437'],
  [1.2e-7, '0.00000012'],
  ['0.0670615', '0.0670615'],
  ['1.50', '1.5'],
  ['.5', '0.5'],
  ['1E3', '1000'],
  ['12.5e2', '1250'],
  [3n, '3'],
  [0, '0'],
  ['-1', null],
  [-0.1, null],
  ['', null],
  ['free', null],
  ['1e999', null],
  [Number.NaN, null],
  [Infinity, null],
  [undefined, null],
  [true, null],
] as const)('the money in %p is %p', (value, money) => {
  expect(toMoney(value)).toBe(money);
});

test('money loses no digit of a double', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (amount) => {
      const text = toMoney(amount);
      if (text !== null) expect(Number(text)).toBe(amount);
    }),
  );
});

test.each([
  [
    ['stop', 'length'],
    ['stop', 'length'],
  ],
  ['["stop"]', ['stop']],
  ['stop', ['stop']],
  ['[stop', ['[stop']],
  ['[1, "a", null]', ['a']],
  ['', []],
  [undefined, []],
  [{ a: 'b' }, []],
] as const)('the texts of %p', (value, texts) => {
  expect(toTexts(value)).toEqual(texts);
});

test.each([
  [true, true],
  ['True', true],
  [1n, true],
  ['False', false],
  [undefined, false],
  ['yes', false],
])('%p is true: %p', (value, expected) => {
  expect(isTrue(value)).toBe(expected);
});
