import { describe, expect, test } from '@jest/globals';
import { arbitrate } from './arbitrate.ts';
import { readStep } from './read-step.ts';
import type { LeafCandidate } from './step-draft.ts';
import type { Case } from './testing/case.ts';
import { usage } from './testing/case.ts';
import { describeStep, describeTrace, readTrace } from './testing/describe-step.ts';
import type { SpanNote } from './testing/make-span.ts';
import { makeSpan } from './testing/make-span.ts';

/** A model call with OpenTelemetry GenAI names. */
const call = (id: string, counts: Record<string, unknown>, more: Partial<SpanNote> = {}): SpanNote => ({
  id,
  ...more,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    ...usage(counts),
    ...more.attributes,
  },
});
const agent = (id: string, counts: Record<string, unknown>, more: Partial<SpanNote> = {}): SpanNote =>
  call(id, counts, { ...more, attributes: { 'gen_ai.operation.name': 'invoke_agent', ...more.attributes } });
/** The same call as OpenInference writes it. */
const llm = (id: string, prompt: number, completion: number, more: Partial<SpanNote> = {}): SpanNote => ({
  id,
  scope: 'openinference.instrumentation.openai',
  ...more,
  attributes: {
    'openinference.span.kind': 'LLM',
    'llm.provider': 'openai',
    'llm.model_name': 'gpt-4o-2024-08-06',
    'llm.token_count.prompt': prompt,
    'llm.token_count.completion': completion,
    ...more.attributes,
  },
});
const response = (id: string): Partial<SpanNote> => ({ attributes: { 'gen_ai.response.id': id } });

const TEN = { input_tokens: 10, output_tokens: 1 };
const LEAF = 'model_call leaf(only_witness) | in 10, out 1 | reported inclusive A1.2';
const BILLED = 'model_call leaf(billed_witness) | in 10, out 1 | reported inclusive A1.2';

const CASES: readonly Case[] = [
  [
    'trap 2, inclusive: what was cached is part of the 12,000 of input, as in [T0.1]',
    [
      call('1', {
        input_tokens: 12_000,
        'cache_read.input_tokens': 8_000,
        'cache_creation.input_tokens': 2_000,
        output_tokens: 500,
      }),
    ],
    [
      'model_call leaf(only_witness) | in 2000, cr 8000, cw 2000, out 500 | reported inclusive A1.6:provider:openai',
    ],
  ],
  [
    'trap 2, exclusive: it stands beside the 2,000 of input, which cannot hold it',
    [
      call('1', {
        input_tokens: 2_000,
        'cache_read.input_tokens': 8_000,
        'cache_creation.input_tokens': 2_000,
        output_tokens: 500,
      }),
    ],
    [
      'model_call leaf(only_witness) | in 2000, cr 8000, cw 2000, out 500 | reported exclusive A1.3 | flags exclusive_against_dialect',
    ],
  ],
  [
    'nested calls of two dialects: the innermost is the call',
    [llm('1', 10, 1), call('2', TEN, { parent: '1', at: [1, 9] })],
    ['model_call mirror(nested_mirror) | in 10, out 1 | reported inclusive A1.2', BILLED],
  ],
  [
    'three layers around one call',
    [
      llm('1', 10, 1),
      llm('2', 10, 1, { parent: '1', at: [1, 9] }),
      call('3', TEN, { parent: '2', at: [2, 8] }),
    ],
    [
      'model_call mirror(nested_mirror) | in 10, out 1 | reported inclusive A1.2',
      'model_call mirror(nested_mirror) | in 10, out 1 | reported inclusive A1.2',
      BILLED,
    ],
  ],
  [
    'a call around two calls is a total of them',
    [
      llm('1', 20, 2),
      call('2', TEN, { parent: '1', at: [1, 4] }),
      call('3', TEN, { parent: '1', at: [5, 9] }),
    ],
    ['model_call container(nested_total) | in 20, out 2 | reported inclusive A1.2', LEAF, LEAF],
  ],
  [
    'a call with usage around one without',
    [llm('1', 10, 1), call('2', {}, { parent: '1', at: [1, 9] })],
    [BILLED, 'model_call mirror(nested_without_usage) | ∅ | missing'],
  ],
  [
    'two emitters side by side, no ids: the same model, time and usage',
    [call('1', TEN), llm('2', 10, 1, { at: [1, 9] })],
    [BILLED, 'model_call mirror(same_usage) | in 10, out 1 | reported inclusive A1.2'],
  ],
  ['equal calls of one emitter are calls', [call('1', TEN), call('2', TEN, { at: [1, 9] })], [LEAF, LEAF]],
  [
    'two emitters that do not overlap saw two calls',
    [call('1', TEN, { at: [0, 4] }), llm('2', 10, 1, { at: [5, 9] })],
    [LEAF, LEAF],
  ],
  [
    'two emitters with other response ids saw two calls',
    [
      call('1', TEN, response('chatcmpl-aaaaaaaaaaaaaaaa')),
      llm('2', 10, 1, { at: [1, 9], ...response('chatcmpl-bbbbbbbbbbbbbbbb') }),
    ],
    [LEAF, LEAF],
  ],
  [
    'an answer bought before',
    [
      call('1', TEN, { at: [0, 4], ...response('chatcmpl-aaaaaaaaaaaaaaaa') }),
      call('2', TEN, { at: [5, 9], ...response('chatcmpl-aaaaaaaaaaaaaaaa') }),
    ],
    [BILLED, 'model_call mirror(replay) | in 10, out 1 | reported inclusive A1.2'],
  ],
  [
    'a short id that came again later is another response',
    [
      call('1', TEN, { at: [0, 4], ...response('chatcmpl-842') }),
      call('2', TEN, { at: [5, 9], ...response('chatcmpl-842') }),
    ],
    [LEAF, LEAF],
  ],
  [
    'a short id seen by two emitters at the same time',
    [
      call('1', TEN, response('chatcmpl-842')),
      call('2', {}, { scope: 'x', at: [1, 9], ...response('chatcmpl-842') }),
    ],
    [BILLED, 'model_call mirror(same_response) | ∅ | missing'],
  ],
  [
    'an id that holds several calls is not a response',
    [
      call('1', { input_tokens: 25, output_tokens: 70 }, { at: [0, 4], ...response('run_aaaaaaaaaaaaaaaa') }),
      call(
        '2',
        { input_tokens: 631, output_tokens: 35 },
        { at: [5, 9], ...response('run_aaaaaaaaaaaaaaaa') },
      ),
    ],
    [
      'model_call leaf(only_witness) | in 25, out 70 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 631, out 35 | reported inclusive A1.2',
    ],
  ],
  [
    'a stream reported twice as it grew: the larger count is of the better witness',
    [
      call('1', { input_tokens: 10, output_tokens: 1 }, { at: [0, 9], ...response('msg_aaaaaaaaaaaaaaaa') }),
      call('2', { input_tokens: 10 }, { at: [0, 8], ...response('msg_aaaaaaaaaaaaaaaa') }),
    ],
    [BILLED, 'model_call mirror(same_response) | in 10 | partial inclusive A1.2'],
  ],
  [
    'the same span sent again with another start',
    [call('1', TEN, { at: [0, 9] }), call('1', TEN, { at: [1, 9] })],
    [LEAF, 'model_call mirror(start_changed) | in 10, out 1 | reported inclusive A1.2'],
  ],
  [
    'C6: a sampled trace bills no totals',
    [{ ...agent('1', TEN), attributes: { ...agent('1', TEN).attributes, 'sampling.probability': 0.1 } }],
    ['agent container(sampled) | in 10, out 1 | partial inclusive A1.2 | untraced in 10, out 1'],
  ],
  [
    'C6: so does a trace whose trace state says that others were dropped',
    [{ ...agent('1', TEN), traceState: 'vendor=x,ot=rv:6e6d1a75832a2f;th:c' }],
    ['agent container(sampled) | in 10, out 1 | partial inclusive A1.2 | untraced in 10, out 1'],
  ],
  [
    'C6: nor does it say that the calls that are left were all',
    [
      { ...agent('1', TEN), traceState: 'ot=th:8' },
      call('2', { input_tokens: 4, output_tokens: 1 }, { parent: '1', at: [1, 2] }),
    ],
    [
      'agent container(sampled) | in 10, out 1 | partial inclusive A1.2 | untraced in 6, out 0',
      'model_call leaf(only_witness) | in 4, out 1 | reported inclusive A1.2',
    ],
  ],
  [
    'C6: unless the totals are those of the calls that are left',
    [{ ...agent('1', TEN), traceState: 'ot=th:8' }, call('2', TEN, { parent: '1', at: [1, 2] })],
    [
      'agent container(total_of_leaves) | in 10, out 1 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 10, out 1 | reported inclusive A1.2',
    ],
  ],
  [
    'a threshold of zero, the random value alone and the threshold of another vendor drop nothing',
    [
      { ...agent('1', TEN), traceState: 'ot=th:0' },
      { ...agent('2', TEN, { at: [11, 12] }), traceState: 'ot=rv:6e6d1a75832a2f' },
      { ...agent('3', TEN, { at: [13, 14] }), traceState: 'vendor=th:c,other=ot' },
    ],
    [
      'agent leaf(sole_carrier) | in 10, out 1 | reported inclusive A1.2',
      'agent leaf(sole_carrier) | in 10, out 1 | reported inclusive A1.2',
      'agent leaf(sole_carrier) | in 10, out 1 | reported inclusive A1.2',
    ],
  ],
  [
    'a sampling probability of one has lost nothing',
    [{ ...agent('1', TEN), attributes: { ...agent('1', TEN).attributes, 'sampling.probability': 1 } }],
    ['agent leaf(sole_carrier) | in 10, out 1 | reported inclusive A1.2'],
  ],
  [
    'nested totals without calls: the innermost carry',
    [
      agent('1', { input_tokens: 30, output_tokens: 3 }),
      agent('2', TEN, { parent: '1', at: [1, 4] }),
      agent('3', TEN, { parent: '1', at: [5, 9] }),
    ],
    [
      'agent container(total_of_leaves) | in 30, out 3 | reported inclusive A1.2',
      'agent leaf(sole_carrier) | in 10, out 1 | reported inclusive A1.2',
      'agent leaf(sole_carrier) | in 10, out 1 | reported inclusive A1.2',
    ],
  ],
  [
    'calls without usage below a total that is billed; a failed one stays unknown',
    [
      agent('1', TEN),
      call('2', {}, { parent: '1', at: [1, 4] }),
      call('3', {}, { parent: '1', at: [5, 9], attributes: { 'error.type': '429' } }),
    ],
    [
      'agent leaf(sole_carrier) | in 10, out 1 | reported inclusive A1.2',
      'model_call mirror(counted_in_total) | ∅ | missing',
      'model_call leaf(call_failed) | ∅ | missing',
    ],
  ],
  [
    '[T0.3] what the total exceeds its calls by is reported, not charged',
    [
      agent('1', { input_tokens: 113, output_tokens: 11 }),
      call('2', { input_tokens: 56, output_tokens: 5 }, { parent: '1', at: [1, 4] }),
    ],
    [
      'agent container(total_of_leaves) | in 113, out 11 | reported inclusive A1.2 | untraced in 57, out 6',
      'model_call leaf(only_witness) | in 56, out 5 | reported inclusive A1.2',
    ],
  ],
  [
    'one span proves for its emitter that the cache stands beside the input',
    [
      call(
        '1',
        { input_tokens: 5000, output_tokens: 1, 'cache_read.input_tokens': 1000 },
        { at: [0, 4], attributes: { 'gen_ai.system': 'anthropic' } },
      ),
      call(
        '2',
        { input_tokens: 3, output_tokens: 1, 'cache_read.input_tokens': 1000 },
        { at: [5, 9], attributes: { 'gen_ai.system': 'anthropic' } },
      ),
    ],
    [
      'model_call leaf(only_witness) | in 5000, cr 1000, out 1 | reported exclusive A1.emitter',
      'model_call leaf(only_witness) | in 3, cr 1000, out 1 | reported exclusive A1.3',
    ],
  ],
  [
    'the finer count of the same call is billed',
    [
      call('1', { input_tokens: 100, output_tokens: 10 }, response('msg_aaaaaaaaaaaaaaaa')),
      {
        ...call(
          '2',
          { input_tokens: 100, output_tokens: 10, 'cache_read.input_tokens': 60 },
          { at: [1, 9], ...response('msg_aaaaaaaaaaaaaaaa') },
        ),
        scope: 'litellm',
        service: 'gateway',
      },
    ],
    [
      'model_call leaf(billed_witness) | in 40, cr 60, out 10 | reported inclusive A1.6:litellm',
      'model_call mirror(same_response) | in 40, cr 60, out 10 | reported inclusive A1.6:litellm',
    ],
  ],
  [
    'witnesses that disagree are flagged',
    [
      call('1', { input_tokens: 100, output_tokens: 10 }, response('msg_aaaaaaaaaaaaaaaa')),
      {
        ...call(
          '2',
          { input_tokens: 120, output_tokens: 10 },
          { at: [1, 9], ...response('msg_aaaaaaaaaaaaaaaa') },
        ),
        scope: 'litellm',
      },
    ],
    [
      'model_call leaf(billed_witness) | in 100, out 10 | reported inclusive A1.2 | flags witnesses_disagree',
      'model_call mirror(same_response) | in 120, out 10 | reported inclusive A1.2',
    ],
  ],
  [
    'B8: one tool call of two instrumentations, side by side with one call id',
    [
      {
        id: '1',
        scope: 'a',
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 't',
          'gen_ai.tool.call.id': 'call_1',
        },
      },
      {
        id: '2',
        scope: 'b',
        at: [1, 9],
        attributes: { 'openinference.span.kind': 'TOOL', 'tool.name': 't', 'tool.id': 'call_1' },
      },
    ],
    ['tool_call none(not_billable) | ∅ | missing', 'tool_call mirror(same_tool_call) | ∅ | missing'],
  ],
  [
    'a plain span between an agent and its call changes nothing',
    [
      agent('1', TEN, { attributes: { 'gen_ai.agent.name': 'a' } }),
      { id: '2', parent: '1', at: [1, 9], attributes: { 'http.request.method': 'POST' } },
      call('3', TEN, { parent: '2', at: [2, 8] }),
    ],
    [
      'agent container(total_of_leaves) | in 10, out 1 | reported inclusive A1.2',
      'other none(not_generative_ai) | ∅ | missing',
      LEAF,
    ],
  ],
  [
    'spans that are each other’s parents',
    [call('1', TEN, { parent: '2' }), agent('2', TEN, { parent: '1' })],
    [LEAF, 'agent container(total_of_leaves) | in 10, out 1 | reported inclusive A1.2'],
  ],
];

/** Arbitrates every trace with the candidates of all others, as traces that share keys do. */
function arbitrateAll(traces: readonly (readonly SpanNote[])[]): string[][] {
  const drafts = traces.map((notes) => notes.map((note) => readStep(makeSpan(note))));
  const candidates = drafts.map((trace) => arbitrate(trace, []).candidates);
  const others = candidates.flat();
  return drafts.map((trace) => arbitrate(trace, others).steps.map(describeStep));
}

describe('arbitrate', () => {
  test.each(CASES)('%s', (_what, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });

  test('the outer span gives the names, the inner one is billed', () => {
    const [outer, inner] = readTrace([
      llm('1', 10, 1, { attributes: { 'agent.name': 'planner', 'session.id': 's' } }),
      call('2', TEN, { parent: '1', at: [1, 9] }),
    ]);
    expect(outer!.mirrorOf).toEqual({ traceId: inner!.traceId, spanId: inner!.spanId });
    expect([inner!.agentName, inner!.conversationId]).toEqual(['planner', 's']);
  });

  test('the application is billed, with the usage of a gateway in another trace', () => {
    const id = response('chatcmpl-aaaaaaaaaaaaaaaa');
    const app = call('1', {}, { trace: 'b', ...id });
    const gateway = {
      ...call('2', TEN, { trace: 'a', ...id, service: 'gateway', scope: 'litellm' }),
    };
    expect(arbitrateAll([[app], [gateway]])).toEqual([
      ['model_call leaf(billed_witness) | in 10, out 1 | reported inclusive A1.2'],
      ['model_call mirror(same_response) | in 10, out 1 | reported inclusive A1.2'],
    ]);
  });

  test('three traces of which the outer two share no key with each other', () => {
    const first = call('1', TEN, {
      trace: 'a',
      attributes: { 'gen_ai.response.id': 'chatcmpl-aaaaaaaaaaaaaaaa' },
    });
    const middle = call('2', TEN, {
      trace: 'b',
      scope: 'x',
      attributes: { 'gen_ai.response.id': 'chatcmpl-aaaaaaaaaaaaaaaa', request_id: 'req_aaaaaaaaaaaaaaaa' },
    });
    const last = call('3', TEN, {
      trace: 'c',
      scope: 'y',
      attributes: { request_id: 'req_aaaaaaaaaaaaaaaa' },
    });
    expect(arbitrateAll([[first], [middle], [last]])).toEqual([
      [BILLED],
      ['model_call mirror(same_response) | in 10, out 1 | reported inclusive A1.2'],
      ['model_call mirror(same_request) | in 10, out 1 | reported inclusive A1.2'],
    ]);
  });

  test('a cache hit that says so is never the witness, whatever its ids', () => {
    const id = { 'gen_ai.response.id': 'chatcmpl-aaaaaaaaaaaaaaaa' };
    const hit: SpanNote = {
      ...call('1', TEN, { trace: 'a', attributes: { ...id, cache_hit: 'True' } }),
      scope: 'litellm',
    };
    const bought: SpanNote = { ...call('2', TEN, { trace: 'b', attributes: id }), scope: 'litellm' };
    expect(arbitrateAll([[hit], [bought]])).toEqual([
      ['model_call mirror(same_response) | in 10, out 1 | reported inclusive A1.2'],
      [BILLED],
    ]);
  });

  test('a candidate is plain JSON and survives it', () => {
    const notes = [call('1', TEN, response('chatcmpl-aaaaaaaaaaaaaaaa'))];
    const { candidates } = arbitrate(
      notes.map((note) => readStep(makeSpan(note))),
      [],
    );
    const copy: readonly LeafCandidate[] = JSON.parse(JSON.stringify(candidates));
    expect(copy).toEqual(candidates);
    expect(copy).toEqual([
      {
        traceId: 'a'.padStart(32, '0'),
        spanId: '1'.padStart(16, '0'),
        rank: 7,
        emitter: '["agent","","otel-gen-ai@1"]',
        keys: [{ kind: 'response', key: 'chatcmpl-aaaaaaaaaaaaaaaa' }],
        startedAtNs: '1760000000000000000',
        endedAtNs: '1760000010000000000',
        tokens: { in_uncached: '10', out_text: '1' },
        usageState: 'reported',
        usageSemantics: { input: 'inclusive', rule: 'A1.2' },
        usageFrom: null,
        costReported: null,
        named: { provider: 'openai', modelRequest: 'gpt-4o', modelResponse: null },
      },
    ]);
  });

  test('a chain of 30,000 spans', () => {
    const notes = Array.from({ length: 30_000 }, (_, index): SpanNote => {
      const id = (index + 1).toString(16);
      const parent = index === 0 ? {} : { parent: index.toString(16) };
      return index === 29_999 ? call(id, TEN, parent) : { id, ...parent };
    });
    const { steps } = arbitrate(
      notes.map((note) => readStep(makeSpan(note))),
      [],
    );
    expect(steps.filter((step) => step.role === 'leaf').length).toBe(1);
  });

  test('an empty trace', () => {
    expect(arbitrate([], [])).toEqual({ steps: [], candidates: [], runningTotals: [], untraced: null });
  });
});
