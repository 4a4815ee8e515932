import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { OutcomeEffect, OutcomeEvent } from '#model';
import { foldWorkItem } from './fold-work-item.ts';
import { orderEvents } from './order-events.ts';

const event = (
  eventId: string,
  effect: OutcomeEffect,
  atUs: number,
  extra: Partial<OutcomeEvent> = {},
): OutcomeEvent => ({
  ref: 'ticket:1:8123',
  source: '/desk',
  eventId,
  kind: 'ticket',
  verb: effect,
  effect,
  occurredAtUs: BigInt(atUs),
  sequence: null,
  value: null,
  tier: null,
  quality: null,
  refersTo: null,
  ...extra,
});

const WORTH_2 = { amountPico: 2n, asset: 'USD/12' };
const WORTH_3 = { amountPico: 3n, asset: 'USD/12' };

test.each<[string, OutcomeEvent[], Partial<ReturnType<typeof foldWorkItem>>]>([
  ['nothing happened yet', [], { phase: 'open', phaseAtUs: null, generation: 1, settlements: [] }],
  [
    'a failed attempt settles nothing',
    [event('a', 'attempt_failed', 5)],
    { phase: 'open', generation: 1, boundariesUs: [5n] },
  ],
  ['resolved', [event('a', 'achieved', 5)], { phase: 'achieved', phaseAtUs: 5n, generation: 1 }],
  [
    'resolved twice is resolved once, at first',
    [event('a', 'achieved', 5), event('b', 'achieved', 9)],
    { phase: 'achieved', phaseAtUs: 5n, generation: 1 },
  ],
  [
    'reopened',
    [event('a', 'achieved', 5), event('b', 'reopened', 9)],
    { phase: 'open', phaseAtUs: 9n, generation: 2 },
  ],
  [
    'reopened before anything was settled changes nothing',
    [event('a', 'reopened', 5)],
    { phase: 'open', phaseAtUs: null, generation: 1 },
  ],
  [
    'resolved again',
    [event('a', 'achieved', 5), event('b', 'reopened', 9), event('c', 'achieved', 12)],
    { phase: 'achieved', phaseAtUs: 12n, generation: 2 },
  ],
  [
    'failed after resolved is a reopening and a failure',
    [event('a', 'achieved', 5), event('b', 'failed', 9)],
    { phase: 'failed', phaseAtUs: 9n, generation: 2 },
  ],
  [
    'late success replaces a failure',
    [event('a', 'failed', 5), event('b', 'achieved', 9)],
    { phase: 'achieved', phaseAtUs: 9n, generation: 1 },
  ],
  // The same second: what reopens stands after what it reopens, whichever arrives first.
  [
    'resolved and reopened in the same instant',
    [event('z', 'achieved', 5), event('a', 'reopened', 5)],
    { phase: 'open', phaseAtUs: 5n, generation: 2 },
  ],
  // A source with a sequence is believed over its clock.
  [
    'sequence beats the clock',
    [event('a', 'achieved', 9, { sequence: '1' }), event('b', 'reopened', 5, { sequence: '2' })],
    { phase: 'open', phaseAtUs: 9n, generation: 2 },
  ],
  [
    'sequences compare as integers',
    [event('a', 'achieved', 5, { sequence: '9' }), event('b', 'reopened', 5, { sequence: '10' })],
    { phase: 'open', generation: 2 },
  ],
  [
    'an outcome is worth what its event says',
    [event('a', 'achieved', 5, { value: WORTH_2 }), event('b', 'achieved', 9, { value: WORTH_3 })],
    { phase: 'achieved', value: WORTH_2 },
  ],
  [
    'a reopened outcome is worth nothing',
    [event('a', 'achieved', 5, { value: WORTH_2 }), event('b', 'reopened', 9)],
    { phase: 'open', value: null },
  ],
  [
    'nor is one that was reopened and then failed',
    [event('a', 'achieved', 5, { value: WORTH_2 }), event('b', 'reopened', 9), event('c', 'failed', 12)],
    { phase: 'failed', value: null },
  ],
  [
    'nor one that failed at once',
    [event('a', 'achieved', 5, { value: WORTH_2 }), event('b', 'failed', 9)],
    { phase: 'failed', value: null },
  ],
  [
    'the worth of an outcome that did not last does not pass to the next',
    [event('a', 'achieved', 5, { value: WORTH_2 }), event('b', 'reopened', 9), event('c', 'achieved', 12)],
    { phase: 'achieved', value: null },
  ],
])('%s', (_, events, state) => {
  expect(foldWorkItem(events)).toMatchObject(state);
  expect(foldWorkItem(events.toReversed())).toEqual(foldWorkItem(events));
});

const effects: OutcomeEffect[] = [
  'attempt_failed',
  'handed_off',
  'achieved',
  'failed',
  'cancelled',
  'expired',
  'reopened',
];
const anyEvents = fc.uniqueArray(
  fc.record({
    eventId: fc.integer({ min: 0, max: 99 }).map(String),
    effect: fc.constantFrom(...effects),
    atUs: fc.integer({ min: 1, max: 6 }),
    source: fc.constantFrom('/desk', '/crm'),
    sequence: fc.option(fc.constantFrom('1', '2', '10', 'x', '1a')),
  }),
  { selector: ({ eventId, source }) => `${source}/${eventId}`, maxLength: 8 },
);
test('any order of arrival with duplicates gives the same state', () => {
  fc.assert(
    fc.property(
      anyEvents.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.subarray(list)),
      ),
      ([list, shuffled, again]) => {
        const toEvents = (each: typeof list) =>
          each.map((e) => event(e.eventId, e.effect, e.atUs, { source: e.source, sequence: e.sequence }));
        expect(orderEvents(toEvents(shuffled))).toEqual(orderEvents(toEvents(list)));
        expect(foldWorkItem(toEvents([...again, ...shuffled]))).toEqual(foldWorkItem(toEvents(list)));
      },
    ),
  );
});
