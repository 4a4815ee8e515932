import { expect, test } from '@jest/globals';
import { readPicoAmount } from './pico-amount.ts';

test.each<[string, bigint, bigint, boolean]>([
  ['0.06', 1n, 60_000_000_000n, false],
  ['0.8958740000000000', 1n, 895_874_000_000n, false],
  ['6.000000000000001e-05', 1n, 60_000_000n, true],
  ['-12.5', 1n, -12_500_000_000_000n, false],
  // Anthropic's cost report counts cents: "123.45" is $1.2345 (methods 10.1).
  ['123.45', 100n, 1_234_500_000_000n, false],
  ['123.78912', 100n, 1_237_891_200_000n, false],
  ['.5', 1n, 500_000_000_000n, false],
  ['1e3', 1n, 1_000_000_000_000_000n, false],
  // Half-even below one pico.
  ['0.0000000000005', 1n, 0n, true],
  ['0.0000000000015', 1n, 2n, true],
])('%s per %d is %d pico', (text, per, pico, isRounded) => {
  expect(readPicoAmount(text, per)).toEqual({ pico, isRounded });
});

test.each(['', '.', '1,234.5', 'NaN', 'Infinity', '$3', '1e9999', '9'.repeat(70)])(
  '%j is no amount',
  (text) => {
    expect(readPicoAmount(text)).toBeNull();
  },
);
