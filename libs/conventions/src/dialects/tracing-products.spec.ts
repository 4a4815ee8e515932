import { describe, expect, test } from '@jest/globals';
import type { Case } from '../testing/case.ts';
import { usage } from '../testing/case.ts';
import { describeTrace } from '../testing/describe-step.ts';

const langfuse = (attributes: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [`langfuse.observation.${key}`, value]),
  );

const CASES: readonly Case[] = [
  [
    'P04',
    [
      {
        scope: 'langfuse-sdk',
        attributes: langfuse({
          type: 'span',
          'model.name': 'gpt-4o',
          usage_details: '{"input": 60, "output": 15, "total": 75}',
        }),
      },
    ],
    [
      'model_call leaf(only_witness) | in 60, out 15 | reported disjoint A1.1:langfuse | flags provider_from_model',
    ],
  ],
  [
    'P05',
    [
      {
        scope: 'langfuse-sdk',
        attributes: langfuse({
          type: 'generation',
          'model.name': 'gpt-4o',
          usage_details:
            '{"input":60,"input_cached_tokens":40,"output":15,"output_reasoning_tokens":5,"total":120}',
          cost_details: '{"total":0.012}',
        }),
      },
    ],
    [
      'model_call leaf(only_witness) | in 60, out 15, cr 40, rs 5 | reported disjoint A1.1:langfuse | cost 0.012 client_estimate | flags provider_from_model',
    ],
  ],
  [
    'Langfuse: a total that proves the details inside',
    [
      {
        scope: 'langfuse-sdk',
        attributes: langfuse({
          type: 'generation',
          usage_details: '{"input":100,"input_cache_read":40,"output":15,"output_reasoning":5,"total":115}',
        }),
      },
    ],
    ['model_call leaf(only_witness) | in 60, out 10, cr 40, rs 5 | reported inclusive A1.1:langfuse'],
  ],
  [
    'Langfuse: an OpenAI body handed through',
    [
      {
        scope: 'langfuse-sdk',
        attributes: langfuse({
          type: 'generation',
          usage_details:
            '{"prompt_tokens":100,"completion_tokens":15,"total_tokens":115,"prompt_tokens_details":{"cached_tokens":40}}',
        }),
      },
    ],
    ['model_call leaf(only_witness) | in 60, cr 40, out 15 | reported inclusive A1.1:openai_chat'],
  ],
  [
    'P06',
    [
      {
        attributes: {
          'langsmith.span.kind': 'llm',
          'gen_ai.operation.name': 'chat',
          ...usage({
            input_tokens: 39019,
            output_tokens: 45,
            input_token_details: "{'cache_read': 38000, 'cache_creation': 1000}",
          }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 19, cr 38000, cw 1000, out 45 | reported inclusive A1.6:langsmith'],
  ],
  [
    'P07',
    [{ attributes: { 'langsmith.span.kind': 'retriever', 'gen_ai.operation.name': 'embeddings' } }],
    ['retrieval none(not_billable) | ∅ | missing'],
  ],
  [
    'P08',
    [
      {
        id: '1',
        attributes: { 'langsmith.span.kind': 'chain', ...usage({ input_tokens: 500, output_tokens: 50 }) },
      },
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        attributes: { 'langsmith.span.kind': 'llm', ...usage({ input_tokens: 500, output_tokens: 50 }) },
      },
    ],
    [
      'workflow container(total_of_leaves) | in 500, out 50 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 500, out 50 | reported inclusive A1.2',
    ],
  ],
  [
    'LangSmith JS: usage_metadata with cache writes by time to live',
    [
      {
        attributes: {
          'langsmith.span.kind': 'llm',
          'langsmith.usage_metadata': JSON.stringify({
            input_tokens: 1350,
            output_tokens: 60,
            total_tokens: 1410,
            input_token_details: { cache_read: 1000, ephemeral_5m_input_tokens: 300 },
          }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 50, cr 1000, cw5 300, out 60 | reported inclusive A1.1:langchain'],
  ],
  [
    'P10',
    [
      {
        scope: 'pydantic-ai',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'anthropic',
          'operation.cost': 0.0437,
          ...usage({
            input_tokens: 130213,
            'cache_read.input_tokens': 128955,
            'cache_creation.input_tokens': 1253,
            'details.cache_read_tokens': 128955,
            'details.cache_write_tokens': 1253,
            output_tokens: 42,
          }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 5, cr 128955, cw 1253, out 42 | reported inclusive A1.6:pydantic-ai | cost 0.0437 client_pricelist',
    ],
  ],
  [
    'P12',
    [
      {
        id: '1',
        name: 'agent run',
        scope: 'pydantic-ai',
        attributes: {
          agent_name: 'a',
          model_name: 'gpt-4o',
          ...usage({ input_tokens: 500, output_tokens: 50 }),
        },
      },
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        scope: 'pydantic-ai',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'openai',
          ...usage({ input_tokens: 500, output_tokens: 50 }),
        },
      },
    ],
    [
      'agent container(total_of_leaves) | in 500, out 50 | reported inclusive A1.2 | flags provider_from_model',
      'model_call leaf(only_witness) | in 500, out 50 | reported inclusive A1.2',
    ],
  ],
  [
    'P13',
    [
      {
        scope: 'logfire.anthropic',
        attributes: {
          'logfire.json_schema': '{}',
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'anthropic',
          ...usage({
            input_tokens: 19,
            output_tokens: 45,
            raw: '{"input_tokens": 19, "cache_read_input_tokens": 38000, "cache_creation_input_tokens": 1000}',
          }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 19, cr 38000, cw 1000, out 45 | reported exclusive A1.1:anthropic'],
  ],
  [
    'Sentry spellings',
    [
      {
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'openai',
          'gen_ai.cost.total_tokens': 0.002,
          ...usage({
            input_tokens: 300,
            'input_tokens.cached': 40,
            'input_tokens.cache_write': 60,
            output_tokens: 180,
            'output_tokens.reasoning': 50,
          }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 200, cr 40, cw 60, out 130, rs 50 | reported inclusive A1.6:provider:openai | cost 0.002 client_estimate',
    ],
  ],
  [
    'Laminar',
    [
      {
        attributes: {
          'lmnr.span.type': 'LLM',
          'gen_ai.system': 'anthropic',
          ...usage({
            input_tokens: 1400,
            cache_read_input_tokens: 1000,
            cache_creation_input_tokens: 300,
            'cache_creation.input_tokens.ephemeral_5m': 200,
            'cache_creation.input_tokens.ephemeral_1h': 100,
            output_tokens: 9,
            cost: '0.01',
          }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 100, cr 1000, cw5 200, cw1h 100, out 9 | reported inclusive A1.6:laminar | cost 0.01 client_estimate',
    ],
  ],
];

describe('Langfuse, LangSmith, Pydantic AI, Logfire, Sentry, Laminar', () => {
  test.each(CASES)('%s', (_id, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });
});
