import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { OutcomeEffect, OutcomeEvent } from '#model';
import { attemptKeyAt, deriveAttempts, type AttemptPart } from './derive-attempts.ts';
import { foldWorkItem } from './fold-work-item.ts';

const part = (
  key: string,
  startedAtUs: number,
  endedAtUs: number,
  keyKind: AttemptPart['keyKind'] = 'trace',
): AttemptPart => ({
  traceId: key,
  keyKind,
  key,
  startedAtUs: BigInt(startedAtUs),
  endedAtUs: BigInt(endedAtUs),
});
const happened = (...list: [OutcomeEffect, number][]) =>
  foldWorkItem(
    list.map(([effect, at], index): OutcomeEvent => ({
      ref: 'claim:1:C-17',
      source: '/claims',
      eventId: String(index),
      kind: 'claim',
      verb: effect,
      effect,
      occurredAtUs: BigInt(at),
      sequence: null,
      value: null,
      tier: null,
      quality: null,
      refersTo: null,
    })),
  );
const places = (parts: AttemptPart[], ...events: [OutcomeEffect, number][]) =>
  Object.fromEntries(
    deriveAttempts(parts, happened(...events)).map(({ key, placement }) => [key, placement]),
  );

const two = [part('a', 10, 20), part('b', 30, 40)];

test.each<[string, AttemptPart[], [OutcomeEffect, number][], Record<string, string>]>([
  ['work goes on', two, [], { 'trace:a': 'work', 'trace:b': 'work' }],
  [
    'the last ended attempt bought the outcome',
    two,
    [['achieved', 50]],
    { 'trace:a': 'waste:retry', 'trace:b': 'outcome' },
  ],
  [
    'an attempt after the outcome bought nothing',
    two,
    [['achieved', 25]],
    { 'trace:a': 'outcome', 'trace:b': 'waste:after_outcome' },
  ],
  [
    'if none had ended, the one running',
    [part('a', 10, 60, 'conversation')],
    [['achieved', 50]],
    { 'conversation:a': 'outcome' },
  ],
  [
    'an outcome before any work has no buyer',
    two,
    [['achieved', 5]],
    { 'trace:a': 'waste:after_outcome', 'trace:b': 'waste:after_outcome' },
  ],
  [
    'reopened: the buyer is work again, the retry stays waste',
    two,
    [
      ['achieved', 50],
      ['reopened', 60],
    ],
    { 'trace:a': 'waste:retry', 'trace:b': 'work' },
  ],
  [
    'settled again: what bought the first outcome is waste',
    [...two, part('c', 70, 80)],
    [
      ['achieved', 50],
      ['reopened', 60],
      ['achieved', 90],
    ],
    { 'trace:a': 'waste:retry', 'trace:b': 'waste:reopened', 'trace:c': 'outcome' },
  ],
  [
    'settled again without new work: the same attempt bought it',
    two,
    [
      ['achieved', 50],
      ['reopened', 60],
      ['achieved', 90],
    ],
    { 'trace:a': 'waste:retry', 'trace:b': 'outcome' },
  ],
  [
    'settled without an outcome',
    two,
    [['failed', 50]],
    { 'trace:a': 'waste:failed', 'trace:b': 'waste:failed' },
  ],
  [
    'cancelled before any work: overhead of the workflow',
    two,
    [['cancelled', 10]],
    { 'trace:a': 'overhead:cancelled_before_work', 'trace:b': 'overhead:cancelled_before_work' },
  ],
  [
    'cancelled before any work, and then resolved after all',
    two,
    [
      ['cancelled', 5],
      ['achieved', 50],
    ],
    { 'trace:a': 'waste:retry', 'trace:b': 'outcome' },
  ],
  ['cancelled', two, [['cancelled', 50]], { 'trace:a': 'waste:abandoned', 'trace:b': 'waste:abandoned' }],
  [
    'a failed attempt is waste once another succeeds',
    two,
    [
      ['attempt_failed', 21],
      ['achieved', 50],
    ],
    { 'trace:a': 'waste:retry', 'trace:b': 'outcome' },
  ],
  [
    'turns of a conversation are one attempt',
    [part('x', 10, 20, 'conversation'), { ...part('x', 30, 40, 'conversation'), traceId: 'later' }],
    [['achieved', 50]],
    { 'conversation:x': 'outcome' },
  ],
  [
    'an event within a trace ends one attempt and starts the next',
    [part('a', 10, 40)],
    [
      ['attempt_failed', 20],
      ['achieved', 50],
    ],
    { 'trace:a': 'waste:retry', 'trace:a@20': 'outcome' },
  ],
  [
    'failed after resolved: the attempt between the two came after the outcome',
    two,
    [
      ['achieved', 25],
      ['failed', 50],
    ],
    { 'trace:a': 'waste:reopened', 'trace:b': 'waste:after_outcome' },
  ],
])('%s', (_, parts, events, expected) => {
  expect(places(parts, ...events)).toEqual(expected);
  expect(places(parts.toReversed(), ...events)).toEqual(expected);
});

test('an inferred boundary is an estimate, a given one is not', () => {
  const state = happened(['attempt_failed', 20]);
  expect(
    deriveAttempts([part('a', 10, 40)], state).map(({ grade, startedAtUs, endedAtUs }) => ({
      grade,
      startedAtUs,
      endedAtUs,
    })),
  ).toEqual([
    { grade: 'estimated', startedAtUs: 10n, endedAtUs: 20n },
    { grade: 'estimated', startedAtUs: 20n, endedAtUs: 40n },
  ]);
  expect(deriveAttempts([part('a', 10, 40, 'attempt')], state)).toMatchObject([
    { key: 'attempt:a', grade: 'metered' },
  ]);
});

test('every step finds the attempt it started in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
      fc.integer({ min: 10, max: 40 }),
      (times, start) => {
        const state = happened(...times.map((at): [OutcomeEffect, number] => ['attempt_failed', at]));
        const whole = part('a', 10, 40);
        const attempts = deriveAttempts([whole], state);
        const found = attempts.find(
          ({ key }) => key === attemptKeyAt('trace', 'a', whole, BigInt(start), state.boundariesUs),
        );
        expect(found).toBeDefined();
        expect(found!.startedAtUs < BigInt(start) || start === 10 || found!.startedAtUs === 10n).toBe(true);
        expect(BigInt(start) <= found!.endedAtUs).toBe(true);
      },
    ),
  );
});
