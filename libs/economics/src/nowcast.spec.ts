import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { nowcastOutcomes, type ItemState, type MatureItem, type YoungItem } from './nowcast.ts';

const DAY = 86_400_000;
const mature = (count: number, ...changes: [number, ItemState][]): MatureItem[] =>
  Array.from({ length: count }, () => ({
    changes: changes.map(([days, state]) => ({ ageMs: days * DAY, state })),
  }));
const young = (count: number, days: number, state: ItemState): YoungItem[] =>
  Array.from({ length: count }, () => ({ ageMs: days * DAY, state }));
const shown = (young: YoungItem[], history: MatureItem[]): unknown => {
  const nowcast = nowcastOutcomes(young, history);
  return (
    nowcast && [
      nowcast.seen,
      ...[nowcast.expected, nowcast.standardDeviation, nowcast.low, nowcast.high, nowcast.known].map((n) =>
        n.toFixed(2),
      ),
    ]
  );
};

/** Of 1,000: 400 achieved by day 3 and 100 later, so that F(3) = 0.8; the others are closed on day 9. */
const history = [
  ...mature(400, [2, 'achieved']),
  ...mature(100, [6, 'achieved']),
  ...mature(500, [9, 'closed']),
];

test('T1.5: 40 seen where 80 % are known: about 50, from the open items, not from 40 alone', () => {
  expect(shown([...young(40, 3, 'achieved'), ...young(60, 3, 'open')], history)).toEqual([
    40,
    '49.98',
    '3.04',
    '44.02',
    '55.94',
    '0.80',
  ]);
});

test('T1.5: five open items cannot become ten outcomes', () => {
  expect(shown([...young(40, 3, 'achieved'), ...young(5, 3, 'open')], history)).toEqual([
    40,
    '40.79',
    '0.87',
    '39.08',
    '42.49',
    '0.98',
  ]);
});

test('what is reversed later is taken off', () => {
  const reopened = [
    ...mature(80, [1, 'achieved']),
    ...mature(20, [1, 'achieved'], [5, 'open'], [9, 'closed']),
  ];
  expect(shown(young(50, 2, 'achieved'), reopened)).toEqual([50, '39.85', '3.47', '33.05', '46.66', '1.00']);
});

test.each<[string, YoungItem[], MatureItem[]]>([
  ['less than half is known', [...young(4, 1, 'open'), ...young(1, 3, 'achieved')], history],
  ['no mature item ever stood like this', young(3, 1, 'achieved'), history],
  ['no history', young(3, 1, 'open'), []],
  ['no items', [], history],
])('nothing is told: %s', (_, items, past) => {
  expect(nowcastOutcomes(items, past)).toBeNull();
});

test('it stays within what is possible', () => {
  const anyState = fc.constantFrom<ItemState>('open', 'achieved', 'closed');
  const anyMature = fc
    .array(fc.record({ ageMs: fc.integer({ min: 0, max: 20 }), state: anyState }), { maxLength: 4 })
    .map((changes) => ({ changes: changes.sort((a, b) => a.ageMs - b.ageMs) }));
  const anyYoung = fc.record({ ageMs: fc.integer({ min: 0, max: 20 }), state: anyState });
  fc.assert(
    fc.property(
      fc.array(anyYoung, { maxLength: 30 }),
      fc.array(anyMature, { maxLength: 60 }),
      (items, past) => {
        const nowcast = nowcastOutcomes(items, past);
        if (nowcast === null) return;
        expect(nowcast.low).toBeGreaterThanOrEqual(0);
        expect(nowcast.high).toBeLessThanOrEqual(items.length);
        expect(nowcast.expected).toBeGreaterThanOrEqual(nowcast.low);
        expect(nowcast.expected).toBeLessThanOrEqual(nowcast.high);
      },
    ),
  );
});
