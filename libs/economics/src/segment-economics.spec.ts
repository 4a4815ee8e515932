import { expect, test } from '@jest/globals';
import { quarterNames } from './intake-bins.ts';
import { segmentEconomics, type SegmentItem } from './segment-economics.ts';

const DOLLAR = 1_000_000_000_000n;

/** 1,200 claims: those with an exception document take three attempts at $3 and half of them fail; the others one at $2. */
function claims(count: number): SegmentItem[] {
  return Array.from({ length: count }, (_, index): SegmentItem => {
    const isException = index % 12 === 0;
    const turn = Math.floor(index / 12);
    const attempts = isException ? 3 : 1;
    const callsPico = (isException ? 9n : 2n) * DOLLAR + BigInt(index % 7) * (DOLLAR / 100n);
    return {
      labels: { exception_doc: isException ? 'yes' : 'no', channel: ['mail', 'web', 'phone'][index % 3]! },
      numbers: { lines: index % 5 },
      half: turn % 2 === 0 ? 'A' : 'B',
      isAchieved: !isException || turn % 4 < 2,
      attempts,
      callsPico,
      loadedPico: callsPico + DOLLAR,
    };
  });
}

test('what is said of a segment comes from half B alone, and adds up to it', () => {
  const items = claims(1200);
  const { search, findings } = segmentEconomics(items, 8n * DOLLAR);
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  expect(finding).toMatchObject({
    conditions: [{ attribute: 'exception_doc', value: 'yes' }],
    casesA: 50,
    casesB: 50,
    inside: { items: 50, outcomes: 25, attempts: 150 },
    outside: { items: 550, outcomes: 550, attempts: 550 },
    shareOfVolume: 50 / 600,
  });
  expect([search.casesA, search.casesB]).toEqual([600, 600]);
  const inB = items.filter(({ half }) => half === 'B');
  const spentPico = inB.reduce((sum, { loadedPico }) => sum + loadedPico, 0n);
  expect(finding!.inside.loadedPico + finding!.outside.loadedPico).toBe(spentPico);
  expect(finding!.inside.costPerOutcomePico! / DOLLAR).toBe(20n);
  // 9 against 2 is attempts (3 against 1) times cost of each (3 against 2): ln 3 of ln 4.5.
  expect(finding!.attemptsShareOfGap!.toFixed(2)).toBe((Math.log(3) / Math.log(9.03 / 2.03)).toFixed(2));
  expect(finding!.routed!.routedPico).toBe(
    (finding!.outside.loadedPico + 25n * 8n * DOLLAR + 287n) / 575n, // rounded to the nearest
  );
});

test('half A does not change what is said: other costs there, the same figures', () => {
  const items = claims(1200);
  const dearer = items.map((item) =>
    item.half === 'A' ? { ...item, loadedPico: item.loadedPico * 2n, callsPico: item.callsPico * 2n } : item,
  );
  const figures = (all: readonly SegmentItem[]) =>
    segmentEconomics(all, 8n * DOLLAR).findings.map(({ inside, outside, routed }) => ({
      inside,
      outside,
      routed,
    }));
  expect(figures(dearer)).toEqual(figures(items));
});

test('without a baseline an outcome counts as what it costs on average, and nothing is routed', () => {
  const { findings } = segmentEconomics(claims(1200), null);
  expect(findings.map(({ conditions, routed }) => ({ conditions, routed }))).toEqual([
    { conditions: [{ attribute: 'exception_doc', value: 'yes' }], routed: null },
  ]);
});

test('a segment in which nothing is achieved has no cost per outcome, and is found all the same', () => {
  const hopeless = claims(1200).map((item) =>
    item.labels['exception_doc'] === 'yes' ? { ...item, isAchieved: false } : item,
  );
  const [finding] = segmentEconomics(hopeless, 8n * DOLLAR).findings;
  expect(finding).toMatchObject({
    conditions: [{ attribute: 'exception_doc', value: 'yes' }],
    inside: { outcomes: 0, costPerOutcomePico: null, interval: { method: 'lower_bound' } },
  });
});

test.each<[number[], number, string]>([
  [[], 3, 'any number'],
  [[5, 5, 5], 3, 'any number'],
  [[1, 2, 3, 4, 5, 6, 7, 8], 2, 'at most 2'],
  [[1, 2, 3, 4, 5, 6, 7, 8], 2.5, 'over 2 to 4'],
  [[1, 2, 3, 4, 5, 6, 7, 8], 99, 'over 6'],
  [[0, 0, 0, 0, 0, 0, 1, 9], 0, 'at most 0'],
  [[0, 0, 0, 0, 0, 0, 1, 9], 1, 'over 0'],
])('in the quarters of %j, %d is "%s"', (values, value, name) => {
  expect(quarterNames(values)(value)).toBe(name);
});

test('numbers are cut by half A alone', () => {
  const items = claims(1200).map((item, index): SegmentItem => ({
    ...item,
    labels: {},
    numbers: { lines: item.half === 'A' ? index % 12 : (index % 12) * 1 },
  }));
  const [finding] = segmentEconomics(items, 8n * DOLLAR).findings;
  expect(finding!.conditions).toEqual([{ attribute: 'lines', value: 'at most 2' }]);
});
