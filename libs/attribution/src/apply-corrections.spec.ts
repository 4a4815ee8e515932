import { expect, test } from '@jest/globals';
import type { EventCorrection, EventReference, OutcomeEffect } from '#model';
import { applyCorrections, type UnreadEvent } from './apply-corrections.ts';

const NOTHING: EventReference = { mergedInto: null, splitFrom: null, corrects: null, supersedes: null };
const event = (eventId: string, verb: string, extra: Partial<UnreadEvent> = {}): UnreadEvent => ({
  ref: 'ticket:1:T1',
  source: '/desk',
  eventId,
  kind: 'ticket',
  verb,
  occurredAtUs: 5n,
  sequence: null,
  value: null,
  tier: null,
  quality: null,
  refersTo: null,
  ...extra,
});
const corrects = (id: string, named: string, to: EventCorrection, extra: Partial<UnreadEvent> = {}) =>
  event(id, 'corrected', {
    refersTo: { ...NOTHING, corrects: { source: '/desk', eventId: named, to } },
    ...extra,
  });
const withdraws = (id: string, named: string, source = '/desk') =>
  event(id, 'superseded', { refersTo: { ...NOTHING, supersedes: { source, eventId: named } } });
const EFFECTS: Readonly<Record<string, OutcomeEffect>> = {
  resolved: 'achieved',
  failed: 'failed',
  corrected: 'corrected',
  superseded: 'superseded',
};
const resolved = event('a', 'resolved');

test.each<[string, UnreadEvent[], string[], string[]]>([
  ['nothing is corrected', [resolved], ['a resolved 5'], []],
  ['the verb', [resolved, corrects('c', 'a', { verb: 'failed' })], ['a failed 5'], []],
  ['the time', [resolved, corrects('c', 'a', { occurredAtUs: 9n })], ['a resolved 9'], []],
  [
    'twice, the later word stands',
    [
      resolved,
      corrects('c', 'a', { verb: 'resolved', occurredAtUs: 7n }, { occurredAtUs: 20n }),
      corrects('d', 'a', { verb: 'failed' }, { occurredAtUs: 10n }),
    ],
    ['a resolved 7'],
    [],
  ],
  [
    'the sequence of the source says which word is the later one',
    [
      resolved,
      corrects('c', 'a', { verb: 'resolved' }, { occurredAtUs: 20n, sequence: '1' }),
      corrects('d', 'a', { verb: 'failed' }, { occurredAtUs: 10n, sequence: '2' }),
    ],
    ['a failed 5'],
    [],
  ],
  ['withdrawn', [resolved, withdraws('w', 'a')], [], []],
  [
    'a withdrawn correction',
    [resolved, corrects('c', 'a', { verb: 'failed' }), withdraws('w', 'c')],
    ['a resolved 5'],
    [],
  ],
  [
    'a correction of what is withdrawn',
    [resolved, corrects('c', 'a', { verb: 'failed' }), withdraws('w', 'a')],
    [],
    [],
  ],
  ['of an event nobody knows', [corrects('c', 'x', { verb: 'failed' })], [], ['c unknown_event']],
  ['of another source', [resolved, withdraws('w', 'a', '/crm')], ['a resolved 5'], ['w unknown_event']],
  ['of nothing', [event('c', 'corrected')], [], ['c names_no_event']],
  [
    'of a correction',
    [resolved, corrects('c', 'a', { verb: 'failed' }), corrects('d', 'c', { verb: 'resolved' })],
    ['a failed 5'],
    ['d corrects_a_correction'],
  ],
  [
    'a withdrawal is not withdrawn',
    [resolved, withdraws('w', 'a'), withdraws('v', 'w')],
    [],
    ['v withdraws_a_withdrawal'],
  ],
])('%s', (_, events, standing, setAside) => {
  const read = (list: readonly UnreadEvent[]) => {
    const applied = applyCorrections(list, ({ verb }) => EFFECTS[verb] ?? null);
    return {
      standing: applied.standing
        .map(({ eventId, verb, occurredAtUs }) => `${eventId} ${verb} ${occurredAtUs}`)
        .sort(),
      setAside: applied.setAside.map(({ event: { eventId }, reason }) => `${eventId} ${reason}`).sort(),
    };
  };
  expect(read(events)).toEqual({ standing, setAside });
  expect(read(events.toReversed())).toEqual({ standing, setAside });
});
