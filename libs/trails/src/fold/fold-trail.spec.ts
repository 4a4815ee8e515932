// Goal: a trail depends on what is known, not on the order it is read in; what was tried again, handed over and known
// late is told from records alone.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Step } from '#model';
import { toReplay } from '../replay/to-replay.ts';
import { attemptOf, atUs, factOf, factsOf, leafAt, REF, stepOf } from '../testing/trail-facts.ts';
import { foldTrail } from './fold-trail.ts';
import { retriesOf } from './retries.ts';
import { stepsOfItem } from './steps-of-item.ts';
import type { EntryFact, OutcomeFact } from './trail-facts.ts';

const tool = (n: number, name: string, errorType: string | null = null): Step =>
  stepOf(n, { kind: 'tool_call', tool: { name, callId: null }, errorType });
const outcome = (n: number, effect: string, index: number): OutcomeFact => ({
  ref: REF,
  surrogateId: `event ${n}`,
  source: '/desk',
  verb: effect,
  effect,
  occurredAtUs: atUs(n),
  sequence: null,
  value: null,
  tier: null,
  quality: null,
  leaf: leafAt(index),
});

test('facts in any order give the same bytes', () => {
  const steps = fc.uniqueArray(
    fc.record({
      n: fc.integer({ min: 1, max: 40 }),
      index: fc.integer({ min: 1, max: 5 }),
      fails: fc.boolean(),
    }),
    { selector: ({ n }) => n, maxLength: 12 },
  );
  const events = fc.uniqueArray(
    fc.record({ n: fc.integer({ min: 1, max: 40 }), index: fc.integer({ min: 1, max: 9 }) }),
    { selector: ({ n }) => n, maxLength: 4 },
  );
  fc.assert(
    fc.property(steps, events, fc.integer(), (told, happened, seed) => {
      const facts = told.map(({ n, index, fails }) => factOf(tool(n, 'a', fails ? 'e' : null), index));
      const outcomes = happened.map(({ n, index }) => outcome(n, 'attempt_failed', index));
      const turn = <Item>(items: readonly Item[]): Item[] => {
        const by = items.length === 0 ? 0 : Math.abs(seed) % items.length;
        return [...items.slice(by), ...items.slice(0, by)].reverse();
      };
      const read = (a: typeof facts, b: typeof outcomes) =>
        JSON.stringify(toReplay(foldTrail(factsOf(a, { outcomes: b })), 'recorded'));
      expect(read(turn(facts), turn(outcomes))).toBe(read(facts, outcomes));
    }),
  );
});

test('what a later leaf brings leaves the numbers of what was known before as they are', () => {
  const early = [1, 3, 5].map((n) => factOf(tool(n, `t${n}`), n));
  const namesOf = (replay: ReturnType<typeof toReplay>): string[] =>
    replay.entries.map(({ n, tool: used }) => `${n} ${used?.called}`);
  const before = namesOf(toReplay(foldTrail(factsOf(early)), 'recorded'));
  const after = namesOf(toReplay(foldTrail(factsOf([...early, factOf(tool(2, 'late'), 9)])), 'recorded'));
  expect(after).toEqual([...before, '4 late']);
});

test.each([
  ['the next call of the same tool', [tool(1, 'a', 'e'), tool(2, 'a')], ['2 retries 1']],
  ['not another tool', [tool(1, 'a', 'e'), tool(2, 'b')], []],
  ['not after one that worked', [tool(1, 'a'), tool(2, 'a')], []],
  [
    'each failure once, in a row',
    [tool(1, 'a', 'e'), tool(2, 'a', 'e'), tool(3, 'a')],
    ['2 retries 1', '3 retries 2'],
  ],
  [
    'a failure is retried by the next call only',
    [tool(1, 'a', 'e'), tool(2, 'a'), tool(3, 'a')],
    ['2 retries 1'],
  ],
  [
    'not one that began before the failure had ended',
    [{ ...tool(1, 'a', 'e'), endedAtNs: tool(5, 'a').endedAtNs }, tool(2, 'a')],
    [],
  ],
])('a retry is %s', (_, steps, expected) => {
  const trail = foldTrail(factsOf(steps.map((step) => factOf(step))));
  expect([...retriesOf(trail)].map(([entry, { of }]) => `${entry.n} retries ${of.n}`)).toEqual(expected);
});

test('the verdict is the event that did what the item stands at; what came after it was not known then', () => {
  const facts = factsOf([factOf(tool(1, 'a'), 1), factOf(tool(2, 'b'), 9)], {
    outcomes: [outcome(3, 'achieved', 2), outcome(4, 'reopened', 3), outcome(5, 'achieved', 4)],
  });
  const settled = { ...facts, item: { ...facts.item, phase: 'achieved', phaseAtUs: atUs(5) } };
  const { verdict, entries } = toReplay(foldTrail(settled), 'recorded');
  expect(verdict.by).toBe(4);
  expect(entries.map(({ n, late, knewAtDecision }) => [n, late, knewAtDecision])).toEqual([
    [1, false, true],
    [2, false, true],
    [3, false, true],
    [4, false, true],
    [5, true, false],
  ]);
});

const OTHER = 'ticket:1:T2';
const named = (n: number, key: string | null, parent: number | null = null): Step =>
  stepOf(n, {
    parentSpanId: parent === null ? null : stepOf(parent).spanId,
    workItemKeys: key === null ? [] : [{ kind: 'ticket', key, tier: 'E1', mapping: 'test@1/span' }],
  });
const cost = (n: number, workItemRef: string): EntryFact => ({
  postingId: stepOf(n).traceId,
  usageSpanId: stepOf(n).spanId,
  workItemRef,
  account: '5200:outcome',
  asset: 'USD/12',
  amount: 1n,
});

test.each([
  ['all of a trace that worked on nothing else', [REF], [named(1, null), named(2, 'T2', 1)], [], ['1', '2']],
  ['none of a trace that worked on others', [OTHER], [named(1, 'T1')], [], []],
  [
    'those under its name',
    [REF, OTHER],
    [named(1, 'T1'), named(2, null, 1), named(3, 'T2'), named(4, null, 3)],
    [],
    ['1', '2'],
  ],
  [
    'the nearest name wins',
    [REF, OTHER],
    [named(1, 'T2'), named(2, 'T1', 1), named(3, null, 2)],
    [],
    ['2', '3'],
  ],
  ['what nobody names is shared', [REF, OTHER], [named(1, null), named(2, 'T2', 1)], [], ['1 shared']],
  [
    'where the cost was posted comes first',
    [REF, OTHER],
    [named(1, 'T2'), named(2, null, 1)],
    [cost(2, REF)],
    ['2'],
  ],
  ['a merged item is the one it was merged into', [REF, OTHER], [named(1, 'T9'), named(2, 'T2')], [], ['1']],
])('steps of an item: %s', (_, items, steps, entries, expected) => {
  const found = stepsOfItem(
    REF,
    ['ticket:1:T9'],
    steps.map((step) => factOf(step)),
    items.map((ref) => attemptOf(stepOf(1).traceId, ref)),
    entries,
  );
  expect(found.map(({ step, isShared }) => `${Number(step.spanId)}${isShared ? ' shared' : ''}`)).toEqual(
    expected,
  );
});
