import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { dividePico, formatPico, parsePico, roundHalfEven, splitExactly } from './money.ts';

test.each([
  [1_888_618_000_000n, '1.888618'],
  [0n, '0'],
  [-1n, '-0.000000000001'],
  [5_000_000_000_000n, '5'],
])('formatPico(%s) is %s', (amount, text) => {
  expect(formatPico(amount)).toBe(text);
  expect(parsePico(text)).toBe(amount);
});

test.each([
  ['0.0000000000001', null],
  ['1e-6', 1_000_000n],
  ['3E2', 300_000_000_000_000n],
  ['NaN', null],
  ['', null],
  ['1.', null],
])('parsePico(%j) is %s', (text, amount) => expect(parsePico(text)).toBe(amount));

test('the cost per outcome of the contract example', () => {
  expect(dividePico(1_888_618_000_000n, 34n)).toBe('0.055547588235');
  expect(dividePico(1n, 0n)).toBeNull();
});

test('[T0.1r] half-even rounding', () => {
  expect([12_500n, 13_500n, -12_500n].map((n) => roundHalfEven(n, 1000n))).toEqual([12n, 14n, -12n]);
});
test.each<[string, bigint, bigint[], bigint[]]>([
  ['[T2.1] ', 1_000_000_001n, [1n, 1n, 1n], [333_333_334n, 333_333_334n, 333_333_333n]],
  ['[T2.1b] ', -10n, [1n, 1n, 1n], [-4n, -3n, -3n]],
  ['[T2.1d] ', 100n, [50n, 30n, 20n, 1n], [49n, 30n, 20n, 1n]],
  ['', 10_000_000_001n, [1n, 2n], [3_333_333_334n, 6_666_666_667n]],
  ['', 7n, [0n, 0n], [4n, 3n]],
])('%ssplitExactly(%s by %s)', (_, amount, weights, parts) => {
  expect(
    splitExactly(
      amount,
      weights.map((weight, index) => ({ id: `id${index}`, weight })),
    ),
  ).toEqual(parts);
});
test('a split always sums to its amount, whatever the order of the shares', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 18n), 10n ** 18n),
      fc.array(fc.bigInt(0n, 10n ** 6n), { minLength: 1 }),
      (amount, weights) => {
        const shares = weights.map((weight, index) => ({ id: String(index).padStart(6, '0'), weight }));
        const parts = splitExactly(amount, shares);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
        expect(splitExactly(amount, shares.toReversed()).toReversed()).toEqual(parts);
      },
    ),
  );
});
