import { describe, expect, test } from '@jest/globals';
import type { Case } from '../testing/case.ts';
import { usage } from '../testing/case.ts';
import { describeTrace, readTrace } from '../testing/describe-step.ts';
import type { SpanNote } from '../testing/make-span.ts';

const strands = (
  operation: string,
  counts: Record<string, unknown>,
  more: Partial<SpanNote> = {},
): SpanNote => ({
  scope: 'strands.telemetry.tracer',
  ...more,
  attributes: {
    'gen_ai.system': 'strands-agents',
    'gen_ai.operation.name': operation,
    ...usage(counts),
    ...more.attributes,
  },
});

const framework = (provider: string): SpanNote => ({
  scope: 'agent_framework',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    ...usage({ input_tokens: 5000, output_tokens: 45, 'cache_read.input_tokens': 1000 }),
  },
});

const CASES: readonly Case[] = [
  [
    'F01',
    [
      {
        name: 'call_llm',
        scope: 'gcp.vertex.agent',
        attributes: {
          'gen_ai.system': 'gcp.vertex.agent',
          'gen_ai.request.model': 'gemini-2.5-flash',
          ...usage({ input_tokens: 100, output_tokens: 3 }),
          'gcp.vertex.agent.llm_response': JSON.stringify({
            content: { role: 'model' },
            usage_metadata: {
              prompt_token_count: 100,
              cached_content_token_count: 40,
              candidates_token_count: 3,
              thoughts_token_count: 57,
              total_token_count: 160,
            },
          }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 60, cr 40, out 3, rs 57 | reported inclusive A1.1:gemini | flags provider_from_model',
    ],
  ],
  [
    'F03',
    [
      {
        name: 'generate_content gemini-2.5-flash',
        scope: 'gcp.vertex.agent',
        attributes: {
          'gen_ai.operation.name': 'generate_content',
          ...usage({
            input_tokens: 100,
            output_tokens: 60,
            'reasoning.output_tokens': 57,
            'cache_read.input_tokens': 40,
          }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 60, cr 40, out 3, rs 57 | reported inclusive A1.6:google-adk'],
  ],
  [
    'ADK 1.27: thoughts beside the candidates',
    [
      {
        name: 'call_llm',
        scope: 'gcp.vertex.agent',
        attributes: usage({ input_tokens: 100, output_tokens: 60, 'experimental.reasoning_tokens': 57 }),
      },
    ],
    ['model_call leaf(only_witness) | in 100, out 60, rs 57 | reported inclusive A1.2'],
  ],
  [
    'ADK: a call made by a tool of the call is another call',
    [
      {
        id: '1',
        name: 'call_llm',
        scope: 'gcp.vertex.agent',
        attributes: usage({ input_tokens: 100, output_tokens: 3 }),
      },
      {
        id: '2',
        parent: '1',
        at: [1, 8],
        name: 'execute_tool ask',
        scope: 'gcp.vertex.agent',
        attributes: { 'gen_ai.operation.name': 'execute_tool' },
      },
      {
        id: '3',
        parent: '2',
        at: [2, 7],
        name: 'call_llm',
        scope: 'gcp.vertex.agent',
        attributes: usage({ input_tokens: 50, output_tokens: 5 }),
      },
    ],
    [
      'model_call leaf(only_witness) | in 100, out 3 | reported inclusive A1.2 | flags reasoning_missing',
      'tool_call none(not_billable) | ∅ | missing',
      'model_call leaf(only_witness) | in 50, out 5 | reported inclusive A1.2 | flags reasoning_missing',
    ],
  ],
  [
    'F05',
    [
      strands('chat', {
        input_tokens: 1200,
        prompt_tokens: 1200,
        output_tokens: 100,
        completion_tokens: 100,
        total_tokens: 1300,
        cache_read_input_tokens: 1024,
      }),
    ],
    ['model_call leaf(only_witness) | in 176, cr 1024, out 100 | reported inclusive A1.5'],
  ],
  [
    'Strands on Bedrock: the total shows the cache beside the input',
    [
      strands('chat', {
        input_tokens: 1200,
        output_tokens: 100,
        total_tokens: 2324,
        cache_read_input_tokens: 1024,
      }),
    ],
    ['model_call leaf(only_witness) | in 1200, cr 1024, out 100 | reported exclusive A1.4'],
  ],
  [
    'F06',
    [
      strands('invoke_agent', { input_tokens: 300, output_tokens: 30, total_tokens: 330 }, { id: '1' }),
      strands('execute_event_loop_cycle', {}, { id: '2', parent: '1', at: [1, 9] }),
      strands(
        'chat',
        { input_tokens: 200, output_tokens: 20, total_tokens: 220 },
        { id: '3', parent: '2', at: [2, 8] },
      ),
    ],
    [
      'agent container(total_of_leaves) | in 300, out 30 | reported inclusive A1.2',
      'agent container(no_totals) | ∅ | missing',
      'model_call leaf(only_witness) | in 200, out 20 | reported inclusive A1.2',
    ],
  ],
  [
    'F06 without chats: of a running total only what it gained',
    [
      strands('invoke_agent', { input_tokens: 100, output_tokens: 10 }, { id: '1', at: [0, 5] }),
      strands('invoke_agent', { input_tokens: 300, output_tokens: 30 }, { id: '2', at: [6, 9] }),
    ],
    [
      'agent leaf(sole_carrier) | in 100, out 10 | reported inclusive A1.2 | flags running_total_unplaced',
      'agent leaf(sole_carrier_increase) | in 200, out 20 | reported inclusive A1.2 | flags running_total_unplaced',
    ],
  ],
  [
    'F07',
    [framework('anthropic')],
    [
      'model_call leaf(only_witness) | in 5000, cr 1000, out 45 | reported exclusive A1.6:agent-framework:anthropic',
    ],
  ],
  [
    'F08',
    [framework('openai')],
    [
      'model_call leaf(only_witness) | in 4000, cr 1000, out 45 | reported inclusive A1.6:agent-framework:openai',
    ],
  ],
  [
    'F10',
    [
      {
        id: '1',
        scope: 'opentelemetry.instrumentation.openai_agents',
        attributes: { 'traceloop.span.kind': 'agent', ...usage({ input_tokens: 100, output_tokens: 10 }) },
      },
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        scope: 'opentelemetry.instrumentation.openai_agents',
        attributes: { 'gen_ai.operation.name': 'chat', ...usage({ input_tokens: 100, output_tokens: 10 }) },
      },
    ],
    [
      'agent container(total_of_leaves) | in 100, out 10 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 100, out 10 | reported inclusive A1.2',
    ],
  ],
  [
    'F13',
    [
      strands(
        'chat',
        { input_tokens: 19, output_tokens: 45, total_tokens: 64 },
        { attributes: { 'gen_ai.request.model': 'claude-sonnet-4-5' } },
      ),
    ],
    [
      'model_call leaf(only_witness) | in 19, out 45 | reported inclusive A1.2 | flags cache_invisible provider_from_model',
    ],
  ],
  [
    'F14',
    [strands('chat', { input_tokens: 1200, output_tokens: 500, total_tokens: 1700 })],
    ['model_call leaf(only_witness) | in 1200, out 500 | reported inclusive A1.2'],
  ],
];

describe('Agent frameworks', () => {
  test.each(CASES)('%s', (_id, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });

  test('F09: AutoGen names the agent, the provider SDK the usage', () => {
    const notes: readonly SpanNote[] = [
      {
        id: '1',
        attributes: {
          'gen_ai.system': 'autogen',
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'planner',
          'gen_ai.conversation.id': 'c1',
        },
      },
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        scope: 'opentelemetry.instrumentation.openai_v2',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'openai',
          ...usage({ input_tokens: 80, output_tokens: 8 }),
        },
      },
    ];
    expect(describeTrace(notes)).toEqual([
      'agent container(no_totals) | ∅ | missing',
      'model_call leaf(only_witness) | in 80, out 8 | reported inclusive A1.2',
    ]);
    const [agent, call] = readTrace(notes);
    expect([agent!.provider, call!.provider, call!.agentName, call!.conversationId]).toEqual([
      null,
      'openai',
      'planner',
      'c1',
    ]);
  });
});
