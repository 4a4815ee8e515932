import { describe, expect, test } from '@jest/globals';
import type { Case } from '../testing/case.ts';
import { describeTrace, readTrace } from '../testing/describe-step.ts';
import type { SpanNote } from '../testing/make-span.ts';

const span = (
  kind: string,
  scope: string,
  counts: Record<string, unknown>,
  more: Partial<SpanNote> = {},
): SpanNote => ({
  ...more,
  scope: `openinference.instrumentation.${scope}`,
  attributes: {
    'openinference.span.kind': kind,
    ...Object.fromEntries(Object.entries(counts).map(([key, count]) => [`llm.token_count.${key}`, count])),
    ...more.attributes,
  },
});

const CASES: readonly Case[] = [
  [
    'O01',
    [
      span('LLM', 'anthropic', {
        prompt: 1350,
        completion: 60,
        'prompt_details.cache_read': 1000,
        'prompt_details.cache_write': 300,
        total: 1410,
      }),
    ],
    ['model_call leaf(only_witness) | in 50, cr 1000, cw 300, out 60 | reported inclusive A1.5'],
  ],
  [
    'O02',
    [
      span('LLM', 'bedrock', {
        prompt: 3,
        completion: 442,
        total: 8712,
        'prompt_details.cache_read': 7917,
        'prompt_details.cache_write': 350,
      }),
    ],
    ['model_call leaf(only_witness) | in 3, cr 7917, cw 350, out 442 | reported exclusive A1.3'],
  ],
  [
    'O04',
    [
      span(
        'AGENT',
        'claude_agent_sdk',
        {
          prompt: 19,
          completion: 410,
          total: 429,
          'prompt_details.cache_read': 39000,
          'prompt_details.cache_write': 500,
        },
        { attributes: { 'llm.cost.total': 0.0213 } },
      ),
    ],
    [
      'agent leaf(sole_carrier) | in 19, cr 39000, cw 500, out 410 | reported exclusive A1.3 | cost 0.0213 client_estimate',
    ],
  ],
  [
    'O06',
    [
      span('LLM', 'google_genai', {
        prompt: 19,
        completion: 60,
        'completion_details.reasoning': 57,
        total: 79,
      }),
    ],
    ['model_call leaf(only_witness) | in 19, out 3, rs 57 | reported inclusive A1.2'],
  ],
  [
    'O08',
    [
      span('CHAIN', 'crewai', { total: 5000 }, { id: '1' }),
      span('LLM', 'crewai', { prompt: 2500, completion: 500 }, { id: '2', parent: '1', at: [1, 4] }),
      span('LLM', 'crewai', { prompt: 1800, completion: 200 }, { id: '3', parent: '1', at: [5, 8] }),
    ],
    [
      'workflow container(no_totals) | ∅ | missing | flags total_only',
      'model_call leaf(only_witness) | in 2500, out 500 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 1800, out 200 | reported inclusive A1.2',
    ],
  ],
  [
    'O09',
    [
      span('AGENT', 'smolagents', { prompt: 900, completion: 90 }, { id: '1' }),
      span('LLM', 'smolagents', { prompt: 400, completion: 40 }, { id: '2', parent: '1', at: [1, 4] }),
      span('LLM', 'smolagents', { prompt: 500, completion: 50 }, { id: '3', parent: '1', at: [5, 8] }),
    ],
    [
      'agent container(total_of_leaves) | in 900, out 90 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 400, out 40 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 500, out 50 | reported inclusive A1.2',
    ],
  ],
  [
    'O10',
    [span('EMBEDDING', 'openai', { prompt: 8 }, { attributes: { 'embedding.model_name': 'x' } })],
    ['embedding leaf(only_witness) | in 8 | reported inclusive A1.2'],
  ],
  [
    'O11',
    [span('RERANKER', 'cohere', {}, { attributes: { 'reranker.model_name': 'rerank-v3.5' } })],
    [
      'rerank leaf(only_witness) | search 1 | reported disjoint rerank_search_unit | flags provider_from_model',
    ],
  ],
  [
    'O12',
    [
      span(
        'LLM',
        'openai',
        { prompt: 100, completion: 10 },
        { attributes: { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10 } },
      ),
    ],
    ['model_call leaf(only_witness) | in 100, out 10 | reported inclusive A1.2'],
  ],
  [
    'O13',
    [
      span(
        'RETRIEVER',
        'langchain',
        {},
        {
          attributes: {
            'retrieval.documents.0.document.id': 'd1',
            'retrieval.documents.1.document.id': 'd2',
            'retrieval.documents.1.document.score': 0.5,
          },
        },
      ),
    ],
    ['retrieval none(not_billable) | ∅ | missing'],
  ],
  [
    'O14',
    [span('LLM', 'strands', { prompt: 4299, completion: 631, total: 58291 })],
    ['model_call leaf(only_witness) | in 4299, out 631 | rejected inclusive A1.2 | flags total_unexplained'],
  ],
];

describe('OpenInference', () => {
  test.each(CASES)('%s', (_id, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });

  test('O13: two documents, whatever their indices', () => {
    expect(readTrace(CASES.find(([id]) => id === 'O13')![1])[0]!.documentCount).toBe(2);
  });
});
