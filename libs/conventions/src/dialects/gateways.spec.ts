import { describe, expect, test } from '@jest/globals';
import type { Case } from '../testing/case.ts';
import { usage } from '../testing/case.ts';
import { describeTrace, readTrace } from '../testing/describe-step.ts';
import type { SpanNote } from '../testing/make-span.ts';

const proxy = (attributes: Record<string, unknown>, more: Partial<SpanNote> = {}): SpanNote => ({
  name: 'Received Proxy Server Request',
  scope: 'litellm',
  service: 'litellm-proxy',
  ...more,
  attributes: {
    'llm.request.type': 'acompletion',
    'gen_ai.operation.name': 'chat',
    'gen_ai.system': 'openai',
    'metadata.user_api_key_alias': 'team-a',
    ...attributes,
  },
});

const claude = (attributes: Record<string, unknown>, name = 'anthropic.messages.create'): SpanNote => ({
  name,
  scope: 'com.anthropic.sdk.typescript',
  attributes: { 'gen_ai.operation.name': 'chat', ...attributes },
});

const A01 = {
  ...usage({
    input_tokens: 18495,
    'cache_write.input_tokens': 2089,
    'cache_read.input_tokens': 16399,
    output_tokens: 445,
    'reasoning.output_tokens': 100,
  }),
  'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 2000,
  'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 89,
  'anthropic.response.service_tier': 'priority',
};
const A01_USAGE = 'in 7, cr 16399, cw5 2000, cw1h 89, out 345, rs 100 | reported inclusive A1.6:claude-sdk';

const CASES: readonly Case[] = [
  [
    'G01',
    [
      proxy(
        { ...usage({ input_tokens: 36, output_tokens: 48 }), 'gen_ai.cost.total_cost': 0.0342 },
        { id: '1' },
      ),
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        name: 'raw_gen_ai_request',
        scope: 'litellm',
        service: 'litellm-proxy',
        attributes: { 'llm.openai.model': 'gpt-4o', 'llm.openai.usage': '{}' },
      },
    ],
    [
      'model_call leaf(only_witness) | in 36, out 48 | reported inclusive A1.2 | cost 0.0342 gateway | flags also:openllmetry',
      'other none(not_billable) | ∅ | missing',
    ],
  ],
  [
    'G02',
    [
      {
        id: '1',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'openai',
          'gen_ai.response.id': 'X',
          'session.id': 's1',
          ...usage({ input_tokens: 36, output_tokens: 48 }),
        },
      },
      proxy(
        {
          'gen_ai.response.id': 'X',
          'gen_ai.cost.total_cost': 0.0342,
          ...usage({ input_tokens: 36, output_tokens: 48 }),
        },
        { id: '2', at: [1, 9] },
      ),
    ],
    [
      'model_call leaf(billed_witness) | in 36, out 48 | reported inclusive A1.2 | cost 0.0342 gateway',
      'model_call mirror(same_response) | in 36, out 48 | reported inclusive A1.2 | cost 0.0342 gateway | flags also:openllmetry',
    ],
  ],
  [
    'G04',
    [proxy(usage({ input_tokens: '', output_tokens: '' }))],
    ['model_call leaf(usage_missing) | ∅ | missing | flags also:openllmetry'],
  ],
  [
    'G05',
    [proxy({ 'litellm.cost.total': 0.002, ...usage({ input_tokens: 10, output_tokens: 2 }) })],
    [
      'model_call leaf(only_witness) | in 10, out 2 | reported inclusive A1.2 | cost 0.002 gateway | flags also:openllmetry',
    ],
  ],
  [
    'G06',
    [
      proxy({
        ...usage({ input_tokens: 1350, output_tokens: 60 }),
        'metadata.usage_object':
          "{'prompt_tokens': 1350, 'completion_tokens': 60, 'cache_read_input_tokens': 1000, 'cache_creation_input_tokens': 300}",
      }),
    ],
    [
      'model_call leaf(only_witness) | in 50, cr 1000, cw 300, out 60 | reported inclusive A1.1:openai_chat | flags also:openllmetry',
    ],
  ],
  [
    'G06 as the text of an object',
    [
      proxy({
        'metadata.usage_object':
          'Usage(completion_tokens=60, prompt_tokens=1350, total_tokens=1410, completion_tokens_details=None, ' +
          'prompt_tokens_details=PromptTokensDetailsWrapper(audio_tokens=None, cached_tokens=1000), ' +
          'cache_creation_input_tokens=300, cache_read_input_tokens=1000)',
      }),
    ],
    [
      'model_call leaf(only_witness) | in 50, cr 1000, cw 300, out 60 | reported inclusive A1.1:openai_chat | flags also:openllmetry',
    ],
  ],
  [
    'G07',
    [
      {
        attributes: {
          'trace.metadata.openrouter.api_key_name': 'k',
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'anthropic/claude-sonnet-4.5',
          ...usage({
            input_tokens: 17903,
            'input_tokens.cached': 17817,
            output_tokens: 40,
            'output_tokens.reasoning': 20,
            total_cost: 0.0031,
          }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 86, cr 17817, out 20, rs 20 | reported inclusive A1.6:openrouter | cost 0.0031 gateway_actual',
    ],
  ],
  [
    'C01',
    [
      {
        name: 'claude_code.llm_request',
        scope: 'com.anthropic.claude_code.tracing',
        attributes: {
          'span.type': 'llm_request',
          model: 'claude-sonnet-4-5',
          input_tokens: 2,
          output_tokens: 1200,
          cache_read_tokens: 84562,
          cache_creation_tokens: 7096,
        },
      },
    ],
    ['model_call leaf(only_witness) | in 2, cr 84562, cw 7096, out 1200 | reported exclusive A1.3'],
  ],
  [
    'C04',
    [{ name: 'claude_code.tool.blocked_on_user', scope: 'com.anthropic.claude_code.tracing', at: [0, 42] }],
    ['human none(not_billable) | ∅ | missing'],
  ],
  [
    'C06',
    [
      {
        id: '1',
        name: 'session_task.turn',
        scope: 'codex_cli_rs',
        attributes: {
          model: 'gpt-5.6-codex',
          'codex.turn.token_usage.input_tokens': 300,
          'codex.turn.token_usage.output_tokens': 30,
        },
      },
      {
        id: '2',
        parent: '1',
        at: [1, 4],
        name: 'handle_responses',
        scope: 'codex_cli_rs',
        attributes: usage({ input_tokens: 100, output_tokens: 10 }),
      },
      {
        id: '3',
        parent: '1',
        at: [5, 9],
        name: 'handle_responses',
        scope: 'codex_cli_rs',
        attributes: usage({ input_tokens: 200, output_tokens: 20 }),
      },
    ],
    [
      'agent container(total_of_leaves) | in 300, out 30 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 100, out 10 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 200, out 20 | reported inclusive A1.2',
    ],
  ],
  [
    'C06 with the responses filtered out: the turn is the only carrier',
    [
      {
        name: 'session_task.turn',
        scope: 'codex_cli_rs',
        attributes: {
          'codex.turn.token_usage.input_tokens': 300,
          'codex.turn.token_usage.cached_input_tokens': 100,
          'codex.turn.token_usage.output_tokens': 30,
        },
      },
    ],
    ['agent leaf(sole_carrier) | in 200, cr 100, out 30 | reported inclusive A1.6:codex'],
  ],
  [
    'C08, the span alone: candidates without thoughts',
    [
      {
        service: 'gemini-cli',
        attributes: {
          'gen_ai.operation.name': 'llm_call',
          ...usage({ input_tokens: 100, output_tokens: 3 }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 100, out 3 | partial inclusive A1.2 | flags reasoning_missing'],
  ],
  ['A01', [claude(A01)], [`model_call leaf(only_witness) | ${A01_USAGE}`]],
  [
    'A02: both halves of one call, the API as the child of the SDK',
    [
      { ...claude({ ...A01, 'gen_ai.response.id': 'msg_01AbCdEfGhIjKlMnOp' }), id: '1' },
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        service: 'claude-platform',
        scope: 'com.anthropic.claude-platform',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.response.id': 'msg_01AbCdEfGhIjKlMnOp',
          ...A01,
        },
      },
    ],
    [
      `model_call mirror(nested_mirror) | ${A01_USAGE}`,
      `model_call leaf(billed_witness) | ${A01_USAGE.replace('claude-sdk', 'claude-platform')}`,
    ],
  ],
  [
    'A03',
    [
      claude({
        ...A01,
        'anthropic.usage.compaction.input_tokens': 5000,
        'anthropic.usage.compaction.output_tokens': 300,
      }),
    ],
    [`model_call leaf(only_witness) | ${A01_USAGE} | +compaction: in 5000, out 300`],
  ],
  [
    'A04',
    [claude({ 'anthropic.message.count_tokens.input_tokens': 900 }, 'anthropic.messages.count_tokens')],
    ['model_call none(count_tokens) | ∅ | missing'],
  ],
  [
    'A05',
    [
      claude(
        usage({
          input_tokens: 18495,
          'cache_write.input_tokens': 2089,
          'cache_read.input_tokens': 16399,
        }),
      ),
    ],
    ['model_call leaf(only_witness) | in 7, cr 16399, cw 2089 | partial inclusive A1.6:claude-sdk'],
  ],
];

describe('Gateways, coding agents, first-party telemetry', () => {
  test.each(CASES)('%s', (_id, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });

  test('G02: the session comes from the application', () => {
    const [app] = readTrace(CASES.find(([id]) => id === 'G02')![1]);
    expect([app!.role, app!.conversationId]).toEqual(['leaf', 's1']);
  });

  test('A01: the tier that was served', () => {
    expect(readTrace([claude(A01)])[0]!.serviceTier).toBe('priority');
  });

  test('C01: the provider of Claude Code', () => {
    const [step] = readTrace(CASES.find(([id]) => id === 'C01')![1]);
    expect([step!.provider, step!.modelRequest]).toEqual(['anthropic', 'claude-sonnet-4-5']);
  });

  test('C04: 42 seconds of a person', () => {
    const [step] = readTrace(CASES.find(([id]) => id === 'C04')![1]);
    expect(step!.endedAtNs - step!.startedAtNs).toBe(42_000_000_000n);
  });

  test.each([
    [
      'M03: who is called',
      {
        'gen_ai.provider.name': 'azure.ai.openai',
        'gen_ai.request.model': 'my-gpt4o-prod',
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
      },
      'azure.ai.openai',
      'my-gpt4o-prod',
      'gpt-4o-2024-08-06',
    ],
    [
      'M04: who is called',
      {
        'llm.request.type': 'acompletion',
        'metadata.user_api_key_alias': 'k',
        'gen_ai.request.model': 'azure/gpt-4o-2024-08-06',
        'gen_ai.response.model': 'smart',
      },
      'azure.ai.openai',
      'smart',
      'azure/gpt-4o-2024-08-06',
    ],
    [
      'M01: who is called',
      { 'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' },
      'aws.bedrock',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      null,
    ],
    [
      'D3',
      { 'gen_ai.system': 'openai', 'server.address': 'openrouter.ai', 'gen_ai.request.model': 'x-ai/grok-4' },
      'openrouter',
      'x-ai/grok-4',
      null,
    ],
  ])('%s: provider and models', (_id, attributes, provider, request, response) => {
    const [step] = readTrace([{ attributes }]);
    expect([step!.provider, step!.modelRequest, step!.modelResponse]).toEqual([provider, request, response]);
  });
});
