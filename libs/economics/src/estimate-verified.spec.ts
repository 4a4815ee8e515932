import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { estimateVerified, outwardRange, type AuditedStratum } from './estimate-verified.ts';
import { wilsonInterval } from './wilson-interval.ts';

test('T11.1: 184 of 200 valid of 10 000 claimed: .874 to .950, 9 200 (8 740 to 9 502), $1.304 (1.263 to 1.373)', () => {
  const { low, high } = wilsonInterval(184, 200);
  expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.874', '0.950']);
  const estimate = estimateVerified([{ claimed: 10_000, reviewed: 200, valid: 184 }])!;
  expect(estimate.verified).toEqual({ numerator: 1_840_000n, denominator: 200n });
  expect([estimate.interval.low, estimate.interval.high].map(Math.round)).toEqual([8740, 9502]);
  expect(estimate.variance).toBeCloseTo(((1e8 * 0.92 * 0.08) / 200) * 0.98, 6);
  expect([9200, estimate.interval.high, estimate.interval.low].map((n) => (12_000 / n).toFixed(3))).toEqual([
    '1.304',
    '1.263',
    '1.373',
  ]);
});

test.each<[string, AuditedStratum[], [string, string, string] | null]>([
  ['nothing claimed', [], null],
  ['nothing reviewed', [{ claimed: 5, reviewed: 0, valid: 0 }], null],
  [
    'one stratum of two not reviewed',
    [
      { claimed: 5, reviewed: 5, valid: 5 },
      { claimed: 3, reviewed: 0, valid: 0 },
    ],
    null,
  ],
  ['all reviewed', [{ claimed: 5, reviewed: 5, valid: 4 }], ['4', '4.00', '4.00']],
  ['all that were reviewed stood', [{ claimed: 100, reviewed: 10, valid: 10 }], ['100', '72.25', '100.00']],
  ['none that was reviewed stood', [{ claimed: 100, reviewed: 10, valid: 0 }], ['0', '0.00', '27.75']],
  [
    'a stratum without claims says nothing',
    [
      { claimed: 0, reviewed: 0, valid: 0 },
      { claimed: 100, reviewed: 10, valid: 10 },
    ],
    ['100', '72.25', '100.00'],
  ],
  [
    'two strata',
    [
      { claimed: 100, reviewed: 10, valid: 8 },
      { claimed: 50, reviewed: 10, valid: 5 },
    ],
    ['105', '71.33', '124.46'],
  ],
])('%s', (_, strata, expected) => {
  const estimate = estimateVerified(strata);
  expect(
    estimate === null
      ? null
      : [
          (estimate.verified.numerator / estimate.verified.denominator).toString(),
          estimate.interval.low.toFixed(2),
          estimate.interval.high.toFixed(2),
        ],
  ).toEqual(expected);
});

const anyStratum = fc
  .tuple(
    fc.integer({ min: 1, max: 500 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([claimed, part, share]): AuditedStratum => {
    const reviewed = Math.max(1, Math.round(claimed * part));
    return { claimed, reviewed, valid: Math.round(reviewed * share) };
  });

test('the estimate is within its interval, and the interval within what is possible', () => {
  fc.assert(
    fc.property(fc.array(anyStratum, { minLength: 1, maxLength: 6 }), (strata) => {
      const { verified, interval } = estimateVerified(strata)!;
      const middle = Number(verified.numerator) / Number(verified.denominator);
      expect(interval.low).toBeLessThanOrEqual(middle + 1e-6);
      expect(interval.high).toBeGreaterThanOrEqual(middle - 1e-6);
      expect(interval.low).toBeGreaterThanOrEqual(strata.reduce((sum, { valid }) => sum + valid, 0) - 1e-6);
      expect(interval.high).toBeLessThanOrEqual(strata.reduce((sum, { claimed }) => sum + claimed, 0) + 1e-6);
    }),
  );
});

test('counts that cannot be are refused', () => {
  expect(() => estimateVerified([{ claimed: 5, reviewed: 6, valid: 5 }])).toThrow(RangeError);
  expect(() => estimateVerified([{ claimed: 5, reviewed: 3, valid: 4 }])).toThrow(RangeError);
  expect(() => wilsonInterval(1, 0)).toThrow(RangeError);
});

test('intervals are rounded outward', () => {
  expect(outwardRange({ low: 8740.1234567, high: 9501.6000001 })).toEqual({
    lowMicro: 8_740_123_456n,
    highMicro: 9_501_600_001n,
  });
  expect(() => outwardRange({ low: 2, high: 1 })).toThrow(RangeError);
});
