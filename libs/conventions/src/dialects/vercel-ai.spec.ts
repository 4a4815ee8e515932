import { describe, expect, test } from '@jest/globals';
import type { Case } from '../testing/case.ts';
import { usage } from '../testing/case.ts';
import { describeTrace } from '../testing/describe-step.ts';
import type { SpanNote } from '../testing/make-span.ts';

const span = (
  operation: string,
  provider: string,
  counts: Record<string, unknown>,
  more: Partial<SpanNote> = {},
): SpanNote => ({
  scope: 'ai',
  ...more,
  attributes: {
    'ai.operationId': operation,
    'operation.name': `${operation} my-function`,
    'ai.model.provider': provider,
    ...Object.fromEntries(Object.entries(counts).map(([key, count]) => [`ai.usage.${key}`, count])),
    ...more.attributes,
  },
});

const CASES: readonly Case[] = [
  [
    'V02',
    [
      span(
        'ai.streamText.doStream',
        'anthropic.messages',
        { inputTokens: 7, outputTokens: 445, totalTokens: 452, cachedInputTokens: 16399 },
        {
          attributes: {
            'ai.response.providerMetadata': JSON.stringify({
              anthropic: {
                usage: {
                  cache_creation: { ephemeral_5m_input_tokens: 2089, ephemeral_1h_input_tokens: 0 },
                  cache_creation_input_tokens: 2089,
                },
              },
            }),
          },
        },
      ),
    ],
    ['model_call leaf(only_witness) | in 7, cr 16399, cw5 2089, out 445 | reported exclusive A1.3'],
  ],
  [
    'V03',
    [
      span('ai.generateText.doGenerate', 'openai.chat', {
        inputTokens: 1815,
        cachedInputTokens: 1024,
        outputTokens: 300,
        reasoningTokens: 200,
      }),
    ],
    [
      'model_call leaf(only_witness) | in 791, cr 1024, out 100, rs 200 | reported inclusive A1.6:vercel-ai:v5:openai',
    ],
  ],
  [
    'V04',
    [
      span('ai.generateText.doGenerate', 'google.generative-ai', {
        inputTokens: 19,
        outputTokens: 3,
        reasoningTokens: 57,
        totalTokens: 79,
      }),
    ],
    ['model_call leaf(only_witness) | in 19, out 3, rs 57 | reported inclusive A1.2'],
  ],
  [
    'V05',
    [
      span('ai.generateText.doGenerate', 'anthropic.messages', {
        inputTokens: 18495,
        outputTokens: 445,
        totalTokens: 18940,
        'inputTokenDetails.noCacheTokens': 7,
        'inputTokenDetails.cacheReadTokens': 16399,
        'inputTokenDetails.cacheWriteTokens': 2089,
      }),
    ],
    [
      'model_call leaf(only_witness) | in 7, cr 16399, cw 2089, out 445 | reported inclusive A1.6:vercel-ai:v6:anthropic',
    ],
  ],
  [
    'V06',
    [
      span('ai.streamText', 'openai.chat', { inputTokens: 30, outputTokens: 3 }, { id: '1' }),
      span(
        'ai.streamText.doStream',
        'openai.chat',
        { inputTokens: 10, outputTokens: 1 },
        { id: '2', parent: '1', at: [1, 4] },
      ),
      span(
        'ai.streamText.doStream',
        'openai.chat',
        { inputTokens: 20, outputTokens: 2 },
        { id: '3', parent: '1', at: [5, 9] },
      ),
    ],
    [
      'agent container(total_of_leaves) | in 30, out 3 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 10, out 1 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 20, out 2 | reported inclusive A1.2',
    ],
  ],
  [
    'V08',
    [
      {
        scope: 'gen_ai',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          ...usage({ input_tokens: 18495, 'cache_read.input_tokens': 16399, output_tokens: 445 }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 2096, cr 16399, out 445 | reported inclusive A1.6:vercel-ai:v7 | flags cache_write_unknown',
    ],
  ],
  [
    'V10',
    [
      span('ai.embed', 'openai.embedding', { tokens: 9 }, { id: '1' }),
      span('ai.embed.doEmbed', 'openai.embedding', { tokens: 9 }, { id: '2', parent: '1', at: [1, 4] }),
    ],
    [
      'workflow container(total_of_leaves) | in 9 | partial inclusive A1.2',
      'embedding leaf(only_witness) | in 9 | reported inclusive A1.2',
    ],
  ],
  [
    'v5 Anthropic with an ordinary hit, proved by the raw usage',
    [
      span(
        'ai.generateText.doGenerate',
        'anthropic.messages',
        { inputTokens: 5000, outputTokens: 45, totalTokens: 5045, cachedInputTokens: 1000 },
        {
          attributes: {
            'ai.response.providerMetadata': JSON.stringify({
              anthropic: {
                usage: {
                  input_tokens: 5000,
                  cache_read_input_tokens: 1000,
                  service_tier: 'standard',
                  iterations: [
                    { type: 'message', input_tokens: 5000, output_tokens: 45 },
                    {
                      type: 'advisor_message',
                      model: 'claude-opus-4-5',
                      input_tokens: 300,
                      output_tokens: 20,
                    },
                  ],
                },
              },
            }),
          },
        },
      ),
    ],
    [
      'model_call leaf(only_witness) | in 5000, cr 1000, out 45 | reported exclusive A1.6:vercel-ai:raw-usage | +advisor claude-opus-4-5: in 300, out 20',
    ],
  ],
  [
    'v7: an agent over steps and chats',
    [
      {
        id: '1',
        scope: 'gen_ai',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'support',
          ...usage({ input_tokens: 30, output_tokens: 3 }),
        },
      },
      {
        id: '2',
        parent: '1',
        at: [1, 9],
        scope: 'gen_ai',
        attributes: { 'gen_ai.operation.name': 'agent_step' },
      },
      {
        id: '3',
        parent: '2',
        at: [2, 8],
        scope: 'gen_ai',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          ...usage({ input_tokens: 30, output_tokens: 3 }),
        },
      },
    ],
    [
      'agent container(total_of_leaves) | in 30, out 3 | reported inclusive A1.2',
      'agent container(no_totals) | ∅ | missing',
      'model_call leaf(only_witness) | in 30, out 3 | reported inclusive A1.2',
    ],
  ],
];

describe('Vercel AI SDK', () => {
  test.each(CASES)('%s', (_id, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });
});
