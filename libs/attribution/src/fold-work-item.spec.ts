import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  OWN_SOURCE,
  type OutcomeDefinition,
  type OutcomeEffect,
  type OutcomeEvent,
  type OutcomeTier,
} from '#model';
import { foldWorkItem, type FoldContext, type WorkItemState } from './fold-work-item.ts';
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

/** A definition whose outcome needs a survey, is assumed after 10 s of silence, and whose items live for 100 s. */
const RULE: OutcomeDefinition = {
  kind: 'ticket',
  version: 1,
  outcomeType: 'ticket.resolved',
  verbs: {},
  waitingWindowMs: 0,
  tiers: {},
  requires: [],
  sources: null,
  assumed: null,
  timeToLive: null,
};
const second = (n: number): bigint => BigInt(n) * 1_000_000n;
const at = (eventId: string, effect: OutcomeEffect, seconds: number, extra: Partial<OutcomeEvent> = {}) =>
  event(eventId, effect, seconds * 1_000_000, extra);
const own = (verb: 'assumed' | 'expired', seconds: number): OutcomeEvent =>
  at(`${verb} ${seconds}`, verb === 'assumed' ? 'achieved' : 'expired', seconds, {
    verb,
    source: OWN_SOURCE,
    tier: verb === 'assumed' ? 'assumed' : null,
  });
const under = (rule: Partial<OutcomeDefinition>, work: readonly [number, number][] = []): FoldContext => ({
  work: work.map(([from, to]) => ({ startedAtUs: second(from), endedAtUs: second(to) })),
  definitionAt: () => ({ ...RULE, ...rule }),
});
const SURVEY = { requires: ['survey_ok'] };
const SILENCE = { assumed: { verbs: ['answered'], afterMs: 10_000 } };
const LIFE = { timeToLive: { ms: 100_000, after: 'first_activity' as const } };
const IDLE = { timeToLive: { ms: 100_000, after: 'last_activity' as const } };
const answered = (id: string, seconds: number) => at(id, 'noted', seconds, { verb: 'answered' });
const survey = (id: string, seconds: number) => at(id, 'noted', seconds, { verb: 'survey_ok' });

test.each<[string, FoldContext, OutcomeEvent[], Partial<WorkItemState>]>([
  ['resolved without the survey', under(SURVEY), [at('a', 'achieved', 5)], { phase: 'open' }],
  [
    'the survey comes later',
    under(SURVEY),
    [at('a', 'achieved', 5, { value: WORTH_2 }), survey('b', 9)],
    { phase: 'achieved', phaseAtUs: second(9), value: WORTH_2 },
  ],
  [
    'the survey came before',
    under(SURVEY),
    [survey('b', 2), at('a', 'achieved', 5)],
    { phase: 'achieved', phaseAtUs: second(5) },
  ],
  [
    'a survey of what was reopened says nothing of what follows',
    under(SURVEY),
    [at('a', 'achieved', 5), survey('b', 6), at('c', 'reopened', 7), at('d', 'achieved', 8)],
    { phase: 'open', generation: 2 },
  ],
  [
    'both of two achieving verbs are required',
    under({ requires: ['resolved', 'paid'] }),
    [at('a', 'achieved', 5, { verb: 'paid' }), at('b', 'achieved', 9, { verb: 'resolved' })],
    { phase: 'achieved', phaseAtUs: second(9) },
  ],
  [
    'silence has a deadline',
    under(SILENCE),
    [answered('a', 5)],
    { deadline: { verb: 'assumed', atUs: second(15) } },
  ],
  [
    'and once it is recorded the outcome is assumed',
    under(SILENCE),
    [answered('a', 5), own('assumed', 15)],
    { phase: 'achieved', phaseAtUs: second(15), tier: 'assumed', deadline: null },
  ],
  [
    'what came late breaks the silence, whatever was recorded',
    under(SILENCE),
    [answered('a', 5), own('assumed', 15), at('b', 'attempt_failed', 7)],
    { phase: 'open', tier: null, deadline: null },
  ],
  [
    'so does work that began within it',
    under(SILENCE, [[7, 8]]),
    [answered('a', 5), own('assumed', 15)],
    { phase: 'open', deadline: null },
  ],
  [
    'the business confirms what was assumed',
    under(SILENCE),
    [answered('a', 5), own('assumed', 15), at('b', 'achieved', 30, { tier: 'confirmed' })],
    { phase: 'achieved', phaseAtUs: second(15), tier: 'confirmed' },
  ],
  [
    'an item lives so long from its first activity',
    under(LIFE, [[1, 50]]),
    [at('a', 'attempt_failed', 20)],
    { phase: 'open', deadline: { verb: 'expired', atUs: second(101) } },
  ],
  [
    'and expires when that is recorded',
    under(LIFE, [[1, 50]]),
    [own('expired', 101)],
    { phase: 'expired', phaseAtUs: second(101), deadline: null },
  ],
  [
    'an end that was recorded for an item that began earlier is none',
    under(LIFE, [[0, 50]]),
    [own('expired', 101)],
    { phase: 'open', deadline: { verb: 'expired', atUs: second(100) } },
  ],
  [
    'from its last activity, a running attempt counted in',
    under(IDLE, [
      [1, 50],
      [140, 160],
    ]),
    [],
    { phase: 'open', deadline: { verb: 'expired', atUs: second(260) } },
  ],
  [
    'what happened after an idle end does not keep it alive',
    under(IDLE, [
      [1, 50],
      [151, 160],
    ]),
    [own('expired', 150)],
    { phase: 'expired', phaseAtUs: second(150) },
  ],
  [
    'an outcome at the very deadline is in time',
    under(LIFE, [[1, 2]]),
    [own('expired', 101), at('a', 'achieved', 101)],
    { phase: 'achieved', phaseAtUs: second(101) },
  ],
  [
    'a late outcome replaces the end',
    under(LIFE, [[1, 2]]),
    [own('expired', 101), at('a', 'achieved', 200)],
    { phase: 'achieved', phaseAtUs: second(200), generation: 1 },
  ],
  [
    'nobody has to be told of an end before an outcome',
    under(LIFE, [[1, 2]]),
    [at('a', 'achieved', 200)],
    { phase: 'achieved', phaseAtUs: second(200), generation: 1, deadline: null },
  ],
  [
    'a reopened item lives anew',
    under(LIFE, [[1, 2]]),
    [at('a', 'achieved', 50), at('b', 'reopened', 90)],
    { phase: 'open', generation: 2, deadline: { verb: 'expired', atUs: second(190) } },
  ],
  [
    'quality is the newest since the reopening',
    under({}),
    [
      at('a', 'achieved', 5, { quality: '1' }),
      at('b', 'reopened', 6),
      at('c', 'achieved', 7, { quality: '4' }),
      at('d', 'noted', 8, { quality: '5' }),
    ],
    { phase: 'achieved', quality: '5' },
  ],
])('by the definition: %s', (_, context, events, state) => {
  expect(foldWorkItem(events, context)).toMatchObject(state);
  expect(foldWorkItem(events.toReversed(), context)).toEqual(foldWorkItem(events, context));
});

/** Records what is due until nothing is, as the worker does. */
function recordAll(events: readonly OutcomeEvent[], context: FoldContext): WorkItemState {
  const all = [...events];
  for (;;) {
    const state = foldWorkItem(all, context);
    if (state.deadline === null) return state;
    all.push(own(state.deadline.verb, Number(state.deadline.atUs / 1_000_000n)));
  }
}

test('when a deadline was recorded makes no difference', () => {
  const anyStory = fc.uniqueArray(
    fc.record({
      eventId: fc.integer({ min: 0, max: 99 }).map(String),
      effect: fc.constantFrom<OutcomeEffect>(
        'attempt_failed',
        'achieved',
        'failed',
        'expired',
        'reopened',
        'noted',
      ),
      atS: fc.integer({ min: 1, max: 400 }),
      tier: fc.option(fc.constantFrom<OutcomeTier>('confirmed', 'contained')),
    }),
    { selector: ({ eventId }) => eventId, maxLength: 7 },
  );
  const anyWork = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.nat(40)), { maxLength: 3 });
  fc.assert(
    fc.property(
      anyStory,
      anyWork,
      fc.constantFrom(LIFE, IDLE, SILENCE, { ...SILENCE, ...IDLE }, { ...SURVEY, ...LIFE }),
      fc.nat(7),
      (story, work, rule, seenFirst) => {
        const events = story.map(({ eventId, effect, atS, tier }) =>
          at(eventId, effect, atS, { tier, verb: effect === 'noted' ? 'answered' : effect }),
        );
        const context = under(
          rule,
          work.map(([from, length]) => [from, from + length]),
        );
        // The worker knew only some of it when it first looked.
        const early = under(
          rule,
          work.slice(0, 1).map(([from, length]) => [from, from + length]),
        );
        const recorded: OutcomeEvent[] = [];
        for (;;) {
          const { deadline } = foldWorkItem([...events.slice(0, seenFirst), ...recorded], early);
          if (deadline === null) break;
          recorded.push(own(deadline.verb, Number(deadline.atUs / 1_000_000n)));
        }
        expect(recordAll([...recorded, ...events], context)).toEqual(recordAll(events, context));
      },
    ),
    { numRuns: 500 },
  );
});
