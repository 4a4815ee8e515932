import { describe, expect, test } from '@jest/globals';
import { arbitrate } from '../arbitrate.ts';
import { readStep } from '../read-step.ts';
import type { Case } from '../testing/case.ts';
import { usage } from '../testing/case.ts';
import { describeStep, describeTrace } from '../testing/describe-step.ts';
import type { SpanNote } from '../testing/make-span.ts';
import { makeSpan } from '../testing/make-span.ts';

/**
 * Spans as real instrumentations wrote them in November 2026 (test/interop/instrumentations), cut down to what matters.
 */
const ID = 'chatcmpl-o2SsuKZrF8g0FG65lpfWbxYktJ4n';
const MESSAGE_ID = 'msg_01TbxYrrZuQx3bmOBHqnMxTw';

const contrib = (attributes: Record<string, unknown> = {}, more: Partial<SpanNote> = {}): SpanNote => ({
  name: 'chat gpt-5.2',
  scope: 'opentelemetry.util.genai.handler',
  ...more,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5.2',
    'gen_ai.response.model': 'gpt-5.2-2025-12-11',
    'gen_ai.response.id': ID,
    ...usage({ input_tokens: 1815, output_tokens: 300 }),
    ...attributes,
  },
});

const openInference = (attributes: Record<string, unknown> = {}, more: Partial<SpanNote> = {}): SpanNote => ({
  name: 'ChatCompletion',
  scope: 'openinference.instrumentation.openai',
  ...more,
  attributes: {
    'openinference.span.kind': 'LLM',
    'llm.system': 'openai',
    'llm.model_name': 'gpt-5.2-2025-12-11',
    'output.value': `{"id":"${ID}","choices":[{"index":0,"message":{"content":"\\"id\\":\\"chatcmpl-aaaaaaaa\\""}}]}`,
    'llm.token_count.prompt': 1815,
    'llm.token_count.completion': 300,
    'llm.token_count.total': 2115,
    'llm.token_count.prompt_details.cache_read': 1024,
    'llm.token_count.completion_details.reasoning': 192,
    ...attributes,
  },
});

const claudeSdk = (counts: Record<string, unknown>, more: Partial<SpanNote> = {}): SpanNote => ({
  name: 'anthropic.messages.create',
  scope: 'com.anthropic.sdk.python',
  ...more,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.response.id': MESSAGE_ID,
    ...usage(counts),
  },
});

const llmetryAnthropic = (more: Partial<SpanNote> = {}): SpanNote => ({
  name: 'anthropic.chat',
  scope: 'opentelemetry.instrumentation.anthropic',
  ...more,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.response.id': MESSAGE_ID,
    'gen_ai.is_streaming': true,
    // The stream began with 1 token of output and ended with 17.
    ...usage({ input_tokens: 61, output_tokens: 18, total_tokens: 79 }),
    ...more.attributes,
  },
});

const raw = (id: string, cached: number, at: [number, number]): SpanNote => ({
  id,
  parent: '1',
  at,
  name: 'raw_gen_ai_request',
  scope: 'litellm',
  attributes: {
    'llm.anthropic.id': `${MESSAGE_ID}${id}`,
    'llm.anthropic.model': 'claude-sonnet-4-5-20250929',
    'llm.anthropic.usage': `{'input_tokens': 7, 'cache_read_input_tokens': ${cached}, 'cache_creation': {'ephemeral_5m_input_tokens': 2000, 'ephemeral_1h_input_tokens': 89}, 'output_tokens': 45}`,
  },
});

const CASES: readonly Case[] = [
  [
    'OpenTelemetry openai-v2: what came from the cache is charged as input, and said to be',
    [contrib()],
    ['model_call leaf(only_witness) | in 1815, out 300 | reported inclusive A1.2 | flags cache_invisible'],
  ],
  [
    'OpenTelemetry openai-v2: a prompt too short for the cache leaves no doubt',
    [contrib(usage({ input_tokens: 1023 }))],
    ['model_call leaf(only_witness) | in 1023, out 300 | reported inclusive A1.2'],
  ],
  [
    'OpenTelemetry openai-v2 is not OpenLLMetry, whose scopes begin alike',
    [
      {
        scope: 'opentelemetry.instrumentation.openai_v2',
        attributes: {
          'gen_ai.operation.name': 'embeddings',
          'gen_ai.provider.name': 'openai',
          ...usage({ input_tokens: 13 }),
        },
      },
    ],
    ['embedding leaf(only_witness) | in 13 | reported inclusive A1.2'],
  ],
  [
    'an OpenInference span inside one of OpenTelemetry: the finer counts, no doubt left',
    [contrib({}, { id: '1', at: [0, 9] }), openInference({}, { id: '2', parent: '1', at: [1, 8] })],
    [
      'model_call mirror(nested_mirror) | in 1815, out 300 | reported inclusive A1.2 | flags cache_invisible',
      'model_call leaf(billed_witness) | in 791, cr 1024, out 108, rs 192 | reported inclusive A1.5',
    ],
  ],
  [
    'OpenTelemetry inside OpenInference: the same',
    [openInference({}, { id: '1', at: [0, 9] }), contrib({}, { id: '2', parent: '1', at: [1, 8] })],
    [
      'model_call mirror(nested_mirror) | in 791, cr 1024, out 108, rs 192 | reported inclusive A1.5',
      'model_call leaf(billed_witness) | in 791, cr 1024, out 108, rs 192 | reported inclusive A1.5',
    ],
  ],
  [
    'OpenLLMetry counts the first token of an Anthropic stream twice',
    [llmetryAnthropic()],
    ['model_call leaf(only_witness) | in 61, out 18 | reported inclusive A1.2 | flags stream_start_counted'],
  ],
  [
    'any other witness of the stream is believed before it, whichever is inside',
    [
      openInference(
        {
          'llm.provider': 'anthropic',
          'llm.finish_reason': 'end_turn',
          'output.value': `{"id":"${MESSAGE_ID}"}`,
          'llm.token_count.prompt': 61,
          'llm.token_count.completion': 17,
          'llm.token_count.total': 78,
          'llm.token_count.prompt_details.cache_read': 0,
          'llm.token_count.completion_details.reasoning': 0,
        },
        { id: '1', at: [0, 9] },
      ),
      llmetryAnthropic({ id: '2', parent: '1', at: [1, 8] }),
    ],
    [
      'model_call mirror(nested_mirror) | in 61, out 17 | reported inclusive A1.2',
      'model_call leaf(billed_witness) | in 61, out 17 | reported inclusive A1.2 | flags witnesses_disagree',
    ],
  ],
  [
    'a stream of Anthropic that was left: what OpenInference takes for its output stood at its start',
    [
      openInference({
        'llm.system': 'anthropic',
        'llm.invocation_parameters': '{"max_tokens": 512, "stream": true}',
        'llm.token_count.prompt': 18495,
        'llm.token_count.completion': 1,
        'llm.token_count.total': 18496,
        'llm.token_count.prompt_details.cache_read': 16399,
        'llm.token_count.prompt_details.cache_write': 2089,
        'llm.token_count.completion_details.reasoning': 0,
      }),
    ],
    ['model_call leaf(only_witness) | in 7, cr 16399, cw 2089 | partial inclusive A1.6:openinference:openai'],
  ],
  [
    'LiteLLM writes onto the span of the agent, each call over the one before: the dumps are the calls',
    [
      {
        id: '1',
        at: [0, 20],
        name: 'invoke_agent refund_desk',
        scope: 'refund_desk',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'llm.request.type': 'completion',
          'metadata.user_api_key_alias': '',
          hidden_params: '{}',
          ...usage({ input_tokens: 2196, output_tokens: 45, total_tokens: 2241 }),
        },
      },
      raw('2', 100, [1, 5]),
      raw('3', 0, [6, 9]),
    ],
    [
      'model_call container(nested_total) | in 2196, out 45 | reported inclusive A1.2 | flags also:openllmetry overwritten_span',
      'model_call leaf(only_witness) | in 7, cr 100, cw5 2000, cw1h 89, out 45 | reported exclusive A1.1:anthropic',
      'model_call leaf(only_witness) | in 7, cw5 2000, cw1h 89, out 45 | reported exclusive A1.1:anthropic',
    ],
  ],
  [
    'AI SDK 5 tells the cached part of what OpenAI read in streams only',
    [
      {
        scope: 'ai',
        name: 'ai.generateText.doGenerate',
        attributes: {
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.model.provider': 'openai.chat',
          'ai.usage.promptTokens': 1815,
          'ai.usage.completionTokens': 300,
        },
      },
    ],
    ['model_call leaf(only_witness) | in 1815, out 300 | reported inclusive A1.2 | flags cache_invisible'],
  ],
];

/** The steps of several traces, each arbitrated with the candidates of all. */
function describeTraces(...traces: readonly SpanNote[][]): string[] {
  const drafts = traces.map((notes, index) =>
    notes.map((note) => readStep(makeSpan({ trace: String(index + 1), ...note }))),
  );
  const others = drafts.flatMap((trace) => arbitrate(trace, []).candidates);
  return drafts.flatMap((trace) => arbitrate(trace, others).steps.map(describeStep));
}

describe('Real instrumentations', () => {
  test.each(CASES)('%s', (_name, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });

  test('two instrumentations, each in a trace of its own: one call by the id in the answer', () => {
    expect(describeTraces([contrib()], [openInference()])).toEqual([
      'model_call mirror(same_response) | in 1815, out 300 | reported inclusive A1.2 | flags cache_invisible',
      'model_call leaf(billed_witness) | in 791, cr 1024, out 108, rs 192 | reported inclusive A1.5',
    ]);
  });

  test('LangChain keeps the id of the answer deep inside of its own', () => {
    const answer = `{"generations": [[{"message": {"id": "lc_run--1", "response_metadata": {"id": "${ID}"}}}]], "llm_output": {"id": "${ID}"}}`;
    const langChain = openInference(
      { 'output.value': answer },
      { scope: 'openinference.instrumentation.langchain' },
    );
    expect(describeTraces([langChain], [contrib()]).map((line) => line.split(' |')[0])).toEqual([
      'model_call leaf(billed_witness)',
      'model_call mirror(same_response)',
    ]);
  });

  test('an answer that holds several is none', () => {
    const answers = `[{"id": "${ID}"}, {"id": "${ID}2"}]`;
    expect(readStep(makeSpan(openInference({ 'output.value': answers }))).responseId).toBeNull();
  });

  test.each([
    [
      'inside',
      [
        contrib({ 'openai.response.service_tier': 'priority' }, { id: '1', at: [0, 9] }),
        openInference({}, { id: '2', parent: '1', at: [1, 8] }),
      ],
    ],
    [
      'around',
      [
        openInference({}, { id: '1', at: [0, 9] }),
        contrib({ 'openai.response.service_tier': 'priority' }, { id: '2', parent: '1', at: [1, 8] }),
      ],
    ],
  ])('the tier that only the span %s tells is the call’s', (_where, notes) => {
    const { steps } = arbitrate(
      notes.map((note) => readStep(makeSpan(note))),
      [],
    );
    expect(steps.filter(({ role }) => role === 'leaf').map(({ serviceTier }) => serviceTier)).toEqual([
      'priority',
    ]);
  });

  test('compaction that only the mirror tells is charged, also from another trace', () => {
    const compaction = {
      'anthropic.usage.compaction.input_tokens': 5000,
      'anthropic.usage.compaction.output_tokens': 300,
    };
    const sdk = claudeSdk({ input_tokens: 61, output_tokens: 17 });
    const told = { ...sdk, attributes: { ...sdk.attributes, ...compaction } };
    const finer = openInference({
      'llm.system': 'anthropic',
      'llm.finish_reason': 'end_turn',
      'output.value': `{"id":"${MESSAGE_ID}"}`,
      'llm.token_count.prompt': 61,
      'llm.token_count.completion': 17,
      'llm.token_count.total': 78,
      'llm.token_count.prompt_details.cache_read': 0,
      'llm.token_count.completion_details.reasoning': 5,
    });
    expect(describeTraces([told], [finer])).toEqual([
      'model_call mirror(same_response) | in 61, out 17 | reported inclusive A1.2 | +compaction: in 5000, out 300',
      'model_call leaf(billed_witness) | in 61, out 12, rs 5 | reported inclusive A1.2 | +compaction: in 5000, out 300',
    ]);
  });
});
