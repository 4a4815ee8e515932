import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { splitVariance } from './split-variance.ts';

const USD = 1_000_000_000_000n;

test('[T10.1] 1.05 M tokens billed at $2.70 a million against 1.00 M at $3.00: -.165 = +.135 - .300', () => {
  expect(
    splitVariance({
      billedQuantity: 1_050_000n,
      billedPico: (2_835n * USD) / 1000n,
      ownQuantity: 1_000_000n,
      ownPico: 3n * USD,
    }),
  ).toEqual({
    coveragePico: (135n * USD) / 1000n,
    ratePico: (-300n * USD) / 1000n,
    unexplainedPico: 0n,
  });
});

test.each([
  [
    'a line without a span is coverage',
    { billedQuantity: 900n, billedPico: 3_600n, ownQuantity: 0n, ownPico: 0n },
    { coveragePico: 3_600n, ratePico: 0n, unexplainedPico: 0n },
  ],
  [
    'spans the bill does not have are negative coverage',
    { billedQuantity: 0n, billedPico: 0n, ownQuantity: 10n, ownPico: 50n },
    { coveragePico: -50n, ratePico: 0n, unexplainedPico: 0n },
  ],
  [
    'without a billed quantity nothing can be told apart',
    { billedQuantity: null, billedPico: 70n, ownQuantity: 10n, ownPico: 50n },
    { coveragePico: 0n, ratePico: 0n, unexplainedPico: 20n },
  ],
  [
    'equal quantities: all of it is the price',
    { billedQuantity: 10n, billedPico: 30n, ownQuantity: 10n, ownPico: 50n },
    { coveragePico: 0n, ratePico: -20n, unexplainedPico: 0n },
  ],
])('%s', (_, key, expected) => {
  expect(splitVariance(key)).toEqual(expected);
});

test('the parts always sum to billed - own', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 18n });
  fc.assert(
    fc.property(
      fc.option(amount),
      amount,
      amount,
      amount,
      (billedQuantity, billedPico, ownQuantity, ownPico) => {
        const parts = splitVariance({ billedQuantity, billedPico, ownQuantity, ownPico });
        expect(parts.coveragePico + parts.ratePico + parts.unexplainedPico).toBe(billedPico - ownPico);
      },
    ),
  );
});
