import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { splitCostGap } from './cost-gap.ts';
import { findSegments, lossConcentration, type SegmentCase } from './find-segments.ts';
import { chanceOfFalseFind, countDiscoveries, holmAdjusted, momentsOf, welchTest } from './significance.ts';

test('T6.1: 48 of 80 lost where 150 of 1,000 are: WRAcc 0.036, lift 4', () => {
  const { weightedRelativeAccuracy, lift } = lossConcentration({
    cases: 1000,
    losses: 150,
    segmentCases: 80,
    segmentLosses: 48,
  });
  expect([weightedRelativeAccuracy.toFixed(3), lift!.toFixed(2)]).toEqual(['0.036', '4.00']);
  expect(lossConcentration({ cases: 9, losses: 0, segmentCases: 3, segmentLosses: 0 }).lift).toBeNull();
  expect(() => lossConcentration({ cases: 9, losses: 1, segmentCases: 3, segmentLosses: 2 })).toThrow(
    RangeError,
  );
});

test('T6.2: of five p-values four are discoveries if independent, three under any dependence', () => {
  const pValues = [0.04, 0.001, 0.2, 0.012, 0.008];
  expect(countDiscoveries(pValues, 0.05, 'independent')).toBe(4);
  expect(countDiscoveries(pValues, 0.05, 'any')).toBe(3);
  expect(countDiscoveries(pValues, 0.05, 'independent', 100)).toBe(0);
  expect(holmAdjusted(pValues).map((p) => p.toFixed(3))).toEqual([
    '0.080',
    '0.005',
    '0.200',
    '0.036',
    '0.032',
  ]);
});

test('T6.3: of a gap from 0.48 to 2.48 attempts are 57.8 %, tokens the rest, prices nothing', () => {
  const effects = splitCostGap([
    { name: 'attempts', before: 1.2, after: 3.1 },
    { name: 'tokens', before: 40_000, after: 80_000 },
    { name: 'price', before: 10e-6, after: 10e-6 },
  ]);
  expect(effects.map(({ factor, effect }) => [factor, effect.toFixed(4)])).toEqual([
    ['attempts', '1.1558'],
    ['tokens', '0.8442'],
    ['price', '0.0000'],
  ]);
  expect((effects[0]!.effect / 2).toFixed(3)).toBe('0.578');
});

test('the effects sum to the gap, also from and to zero', () => {
  const anyFactor = fc.double({ min: 0, max: 1e3, noNaN: true }).map((value) => (value < 1e-3 ? 0 : value));
  fc.assert(
    fc.property(fc.array(fc.tuple(anyFactor, anyFactor), { minLength: 1, maxLength: 4 }), (pairs) => {
      const effects = splitCostGap(
        pairs.map(([before, after], index) => ({ name: `${index}`, before, after })),
      );
      const product = (side: 0 | 1): number => pairs.reduce((all, pair) => all * pair[side], 1);
      const gap = product(1) - product(0);
      const summed = effects.reduce((sum, { effect }) => sum + effect, 0);
      expect(Math.abs(summed - gap)).toBeLessThanOrEqual(1e-9 * Math.max(1, product(0), product(1)));
    }),
    {
      examples: [
        // A factor that stays at zero: there is no gap, however the others grow.
        [
          [
            [0, 10],
            [0, 1000],
            [0, 1000],
            [0, 0],
          ],
        ],
        // The others shrink as much as a zero of 1e-12 grew.
        [
          [
            [0, 1e-3],
            [1000, 1],
            [1000, 1],
            [1000, 1],
          ],
        ],
      ],
    },
  );
  expect(() => splitCostGap([{ name: 'tokens', before: -1, after: 1 }])).toThrow(RangeError);
});

test('T6.4: 9.40 (6, 80) against 3.10 (2.5, 920) is t 9.32 with 81.4 degrees', () => {
  const { t, degrees, pValue } = welchTest(
    { count: 80, mean: 9.4, deviation: 6 },
    { count: 920, mean: 3.1, deviation: 2.5 },
  );
  expect([t.toFixed(2), degrees.toFixed(1), pValue < 1e-12]).toEqual(['9.32', '81.4', true]);
});

test.each([
  [1, 1, 1],
  [1, 2, 0],
])('samples that do not vary: %d against %d', (a, b, pValue) => {
  expect(welchTest(momentsOf([a, a]), momentsOf([b, b])).pValue).toBe(pValue);
  expect(() => momentsOf([a])).toThrow(RangeError);
});

test('T6.5: twenty looks at 0.05 find something false with 64 %', () => {
  expect(chanceOfFalseFind(20, 0.05).toFixed(2)).toBe('0.64');
});

/** A deterministic stand-in for a salted hash and for noise. */
const noise = (index: number): number => ((Math.imul(index + 1, 2_654_435_761) >>> 0) / 2 ** 32) * 2 - 1;
const DOLLAR = 1_000_000_000_000;

function claims(count: number, worseBy: (attributes: Record<string, string>) => number): SegmentCase[] {
  return Array.from({ length: count }, (_, index) => {
    const attributes = {
      exception_doc: index % 12 === 0 ? 'yes' : 'no',
      channel: ['mail', 'web', 'phone'][index % 3]!,
      language: ['en', 'de', 'fr', 'it', 'es'][Math.floor(index / 7) % 5]!,
    };
    return {
      attributes,
      marginPico: BigInt(Math.round((5 - worseBy(attributes) + noise(index)) * DOLLAR)),
      half: Math.floor(index / 12) % 2 === 0 ? 'A' : 'B',
    };
  });
}

const found = (cases: SegmentCase[]): string[] =>
  findSegments(cases).segments.map(({ conditions }) =>
    conditions.map(({ attribute, value }) => `${attribute}=${value}`).join(' and '),
  );

test('one broken segment is found, and told from the half it was not found in', () => {
  const search = findSegments(claims(1200, ({ exception_doc }) => (exception_doc === 'yes' ? 6 : 0)));
  expect(search.segments.map(({ conditions, casesA, casesB }) => ({ conditions, casesA, casesB }))).toEqual([
    { conditions: [{ attribute: 'exception_doc', value: 'yes' }], casesA: 50, casesB: 50 },
  ]);
  const [segment] = search.segments;
  expect((segment!.marginPico / DOLLAR).toFixed(0)).toBe('-1');
  expect((segment!.restMarginPico / DOLLAR).toFixed(0)).toBe('5');
  expect([search.casesA, search.casesB, search.candidates.length <= 10, search.scored > 10]).toEqual([
    600,
    600,
    true,
    true,
  ]);
});

test('a segment of two conditions is named with both', () => {
  expect(
    found(claims(4800, ({ channel, language }) => (channel === 'mail' && language === 'de' ? 6 : 0))),
  ).toContain('channel=mail and language=de');
});

test.each<[string, SegmentCase[], string[]]>([
  ['nothing differs', claims(1200, () => 0), []],
  [
    'a part is better, so that the rest is worse',
    claims(1200, ({ exception_doc }) => (exception_doc === 'yes' ? -6 : 0)),
    ['exception_doc=no'],
  ],
  ['there are too few cases', claims(100, ({ exception_doc }) => (exception_doc === 'yes' ? 6 : 0)), []],
  ['there are no cases', [], []],
])('what is found where %s', (_, cases, segments) => {
  expect(found(cases)).toEqual(segments);
});

test('pure noise is called a segment in at most one of twenty searches', () => {
  let finds = 0;
  for (let seed = 0; seed < 200; seed++) {
    const cases = Array.from({ length: 400 }, (_, index): SegmentCase => ({
      attributes: {
        a: `${(index * 7 + seed) % 4}`,
        b: `${Math.floor(index / 4) % 3}`,
      },
      marginPico: BigInt(Math.round(noise(index * 991 + seed * 7919) * DOLLAR)),
      half: noise(index * 31 + seed) > 0 ? 'A' : 'B',
    }));
    if (findSegments(cases).segments.length > 0) finds++;
  }
  expect(finds).toBeLessThanOrEqual(14);
});

/** Numbers that are as good as drawn, by seed (mulberry32). */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('trap 11: every segment that was tested counts, not only those that are shown', () => {
  let [finds, tested] = [0, 0];
  for (let seed = 0; seed < 150; seed++) {
    const next = drawn(seed * 7919 + 1);
    const cases = Array.from({ length: 400 }, (): SegmentCase => ({
      attributes: Object.fromEntries(
        ['a', 'b', 'c', 'd', 'e'].map((name) => [name, `${Math.floor(next() * 4)}`]),
      ),
      marginPico: BigInt(Math.round(next() * DOLLAR)),
      half: next() < 0.5 ? 'A' : 'B',
    }));
    const search = findSegments(cases);
    tested += search.candidates.length;
    if (search.segments.length > 0) finds++;
  }
  expect(tested).toBeGreaterThan(150 * 5);
  // One side of 5 % of 150; each test by itself would find something in about 30.
  expect(finds).toBeLessThanOrEqual(8);
});

test('the order of the cases does not matter', () => {
  const cases = claims(600, ({ channel }) => (channel === 'web' ? 3 : 0));
  expect(findSegments([...cases].reverse()).candidates).toEqual(findSegments(cases).candidates);
});
