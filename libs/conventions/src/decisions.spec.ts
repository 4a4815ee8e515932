// Goal: what agents say of their decisions is taken as ids and codes, from events, lists and log records; a text is not.
import { expect, test } from '@jest/globals';
import type { AttributeValue, Span } from '#model';
import { readDecisions } from './decisions.ts';

const said = (
  attributes: Readonly<Record<string, AttributeValue>>,
  events: readonly (readonly [name: string, attributes: Readonly<Record<string, AttributeValue>>])[] = [],
  name = 'execute_tool refund',
): Span => ({
  traceId: '1'.padStart(32, '0'),
  spanId: '1'.padStart(16, '0'),
  parentSpanId: null,
  name,
  kind: 1,
  startedAtNs: 1n,
  endedAtNs: 2n,
  statusCode: 0,
  statusMessage: '',
  attributes: new Map(Object.entries(attributes)),
  events: events.map(([event, its]) => ({
    name: event,
    timeNs: 1n,
    attributes: new Map(Object.entries(its)),
  })),
  resource: { attributes: new Map() },
  scope: { name: 'test', version: '1', attributes: new Map() },
});
const nothing = { version: null, result: null, from: null, reason: null };

test.each([
  ['nothing', said({ 'gen_ai.operation.name': 'chat' }), { isPartlyRefused: false }],
  [
    'lists',
    said({ 'decision.rules': ['REFUND-30D@5', 'VIP'], 'decision.precedents': 'ticket:T-9' }),
    {
      decisions: [
        { ...nothing, kind: 'rule', id: 'REFUND-30D', version: '5' },
        { ...nothing, kind: 'rule', id: 'VIP' },
        { ...nothing, kind: 'precedent', id: 'ticket:T-9' },
      ],
      isPartlyRefused: false,
    },
  ],
  [
    'events, in their order, and what became of the tool call',
    said({ 'decision.tool.disposition': 'denied', 'decision.tool.effect': 'attempted' }, [
      [
        'decision.exception',
        {
          'decision.id': 'EXC-17',
          'decision.version': 5n,
          'decision.result': 'met',
          'decision.reason_code': 'hail',
        },
      ],
      ['other', { 'decision.id': 'X' }],
      ['decision.override', { 'decision.id': 'approve', 'decision.from': 'deny' }],
      ['decision.document', { 'decision.id': 'doc-7', 'decision.result': 'ignored' }],
    ]),
    {
      decisions: [
        { kind: 'exception', id: 'EXC-17', version: '5', result: 'met', from: null, reason: 'hail' },
        { ...nothing, kind: 'override', id: 'approve', from: 'deny' },
        { ...nothing, kind: 'document', id: 'doc-7', result: 'ignored' },
      ],
      disposition: 'denied',
      effect: 'attempted',
      isPartlyRefused: false,
    },
  ],
  [
    'a log record that is one',
    said({ 'decision.id': 'approve', 'decision.result': 'final' }, [], 'decision.verdict'),
    { decisions: [{ ...nothing, kind: 'verdict', id: 'approve', result: 'final' }], isPartlyRefused: false },
  ],
  [
    'a text where a code belongs is left out',
    said({}, [['decision.rule', { 'decision.id': 'R', 'decision.reason_code': 'Mrs Jones was angry' }]]),
    { decisions: [{ ...nothing, kind: 'rule', id: 'R' }], isPartlyRefused: true },
  ],
  ['an event without an id', said({}, [['decision.rule', {}]]), { isPartlyRefused: true }],
  ['another word for the tool', said({ 'decision.tool.disposition': 'maybe' }), { isPartlyRefused: true }],
  [
    'more than 64',
    said({ 'decision.rules': Array.from({ length: 65 }, (_, n) => `R${n}`) }),
    {
      decisions: Array.from({ length: 64 }, (_, n) => ({ ...nothing, kind: 'rule', id: `R${n}` })),
      isPartlyRefused: true,
    },
  ],
])('%s', (_, span, expected) => {
  expect(readDecisions(span)).toEqual(expected);
});
