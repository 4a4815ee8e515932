import { expect, test } from '@jest/globals';
import type { AttributeValue, ContentPart, Span } from '#model';
import { findWorkItemKeys, type KeyRules } from './find-work-item-keys.ts';
import { KeyPattern } from './key-pattern.ts';
import { SHIPPED_KEY_MAPPINGS } from './shipped-key-mappings.ts';
import { parseArgumentPath } from './tool-argument.ts';

const toolKey = (tool: string, argument: string, access: 'read' | 'write') => ({
  name: tool,
  version: 1,
  tool,
  path: parseArgumentPath(argument),
  kind: 'claim',
  access,
});
const rules: KeyRules = {
  keyMappings: SHIPPED_KEY_MAPPINGS,
  toolKeys: [
    toolKey('get_claim', 'claim_id', 'read'),
    toolKey('find', 'filter.ids[]', 'read'),
    toolKey('close', 'ids[]', 'write'),
  ],
  contentKeys: [
    { name: 'text', version: 2, pattern: KeyPattern.parse('CLM-\\d{4}'), kind: 'claim', checkDigit: null },
    { name: 'card', version: 1, pattern: KeyPattern.parse('\\d{11}'), kind: 'ticket', checkDigit: 'luhn' },
  ],
};

const span = (
  attributes: Record<string, AttributeValue>,
  resource: Record<string, AttributeValue> = {},
): Span => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentSpanId: null,
  name: 's',
  kind: 1,
  startedAtNs: 1n,
  endedAtNs: 2n,
  statusCode: 0,
  statusMessage: '',
  attributes: new Map(Object.entries(attributes)),
  events: [],
  resource: { attributes: new Map(Object.entries(resource)) },
  scope: { name: '', version: '', attributes: new Map() },
});
const tool = (name: string, value: AttributeValue): ContentPart => ({
  place: 'tool_arguments',
  tool: name,
  value,
});
const said = (value: AttributeValue, place: ContentPart['place'] = 'input'): ContentPart => ({
  place,
  tool: null,
  value,
});
const six = ['1', '2', '3', '4', '5', '6'];

test.each<[string, Span, ContentPart[], string[]]>([
  ['an attribute of the span', span({ 'ticket.id': 'T1' }), [], ['ticket:T1 E1 ticket-id@0/span']],
  ['an integer attribute', span({ 'claim.id': 17n }), [], ['claim:17 E1 claim-id@0/span']],
  ['of the resource', span({}, { 'claim.id': 'C' }), [], ['claim:C E1 claim-id@0/resource']],
  ['its own first', span({ 'ticket.id': 'T1' }, { 'claim.id': 'C' }), [], ['ticket:T1 E1 ticket-id@0/span']],
  ['a run', span({ 'run.id': 'r' }), [], ['run:r E1 run-id@0/span']],
  ['no key', span({ 'ticket.id': ' ', 'claim.id': 1.5, 'order.id': 'x'.repeat(513) }), [], []],
  [
    'arguments as text',
    span({}),
    [tool('get_claim', '{"claim_id":"C-1"}')],
    ['claim:C-1 E4 get_claim@1/tool:read'],
  ],
  [
    'arguments as values',
    span({}),
    [tool('get_claim', { claim_id: 7n })],
    ['claim:7 E4 get_claim@1/tool:read'],
  ],
  [
    'a whole number in JSON',
    span({}),
    [tool('get_claim', '{"claim_id":7}')],
    ['claim:7 E4 get_claim@1/tool:read'],
  ],
  ['a number JSON cannot hold', span({}), [tool('get_claim', '{"claim_id":9007199254740993}')], []],
  [
    'wrapped arguments',
    span({}),
    [tool('get_claim', '{"kwargs":{"claim_id":"C"}}')],
    ['claim:C E4 get_claim@1/tool:read'],
  ],
  ['another tool', span({}), [tool('put_claim', '{"claim_id":"C-1"}')], []],
  ['no JSON', span({}), [tool('get_claim', 'claim_id: C-1')], []],
  [
    'a list within',
    span({}),
    [tool('find', { filter: { ids: ['1', '2'] } })],
    ['claim:1 E4 find@1/tool:read', 'claim:2 E4 find@1/tool:read'],
  ],
  ['a read of 6 names none', span({}), [tool('find', { filter: { ids: six } })], []],
  [
    'a write of 6 names all',
    span({}),
    [tool('close', { ids: six })],
    six.map((n) => `claim:${n} E4 close@1/tool:write`),
  ],
  [
    'the same key twice, from two sources',
    span({ 'claim.id': 'CLM-1234' }),
    [tool('get_claim', '{"claim_id":"CLM-1234"}')],
    [
      'claim:CLM-1234 E1 claim-id@0/span',
      'claim:CLM-1234 E4 get_claim@1/tool:read',
      'claim:CLM-1234 E5 text@2/tool_arguments',
    ],
  ],
  [
    'retrieved text only is E5',
    span({}),
    [said('see CLM-1234', 'retrieved')],
    ['claim:CLM-1234 E5 text@2/retrieved'],
  ],
  ['a text of 6 keys names none', span({}), [said(six.map((n) => `CLM-000${n}`).join(' '))], []],
  ['a right check digit', span({}), [said('card 79927398713')], ['ticket:79927398713 E5 card@1/input']],
  ['a wrong check digit', span({}), [said('card 79927398714')], []],
  ['structured content', span({}), [said([{ content: 'CLM-1234' }])], ['claim:CLM-1234 E5 text@2/input']],
])('%s', (_, from, content, expected) => {
  const found = findWorkItemKeys(from, rules, () => content);
  expect(found.map(({ kind, key, tier, mapping }) => `${kind}:${key} ${tier} ${mapping}`)).toEqual(expected);
});

test('content is read only where a rule looks into it', () => {
  const withoutContent = { ...rules, toolKeys: [], contentKeys: [] };
  const refuse = (): never => {
    throw new Error('content was read');
  };
  expect(findWorkItemKeys(span({ 'ticket.id': 'T' }), withoutContent, refuse)).toHaveLength(1);
});
