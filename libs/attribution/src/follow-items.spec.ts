import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Ref } from '#model';
import { followItems, type ItemFlow } from './follow-items.ts';

/** `A>B` A is merged into B; `O/P3` P is a part of O by weight 3. */
function flowsOf(...said: string[]): Map<Ref, ItemFlow> {
  const flows = new Map<Ref, { -readonly [Name in keyof ItemFlow]: ItemFlow[Name] }>();
  const of = (ref: Ref) => {
    const known = flows.get(ref) ?? { mergedInto: null, splitFrom: null };
    flows.set(ref, known);
    return known;
  };
  for (const text of said) {
    const [, from, how, to, weight] = /^(\w)([>/])(\w)(\d*)$/.exec(text)!;
    if (how === '>') of(from!).mergedInto = to!;
    else of(to!).splitFrom = { origin: from!, weight: BigInt(weight === '' ? 1 : weight!) };
    of(how === '>' ? to! : from!);
  }
  return flows;
}
const shares = (flows: ReadonlyMap<Ref, ItemFlow>, ref: Ref): string =>
  followItems(flows)
    .destinations(ref)
    .map(({ ref: to, weight, whole }) => `${to} ${weight}/${whole}`)
    .join(', ');

test.each<[string, string[], string, string]>([
  ['nothing is said', [], 'A', 'A 1/1'],
  ['merged', ['A>B'], 'A', 'B 1/1'],
  ['the survivor stays', ['A>B'], 'B', 'B 1/1'],
  ['merged again', ['A>B', 'B>C', 'C>D'], 'A', 'D 1/1'],
  ['into itself is nothing', ['A>A'], 'A', 'A 1/1'],
  ['a circle is void as a whole', ['A>B', 'B>C', 'C>A'], 'A', 'A 1/1'],
  ['up to the circle it holds', ['D>A', 'A>B', 'B>A'], 'D', 'A 1/1'],
  ['split evenly', ['O/P', 'O/Q'], 'O', 'P 1/2, Q 1/2'],
  ['split by weights', ['O/P3', 'O/Q1'], 'O', 'P 3/4, Q 1/4'],
  ['a part stays', ['O/O1', 'O/P4'], 'O', 'O 1/5, P 4/5'],
  ['alone it is whole', ['O/O4'], 'O', 'O 1/1'],
  ['what stays follows the merge', ['O/O1', 'O/P1', 'O>M'], 'O', 'M 1/2, P 1/2'],
  ['what is split does not', ['O/P1', 'O>M'], 'O', 'P 1/1'],
  ['a part is split again', ['O/P1', 'O/Q1', 'P/R1', 'P/S2'], 'O', 'Q 3/6, R 1/6, S 2/6'],
  ['two parts merge again', ['O/P1', 'O/Q2', 'P>M', 'Q>M'], 'O', 'M 3/3'],
  ['a part that is merged back goes round', ['O/P1', 'P>O'], 'O', 'O 1/1'],
])('%s', (_, said, ref, expected) => {
  expect(shares(flowsOf(...said), ref)).toBe(expected);
  expect(shares(flowsOf(...said.toReversed()), ref)).toBe(expected);
});

test('what is gone, and what is void', () => {
  const follow = followItems(flowsOf('A>B', 'O/P', 'O/Q', 'S/S', 'S/T', 'X>Y', 'Y>X', 'U/V', 'V>U'));
  expect(['A', 'B', 'O', 'P', 'S', 'X', 'U'].map((ref) => follow.isGone(ref))).toEqual([
    'merged',
    null,
    'split',
    null,
    null,
    null,
    null,
  ]);
  expect(['A', 'X', 'V'].map((ref) => follow.isMergeVoid(ref))).toEqual([false, true, true]);
  expect(['P', 'S', 'V'].map((ref) => follow.isSplitVoid(ref))).toEqual([false, false, true]);
});

test('a chain of ten thousand merges is followed', () => {
  const flows = new Map<Ref, ItemFlow>();
  for (let n = 0; n < 10_000; n++) flows.set(`T${n}`, { mergedInto: `T${n + 1}`, splitFrom: null });
  flows.set('T10000', { mergedInto: null, splitFrom: null });
  expect(shares(flows, 'T0')).toBe('T10000 1/1');
});

test('whatever is said, in whatever order, all of an item goes somewhere that is still there', () => {
  const refs = ['A', 'B', 'C', 'D'] as const;
  const anyFlow = fc.record({
    mergedInto: fc.option(fc.constantFrom<Ref>(...refs)),
    splitFrom: fc.option(
      fc.record({
        origin: fc.constantFrom<Ref>(...refs),
        weight: fc.integer({ min: 1, max: 9 }).map(BigInt),
      }),
    ),
  });
  fc.assert(
    fc.property(
      fc.tuple(anyFlow, anyFlow, anyFlow, anyFlow),
      fc.shuffledSubarray([...refs], { minLength: 4 }),
      (flows, order) => {
        const of = (list: readonly Ref[]) =>
          new Map(list.map((ref) => [ref, flows[refs.findIndex((each) => each === ref)]!]));
        const follow = followItems(of(refs));
        const shuffled = followItems(of(order));
        for (const ref of refs) {
          const destinations = follow.destinations(ref);
          expect(shuffled.destinations(ref)).toEqual(destinations);
          expect(destinations.reduce((sum, { weight }) => sum + weight, 0n)).toBe(destinations[0]!.whole);
          for (const { ref: to } of destinations)
            expect([to, follow.isGone(to)]).toEqual([to, to === ref ? follow.isGone(to) : null]);
        }
      },
    ),
  );
});
