import { describe, expect, test } from '@jest/globals';
import type { Case } from '../testing/case.ts';
import { usage } from '../testing/case.ts';
import { describeTrace, readTrace } from '../testing/describe-step.ts';
import type { SpanNote } from '../testing/make-span.ts';

const chat = (provider: string, attributes: Record<string, unknown>): SpanNote => ({
  name: 'chat',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    ...attributes,
  },
});

const CASES: readonly Case[] = [
  [
    'S01',
    [
      chat(
        'anthropic',
        usage({
          input_tokens: 130213,
          'cache_read.input_tokens': 128955,
          'cache_creation.input_tokens': 1253,
          output_tokens: 42,
        }),
      ),
    ],
    [
      'model_call leaf(only_witness) | in 5, cr 128955, cw 1253, out 42 | reported ambiguous A1.7 | flags ambiguous_input',
    ],
  ],
  [
    'S02',
    [
      chat(
        'openai',
        usage({
          input_tokens: 300,
          'cache_read.input_tokens': 40,
          'cache_write.input_tokens': 60,
          output_tokens: 180,
          'reasoning.output_tokens': 50,
        }),
      ),
    ],
    [
      'model_call leaf(only_witness) | in 200, cr 40, cw 60, out 130, rs 50 | reported inclusive A1.6:provider:openai',
    ],
  ],
  [
    'S03',
    [
      chat(
        'openai',
        usage({
          input_tokens: 300,
          'cache_read.input_tokens': 40,
          'text.input_tokens': 100,
          'text.cache_read.input_tokens': 40,
          'image.input_tokens': 200,
          output_tokens: 10,
        }),
      ),
    ],
    [
      'model_call leaf(only_witness) | in 60, cr 40, image_in 200, out 10 | reported inclusive A1.6:provider:openai',
    ],
  ],
  [
    'S05',
    [
      chat(
        'openai',
        usage({
          input_tokens: 300,
          'cache_creation.input_tokens': 60,
          'cache_write.input_tokens': 60,
          output_tokens: 1,
        }),
      ),
    ],
    ['model_call leaf(only_witness) | in 240, cw 60, out 1 | reported inclusive A1.6:provider:openai'],
  ],
  [
    'S06',
    [
      {
        attributes: {
          'gen_ai.operation.name': 'fetch_response',
          ...usage({ input_tokens: 500, output_tokens: 90 }),
        },
      },
    ],
    ['model_call none(fetch_response) | in 500, out 90 | reported inclusive A1.2'],
  ],
  [
    'S08',
    [
      {
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.provider.name': 'aws.bedrock',
          ...usage({ input_tokens: 1200, output_tokens: 80 }),
        },
      },
    ],
    ['agent leaf(sole_carrier) | in 1200, out 80 | reported inclusive A1.2'],
  ],
  [
    'S10',
    [
      {
        id: '1',
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'refund',
          'gen_ai.tool.call.id': 'c1',
        },
      },
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'refund' },
      },
      {
        id: '3',
        parent: '2',
        at: [2, 8],
        service: 'mcp',
        attributes: { 'mcp.method.name': 'tools/call', 'jsonrpc.request.id': '7' },
      },
    ],
    [
      'tool_call none(not_billable) | ∅ | missing',
      'tool_call mirror(same_tool_call) | ∅ | missing',
      'tool_call mirror(same_tool_call) | ∅ | missing',
    ],
  ],
  [
    'S12',
    [{ ...chat('openai', { 'error.type': '429' }), status: 2 }],
    ['model_call leaf(call_failed) | ∅ | missing'],
  ],
  [
    'S13',
    [
      chat('openai', {
        ...usage({ input_tokens: 0, output_tokens: 0, total_tokens: 0 }),
        'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"Hi"}]}]',
      }),
    ],
    ['model_call leaf(usage_missing) | ∅ | missing | flags zero_with_output'],
  ],
  [
    'S13 without an answer: a zero that the emitter stands by',
    [chat('openai', usage({ input_tokens: 0, output_tokens: 0 }))],
    ['model_call leaf(only_witness) | in 0, out 0 | zero_reported inclusive A1.2'],
  ],
  [
    'S14',
    [
      chat(
        'openai',
        usage({
          input_tokens: 120,
          'audio.input_tokens': 100,
          'audio.cache_read.input_tokens': 60,
          'cache_read.input_tokens': 60,
          output_tokens: 240,
          'audio.output_tokens': 240,
        }),
      ),
    ],
    [
      'model_call leaf(only_witness) | in 20, audio_in 40, audio_cache_read 60, out 0, audio_out 240 | reported inclusive A1.6:provider:openai',
    ],
  ],
  ['V09', [chat('openai', usage({ input_tokens: null }))], ['model_call leaf(usage_missing) | ∅ | missing']],
  [
    'V12',
    [
      chat(
        'anthropic',
        usage({
          input_tokens: 7,
          'cache_read.input_tokens': 16399,
          'cache_creation.input_tokens': 2089,
          output_tokens: 445,
        }),
      ),
    ],
    ['model_call leaf(only_witness) | in 7, cr 16399, cw 2089, out 445 | reported exclusive A1.3'],
  ],
  [
    'T07',
    [chat('openai', usage({ input_tokens: 10, output_tokens: 2, foo_tokens: 500 }))],
    [
      'model_call leaf(only_witness) | in 10, out 2 | reported inclusive A1.2 | flags unknown_usage_key:foo_tokens',
    ],
  ],
];

/** T01: 25 in every encoding; T03: what is no count. */
const ENCODINGS: readonly (readonly [unknown, string])[] = [
  [25n, 'in 25, out 2 | reported inclusive A1.2'],
  [25, 'in 25, out 2 | reported inclusive A1.2'],
  [25.0001, 'in 25, out 2 | reported inclusive A1.2'],
  ['25', 'in 25, out 2 | reported inclusive A1.2'],
  ['25.0', 'in 25, out 2 | reported inclusive A1.2'],
  [3_000_000_000n, 'in 3000000000, out 2 | reported inclusive A1.2'],
  ['', 'out 2 | partial inclusive A1.2'],
  [null, 'out 2 | partial inclusive A1.2'],
  [Number.NaN, 'out 2 | partial inclusive A1.2'],
  ['25.5', 'out 2 | rejected inclusive A1.2 | flags rejected:input'],
  [25.5, 'out 2 | rejected inclusive A1.2 | flags rejected:input'],
  [-3n, 'out 2 | rejected inclusive A1.2 | flags rejected:input'],
  [true, 'out 2 | rejected inclusive A1.2 | flags rejected:input'],
  [Infinity, 'out 2 | rejected inclusive A1.2 | flags rejected:input'],
  [2n ** 60n, 'out 2 | rejected inclusive A1.2 | flags rejected:input'],
  [[25n], 'out 2 | rejected inclusive A1.2 | flags rejected:input'],
];

describe('OpenTelemetry GenAI', () => {
  test.each(CASES)('%s', (_id, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });

  test.each(ENCODINGS)('T01 T02 T03: an input of %p', (input, expected) => {
    const notes = [chat('openai', usage({ input_tokens: input, output_tokens: 2 }))];
    expect(describeTrace(notes)).toEqual([`model_call leaf(only_witness) | ${expected}`]);
  });

  test.each([['["stop"]'], [['stop']], ['stop']])('T04: finish reasons %p', (reasons) => {
    const [step] = readTrace([chat('openai', { 'gen_ai.response.finish_reasons': reasons })]);
    expect(step!.finishReasons).toEqual(['stop']);
  });

  test('T05: a huge index costs nothing', () => {
    const notes = [chat('openai', { 'gen_ai.prompt.999999999.content': 'x', ...usage({ input_tokens: 1 }) })];
    expect(describeTrace(notes)).toEqual(['model_call leaf(only_witness) | in 1 | partial inclusive A1.2']);
  });

  test.each([
    [{ 'openai.request.service_tier': 'priority', 'openai.response.service_tier': 'default' }, 'default'],
    [{ 'gen_ai.openai.request.service_tier': 'flex' }, 'flex'],
    [{ 'openai.request.service_tier': 'auto' }, null],
  ])('M07: the tier of %p', (attributes, tier) => {
    expect(readTrace([chat('openai', attributes)])[0]!.serviceTier).toBe(tier);
  });
});
