import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  combineConfidence,
  confidenceText,
  costBand,
  fellegiSunter,
  jeffreysMean,
  nearnessConfidence,
} from './confidence.ts';

const from = (source: string, confidenceBps: number) => ({ source, confidenceBps });

test.each([
  ['[T1.2] 0.95 and 0.5 of two sources', [from('content', 9500), from('conversation', 5000)], 9750],
  ['nothing', [], 0],
  ['one', [from('attributes', 9900)], 9900],
  ['E1 copied from E2 counts once', [from('attributes', 10_000), from('attributes', 9900)], 10_000],
  ['the best of one source', [from('content', 7000), from('content', 9500)], 9500],
  ['three sources, rounded down', [from('a', 9500), from('b', 7000), from('c', 9900)], 9998],
  ['certainty stays', [from('a', 10_000), from('b', 1)], 10_000],
])('%s', (_, evidence, expected) => {
  expect(combineConfidence(evidence)).toBe(expected);
});

const anyEvidence = fc.array(
  fc.record({ source: fc.constantFrom('a', 'b', 'c'), confidenceBps: fc.integer({ min: 0, max: 10_000 }) }),
  { maxLength: 6 },
);

test('more evidence never lowers a confidence, and its order does not matter', () => {
  fc.assert(
    fc.property(anyEvidence, anyEvidence, (some, more) => {
      const both = combineConfidence([...some, ...more]);
      expect(both).toBeGreaterThanOrEqual(combineConfidence(some));
      expect(both).toBeLessThanOrEqual(10_000);
      expect(combineConfidence([...more, ...some].toReversed())).toBe(both);
    }),
  );
});

test('[T1.2j] the Jeffreys mean of audits', () => {
  expect([jeffreysMean(47, 50), jeffreysMean(0, 0), jeffreysMean(3, 3), jeffreysMean(0, 3)]).toEqual([
    9314, 5000, 8750, 1250,
  ]);
  expect(() => jeffreysMean(4, 3)).toThrow(RangeError);
});

test('[T1.2fs] Fellegi and Sunter', () => {
  const agrees = fellegiSunter({ m: 0.9, u: 0.2, prior: 0.5 }, true);
  const differs = fellegiSunter({ m: 0.9, u: 0.2, prior: 0.5 }, false);
  expect([agrees.bits.toFixed(2), differs.bits.toFixed(2)]).toEqual(['2.17', '-3.00']);
  expect([agrees.confidenceBps, differs.confidenceBps]).toEqual([8182, 1111]);
  expect(() => fellegiSunter({ m: 1, u: 0.2, prior: 0.5 }, true)).toThrow('m must lie between 0 and 1');
});

test('[T1.3] nearness decays by e^(-600/1800) of a half', () => {
  expect(nearnessConfidence(600_000, 1_800_000)).toBe(Math.round(5000 * 0.716531));
  expect([nearnessConfidence(0, 1), nearnessConfidence(-600_000, 1_800_000)]).toEqual([5000, 3583]);
});

test('[T1.4] the band of costs 4 (1.0), 2 (.96), 3 (.85), 1 (.6)', () => {
  const cost = (amountPico: bigint, confidenceBps: number) => ({
    amountPico,
    confidenceBps,
    isBooked: confidenceBps >= 8000,
  });
  expect(costBand([cost(400n, 10_000), cost(200n, 9600), cost(300n, 8500), cost(100n, 6000)])).toEqual({
    lowPico: 600n,
    bookPico: 900n,
    highPico: 1000n,
    expectedBpsPico: 9_070_000n,
  });
});

test('the parts of the band keep their order', () => {
  const anyCost = fc.record({
    amountPico: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    confidenceBps: fc.integer({ min: 0, max: 10_000 }),
    isBooked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyCost), (costs) => {
      const { lowPico, bookPico, highPico, expectedBpsPico } = costBand(costs);
      expect(lowPico <= bookPico && bookPico <= highPico && expectedBpsPico <= highPico * 10_000n).toBe(true);
    }),
  );
});

test.each([
  [10_000, '1.0000'],
  [9314, '0.9314'],
  [70, '0.0070'],
])('%d is written %s', (bps, text) => {
  expect(confidenceText(bps)).toBe(text);
});
