import { expect, test } from '@jest/globals';
import type { ToolUse } from '#model';
import { readContentParts } from './content-parts.ts';
import { makeSpan } from './testing/make-span.ts';

const tool: ToolUse = { name: 'get_claim', callId: null };
type Part = [place: string, tool: string | null, value: unknown];

test.each<[string, ToolUse | null, Record<string, string>, Part[]]>([
  [
    'a tool of the conventions',
    tool,
    { 'gen_ai.tool.call.arguments': '{"a":1}', 'gen_ai.tool.call.result': 'r' },
    [
      ['tool_arguments', 'get_claim', '{"a":1}'],
      ['tool_result', 'get_claim', 'r'],
    ],
  ],
  [
    'a tool of OpenInference',
    tool,
    { 'input.value': '{}', 'output.value': 'r' },
    [
      ['tool_arguments', 'get_claim', '{}'],
      ['tool_result', 'get_claim', 'r'],
    ],
  ],
  ['a tool of the AI SDK', tool, { 'ai.toolCall.args': '{}' }, [['tool_arguments', 'get_claim', '{}']]],
  [
    'calls a model asks for, flattened by OpenInference',
    null,
    {
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'find',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"x":1}',
    },
    [
      ['output', null, 'find'],
      ['tool_arguments', 'find', '{"x":1}'],
    ],
  ],
  [
    'calls a model asks for, in its messages',
    null,
    {
      'gen_ai.output.messages':
        '[{"role":"assistant","parts":[{"type":"tool_call","name":"find","arguments":{"x":1}}]}]',
    },
    [
      [
        'output',
        null,
        '[{"role":"assistant","parts":[{"type":"tool_call","name":"find","arguments":{"x":1}}]}]',
      ],
      ['tool_arguments', 'find', { x: 1 }],
    ],
  ],
  [
    'calls of the AI SDK',
    null,
    { 'ai.response.toolCalls': '[{"toolName":"find","args":"{}"}]' },
    [
      ['output', null, '[{"toolName":"find","args":"{}"}]'],
      ['tool_arguments', 'find', '{}'],
    ],
  ],
  [
    'messages and documents; earlier calls in the input are history',
    null,
    {
      'gen_ai.input.messages': '[{"parts":[{"type":"tool_call","name":"find","arguments":{"x":1}}]}]',
      'retrieval.documents.0.document.content': 'doc',
      'gen_ai.request.model': 'm',
    },
    [
      ['input', null, '[{"parts":[{"type":"tool_call","name":"find","arguments":{"x":1}}]}]'],
      ['retrieved', null, 'doc'],
    ],
  ],
  ['no JSON where JSON was meant', null, { 'ai.response.toolCalls': 'x{' }, [['output', null, 'x{']]],
  ['nothing', null, { 'gen_ai.usage.input_tokens': '1' }, []],
])('%s', (_, of, attributes, expected) => {
  const parts = readContentParts(makeSpan({ attributes }), of);
  expect(parts.map(({ place, tool: name, value }) => [place, name, value])).toEqual(expected);
});
