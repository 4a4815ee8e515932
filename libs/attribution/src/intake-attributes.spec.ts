import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { OutcomeEffect } from '#model';
import { intakeAttributes, type IntakeEvent } from './intake-attributes.ts';
import { intakePolicySchema } from './intake-policy.ts';

const event = (
  eventId: string,
  occurredAtUs: bigint,
  intake: Record<string, string>,
  more: Partial<IntakeEvent> = {},
): IntakeEvent => ({
  ref: 'claim:1:C-1',
  source: '/claims',
  eventId,
  kind: 'claim',
  verb: 'opened',
  occurredAtUs,
  sequence: null,
  value: null,
  tier: null,
  quality: null,
  refersTo: null,
  intake,
  ...more,
});
const named = { mergedInto: null, splitFrom: null, corrects: null, supersedes: null };
const withdraws = (eventId: string, what: string): IntakeEvent =>
  event(
    eventId,
    900n,
    {},
    {
      verb: 'superseded',
      refersTo: { ...named, supersedes: { source: '/claims', eventId: what } },
    },
  );
const movesTo = (eventId: string, what: string, occurredAtUs: bigint): IntakeEvent =>
  event(
    eventId,
    900n,
    {},
    {
      verb: 'corrected',
      refersTo: { ...named, corrects: { source: '/claims', eventId: what, to: { occurredAtUs } } },
    },
  );
const effectOf = ({ verb }: IntakeEvent): OutcomeEffect | null =>
  verb === 'superseded' || verb === 'corrected' ? verb : 'noted';

test.each<[string, IntakeEvent[], bigint | null, object]>([
  ['nothing is said', [], 100n, { values: {}, late: [] }],
  ['said before', [event('a', 50n, { channel: 'mail' })], 100n, { values: { channel: 'mail' }, late: [] }],
  [
    'said in the very moment',
    [event('a', 100n, { channel: 'mail' })],
    100n,
    { values: { channel: 'mail' }, late: [] },
  ],
  ['said after work began', [event('a', 101n, { channel: 'mail' })], 100n, { values: {}, late: ['channel'] }],
  [
    'nobody worked at it',
    [event('a', 101n, { channel: 'mail' })],
    null,
    { values: { channel: 'mail' }, late: [] },
  ],
  [
    'said twice before: the last counts',
    [event('a', 50n, { channel: 'mail', lines: '3' }), event('b', 60n, { channel: 'web' })],
    100n,
    { values: { channel: 'web', lines: '3' }, late: [] },
  ],
  [
    'said before and again after: what was known counts',
    [event('a', 50n, { channel: 'mail' }), event('b', 200n, { channel: 'web' })],
    100n,
    { values: { channel: 'mail' }, late: [] },
  ],
  ['withdrawn', [event('a', 50n, { channel: 'mail' }), withdraws('b', 'a')], 100n, { values: {}, late: [] }],
  [
    'corrected to a time after work began',
    [event('a', 50n, { channel: 'mail' }), movesTo('b', 'a', 150n)],
    100n,
    { values: {}, late: ['channel'] },
  ],
])('%s', (_, events, beganAtUs, expected) => {
  expect(intakeAttributes(events, effectOf, beganAtUs)).toEqual(expected);
});

test('a law: what was stated for a time after work began changes nothing, in any order', () => {
  const said = fc.record({
    at: fc.bigInt(0n, 200n),
    value: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom('channel', 'lines'),
  });
  fc.assert(
    fc.property(fc.array(said, { maxLength: 8 }), fc.nat(), (all, turn) => {
      const events = all.map(({ at, value, name }, index) => event(`${index}`, at, { [name]: value }));
      const turned = [
        ...events.slice(turn % (events.length + 1)),
        ...events.slice(0, turn % (events.length + 1)),
      ];
      const known = intakeAttributes(events, effectOf, 100n);
      expect(intakeAttributes(turned, effectOf, 100n)).toEqual(known);
      expect(
        intakeAttributes(
          events.filter(({ occurredAtUs }) => occurredAtUs <= 100n),
          effectOf,
          100n,
        ).values,
      ).toEqual(known.values);
    }),
  );
});

test.each([
  [{ attributes: [{ name: 'channel' }, { name: 'channel' }] }, 'an attribute is named twice'],
  [{ attributes: [{ name: 'Channel' }] }, 'must be 1 to 63 of a-z'],
  [{ attributes: [{ name: 'channel', type: 'date' }] }, 'type'],
])('a declaration %j is refused', (rule, message) => {
  expect(JSON.stringify(intakePolicySchema.safeParse(rule).error?.issues)).toContain(message);
});
