// Goal: what was seen, used and ignored is told with its evidence; what cannot be told is unknown.
import { expect, test } from '@jest/globals';
import type { Step } from '#model';
import { foldTrail } from '../fold/fold-trail.ts';
import { factOf, factsOf, stepOf } from '../testing/trail-facts.ts';
import type { ContentFact, ContentFacts } from './content-fact.ts';
import { parseDocuments } from './parse-documents.ts';
import { parseMessages } from './parse-messages.ts';
import { readTrailContent, type EntryReading } from './read-trail.ts';

const message = (role: string | null, text: string, more: object = {}) => ({
  role,
  text,
  calls: [],
  answers: null,
  ...more,
});

test.each([
  ['plain text', 'hello', [message(null, 'hello')]],
  ['nothing', '', []],
  [
    'OpenTelemetry',
    '[{"role":"assistant","parts":[{"type":"text","content":"hi"},{"type":"tool_call","id":"c1","name":"f","arguments":{"a":1}}]}]',
    [message('assistant', 'hi', { calls: [{ id: 'c1', name: 'f', arguments: '{"a":1}' }] })],
  ],
  [
    'an answer of a tool',
    '[{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"done"}]}]',
    [message('tool', 'done', { answers: 'c1' })],
  ],
  [
    'OpenAI',
    '{"messages":[{"role":"assistant","content":"x","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"y"}]}',
    [
      message('assistant', 'x', { calls: [{ id: 'c', name: 'f', arguments: '{}' }] }),
      message('tool', 'y', { answers: 'c' }),
    ],
  ],
  [
    'Anthropic',
    '[{"role":"user","content":[{"type":"text","text":"a"},{"type":"tool_result","tool_use_id":"t","content":"b"}]}]',
    [message('user', 'a\nb', { answers: 't' })],
  ],
  [
    'flattened keys',
    '{"gen_ai.prompt.0.content":"a","gen_ai.prompt.1.content":"b"}',
    [message(null, 'a'), message(null, 'b')],
  ],
  ['broken JSON', '[{"role":', [message(null, '[{"role":')]],
])('messages: %s', (_, text, expected) => {
  expect(parseMessages(text)).toEqual(expected);
});

test.each([
  [
    'a list',
    '[{"id":"d1","content":"x"},{"document_id":2,"text":"y"},"z"]',
    [
      ['d1', 'x'],
      ['2', 'y'],
      [null, 'z'],
    ],
  ],
  [
    'flattened keys',
    '{"retrieval.documents.0.document.id":"d1","retrieval.documents.0.document.content":"x","retrieval.documents.1.document.content":"y"}',
    [
      ['d1', 'x'],
      [null, 'y'],
    ],
  ],
  ['one text', 'just text', [[null, 'just text']]],
])('documents: %s', (_, text, expected) => {
  expect(parseDocuments(text).map(({ id, text: its }) => [id, its])).toEqual(expected);
});

const SENTENCE = 'Refunds are paid within thirty days of the day of delivery.';
const DOCUMENTS = JSON.stringify([{ id: 'refund-policy', content: SENTENCE }]);
const says = (part: string, text: string): ContentFact => ({ part, mediaType: 'text/plain', text });
const retrieval = stepOf(1, { kind: 'retrieval' });
const answer = stepOf(2, { kind: 'model_call', role: 'leaf' });

function readingsOf(
  steps: readonly Step[],
  parts: Readonly<Record<number, readonly ContentFact[]>>,
): EntryReading[] {
  const contents: ContentFacts = { of: (_, spanId) => parts[Number(spanId)] ?? [] };
  return readTrailContent(foldTrail(factsOf(steps.map((step) => factOf(step)))), contents, false);
}

test.each<[string, readonly Step[], Record<number, ContentFact[]>, object]>([
  [
    'its id stands in an answer',
    [retrieval, answer],
    { 1: [says('documents', DOCUMENTS)], 2: [says('output.messages', 'By (refund-policy) yes')] },
    { use: 'used', by: 'id', n: 2 },
  ],
  [
    'eight of its words in a row stand in an answer',
    [retrieval, answer],
    {
      1: [says('documents', DOCUMENTS)],
      2: [says('output.messages', 'So: refunds are paid within thirty days of the day, dear.')],
    },
    { use: 'used', by: 'text', n: 2 },
  ],
  [
    'a model saw it and nothing of it was written',
    [retrieval, answer],
    {
      1: [says('documents', DOCUMENTS)],
      2: [says('input.messages', `Read: ${SENTENCE}`), says('output.messages', 'No.')],
    },
    { use: 'ignored', by: 'in_no_later_text', n: 2 },
  ],
  [
    'nobody is known to have seen it',
    [retrieval, answer],
    {
      1: [says('documents', DOCUMENTS)],
      2: [says('input.messages', 'Hello'), says('output.messages', 'No.')],
    },
    { use: 'unknown', by: null, n: null },
  ],
  [
    'a later answer cannot be read',
    [retrieval, answer, { ...answer, spanId: stepOf(3).spanId, startedAtNs: stepOf(3).startedAtNs }],
    {
      1: [says('documents', DOCUMENTS)],
      2: [says('input.messages', SENTENCE), says('output.messages', 'No.')],
      3: [{ part: 'output.messages', redacted: { by: 'erasure', leaf: 7 } }],
    },
    { use: 'unknown', by: null, n: null },
  ],
  [
    'the agent says so',
    [
      retrieval,
      stepOf(2, {
        kind: 'model_call',
        decisions: [
          {
            kind: 'document',
            id: 'refund-policy',
            version: null,
            result: 'ignored',
            from: null,
            reason: null,
          },
        ],
      }),
    ],
    { 1: [says('documents', DOCUMENTS)], 2: [says('output.messages', 'By refund-policy')] },
    { use: 'ignored', by: 'declared', n: 2 },
  ],
])('a document: %s', (_, steps, parts, expected) => {
  expect(readingsOf(steps, parts)[0]!.documents).toEqual([{ id: 'refund-policy', ...expected }]);
});

test('a context is told apart by where it comes from', () => {
  const tool = stepOf(1, { kind: 'tool_call', tool: { name: 'get_order', callId: 'c1' } });
  const parts = {
    1: [says('tool.result', 'paid')],
    2: [says('output.messages', '[{"role":"assistant","content":"Let me see."}]')],
    3: [
      says(
        'input.messages',
        '[{"role":"user","content":"Hi"},{"role":"assistant","content":"Let me see."},{"role":"tool","tool_call_id":"c1","content":"paid"},{"role":"tool","content":"paid"}]',
      ),
    ],
  };
  const steps = [tool, stepOf(2, { kind: 'model_call' }), stepOf(3, { kind: 'model_call' })];
  expect(readingsOf(steps, parts)[2]!.seen).toEqual([
    { role: 'user', characters: 2, from: null, basis: null },
    { role: 'assistant', characters: 11, from: 2, basis: 'same_text' },
    { role: 'tool', characters: 4, from: 1, basis: 'call_id' },
    { role: 'tool', characters: 4, from: 1, basis: 'same_text' },
  ]);
});
