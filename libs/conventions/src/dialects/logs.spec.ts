import { describe, expect, test } from '@jest/globals';
import { arbitrate } from '../arbitrate.ts';
import { readLogWithAndWithoutContent, readWithAndWithoutContent } from '../testing/cut-span.ts';
import type { StepDraft } from '../step-draft.ts';
import { usage } from '../testing/case.ts';
import { describeStep } from '../testing/describe-step.ts';
import type { LogNote } from '../testing/make-log.ts';
import { makeLog } from '../testing/make-log.ts';
import type { SpanNote } from '../testing/make-span.ts';
import { makeSpan } from '../testing/make-span.ts';

interface Sent {
  readonly spans?: readonly SpanNote[];
  readonly logs?: readonly LogNote[];
}
const draftsOf = ({ spans = [], logs = [] }: Sent): StepDraft[] => [
  ...spans.map((note) => readWithAndWithoutContent(makeSpan(note))),
  ...logs.map((note) => readLogWithAndWithoutContent(makeLog(note))),
];
const describeSent = (sent: Sent): string[] => arbitrate(draftsOf(sent), []).steps.map(describeStep);
/** What two traces say of their calls when each knows the other's candidates. */
const describeApart = (...traces: readonly Sent[]): string[][] => {
  const drafts = traces.map(draftsOf);
  const others = drafts.flatMap((trace) => arbitrate(trace, []).candidates);
  return drafts.map((trace) => arbitrate(trace, others).steps.map(describeStep));
};

const REQUEST = 'req_011CTyGvd2FxR4JmWnL8sQpZ';
const CLAUDE_COUNTS = {
  model: 'claude-sonnet-4-5',
  input_tokens: 6,
  output_tokens: 6,
  cache_read_tokens: 17913,
  cache_creation_tokens: '9268',
  request_id: REQUEST,
};
const apiRequest = (more: Partial<LogNote> = {}): LogNote => ({
  event: 'api_request',
  body: 'claude_code.api_request',
  scope: 'com.anthropic.claude_code.events',
  service: 'claude-code',
  attributes: { ...CLAUDE_COUNTS, cost_usd: 0.0670615, duration_ms: 9000, 'session.id': 's1' },
  ...more,
});
const llmRequest = (more: Partial<SpanNote> = {}): SpanNote => ({
  name: 'claude_code.llm_request',
  scope: 'com.anthropic.claude_code.tracing',
  service: 'claude-code',
  attributes: { 'span.type': 'llm_request', ...CLAUDE_COUNTS },
  ...more,
});
const CLAUDE_USAGE = 'in 6, cr 17913, cw 9268, out 6 | reported exclusive A1.3';
const COST = 'cost 0.0670615 client_estimate';

const codexEvent = (attributes: Record<string, unknown>, more: Partial<LogNote> = {}): LogNote => ({
  event: 'codex.sse_event',
  scope: 'codex_otel.log_only',
  service: 'codex_cli_rs',
  ...more,
  attributes: {
    'event.kind': 'response.completed',
    model: 'gpt-5.6-codex',
    'conversation.id': 'c1',
    ...attributes,
  },
});
const C05 = {
  input_token_count: '100',
  cached_token_count: '40',
  cache_write_token_count: '20',
  output_token_count: '10',
  reasoning_token_count: '5',
  tool_token_count: '110',
};
const PROMPT = '3f0c0a9e-1f7a-4b0f########7';
const geminiResponse = (attributes: Record<string, unknown> = {}, more: Partial<LogNote> = {}): LogNote => ({
  event: 'gemini_cli.api_response',
  scope: 'gemini-cli',
  service: 'gemini-cli',
  ...more,
  attributes: {
    model: 'gemini-2.5-pro',
    prompt_id: PROMPT,
    input_token_count: 100,
    output_token_count: 3,
    cached_content_token_count: 40,
    thoughts_token_count: 57,
    tool_token_count: 0,
    total_token_count: 160,
    duration_ms: 9000,
    ...attributes,
  },
});
const geminiCall = (more: Partial<SpanNote> = {}, attributes: Record<string, unknown> = {}): SpanNote => ({
  name: 'llm_call',
  scope: 'gemini-cli',
  service: 'gemini-cli',
  ...more,
  attributes: {
    'gen_ai.operation.name': 'llm_call',
    'gen_ai.request.model': 'gemini-2.5-pro',
    prompt_id: PROMPT,
    ...usage({ input_tokens: 100, output_tokens: 3 }),
    ...attributes,
  },
});
const GEMINI_USAGE = 'in 60, cr 40, out 3, rs 57 | reported inclusive A1.5';

const CASES: readonly (readonly [id: string, sent: Sent, expected: readonly string[]])[] = [
  [
    'C02: the log inside of the span of the same request',
    { spans: [llmRequest({ id: '1' })], logs: [apiRequest({ parent: '1' })] },
    [
      `model_call leaf(billed_witness) | ${CLAUDE_USAGE} | ${COST}`,
      `model_call mirror(logged_call) | ${CLAUDE_USAGE} | ${COST}`,
    ],
  ],
  [
    'C02: the log inside of the interaction, beside the span of the same request',
    {
      spans: [
        { id: '2', name: 'claude_code.interaction', scope: 'com.anthropic.claude_code.tracing', at: [0, 20] },
        llmRequest({ id: '1', parent: '2' }),
      ],
      logs: [apiRequest({ parent: '2' })],
    },
    [
      `model_call leaf(billed_witness) | ${CLAUDE_USAGE} | ${COST}`,
      'agent container(no_totals) | ∅ | missing',
      `model_call mirror(same_request) | ${CLAUDE_USAGE} | ${COST}`,
    ],
  ],
  [
    'C02: the log alone',
    { logs: [apiRequest()] },
    [`model_call leaf(only_witness) | ${CLAUDE_USAGE} | ${COST}`],
  ],
  [
    'C05',
    { logs: [codexEvent(C05)] },
    ['model_call leaf(only_witness) | in 40, cr 40, cw 20, out 5, rs 5 | reported inclusive A1.5'],
  ],
  [
    'C05 on the twin that has no event name',
    { logs: [codexEvent(C05, { event: '' })] },
    ['model_call leaf(only_witness) | in 40, cr 40, cw 20, out 5, rs 5 | reported inclusive A1.5'],
  ],
  [
    'C06: the turn, and its responses as log records inside of it',
    {
      spans: [
        {
          id: '1',
          name: 'session_task.turn',
          scope: 'codex_cli_rs',
          service: 'codex_cli_rs',
          at: [0, 20],
          attributes: {
            model: 'gpt-5.6-codex',
            'codex.turn.token_usage.input_tokens': 300,
            'codex.turn.token_usage.output_tokens': 30,
          },
        },
      ],
      logs: [
        codexEvent(
          { input_token_count: '100', output_token_count: '10', tool_token_count: '110' },
          { id: '2', parent: '1', at: 4 },
        ),
        codexEvent(
          { input_token_count: '200', output_token_count: '20', tool_token_count: '220' },
          { id: '3', parent: '1', at: 9 },
        ),
      ],
    },
    [
      'agent container(total_of_leaves) | in 300, out 30 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 100, out 10 | reported inclusive A1.2',
      'model_call leaf(only_witness) | in 200, out 20 | reported inclusive A1.2',
    ],
  ],
  ['C07', { logs: [geminiResponse()] }, [`model_call leaf(only_witness) | ${GEMINI_USAGE}`]],
  [
    'C07 with a tool-use prompt beside the prompt',
    { logs: [geminiResponse({ tool_token_count: 10, total_token_count: 170 })] },
    ['model_call leaf(only_witness) | in 70, cr 40, out 3, rs 57 | reported inclusive A1.6:gemini-cli'],
  ],
  [
    'C08: the log of the same prompt counts the thoughts',
    { spans: [geminiCall({ id: '1' })], logs: [geminiResponse()] },
    [
      `model_call leaf(billed_witness) | ${GEMINI_USAGE} | flags reasoning_missing`,
      `model_call mirror(same_prompt) | ${GEMINI_USAGE}`,
    ],
  ],
  [
    'C08 with the general event of Gemini CLI beside both',
    {
      spans: [geminiCall({ id: '1' })],
      logs: [
        geminiResponse(),
        {
          event: 'gen_ai.client.inference.operation.details',
          id: 'e',
          service: 'gemini-cli',
          attributes: {
            'gen_ai.operation.name': 'generate_content',
            ...usage({ input_tokens: 100, output_tokens: 3 }),
          },
        },
      ],
    },
    [
      `model_call leaf(billed_witness) | ${GEMINI_USAGE} | flags reasoning_missing`,
      `model_call mirror(same_prompt) | ${GEMINI_USAGE}`,
      'other none(content_of_call) | in 100, out 3 | reported inclusive A1.2',
    ],
  ],
  [
    'B7: a Codex span without a model learns it from the record inside of it',
    {
      spans: [
        {
          id: '1',
          name: 'handle_responses',
          scope: 'codex_cli_rs',
          attributes: usage({ input_tokens: 100, 'cache_read.input_tokens': 40, output_tokens: 10 }),
        },
      ],
      logs: [
        codexEvent(
          { input_token_count: 100, cached_token_count: 40, output_token_count: 10 },
          { parent: '1' },
        ),
      ],
    },
    [
      'model_call leaf(billed_witness) | in 60, cr 40, out 10 | reported inclusive A1.6:codex',
      'model_call mirror(logged_call) | in 60, cr 40, out 10 | reported inclusive A1.6:codex',
    ],
  ],
  [
    'C5: an attempt that failed, logged inside of the span that then succeeded',
    {
      spans: [llmRequest({ id: '1' })],
      logs: [
        apiRequest({ parent: '1' }),
        { event: 'claude_code.api_error', id: 'e', parent: '1', at: 4, attributes: { status_code: 529 } },
      ],
    },
    [
      `model_call leaf(billed_witness) | ${CLAUDE_USAGE} | ${COST}`,
      `model_call mirror(logged_call) | ${CLAUDE_USAGE} | ${COST}`,
      'model_call mirror(nested_without_usage) | ∅ | missing',
    ],
  ],
  [
    'C5: an attempt that failed, logged alone',
    {
      logs: [{ event: 'claude_code.api_error', attributes: { status_code: 529, model: 'claude-opus-4-5' } }],
    },
    ['model_call leaf(call_failed) | ∅ | missing'],
  ],
  [
    'two answers paid for inside of one span: the span counts the last one',
    {
      spans: [llmRequest({ id: '1' })],
      logs: [
        apiRequest({ parent: '1' }),
        apiRequest({
          id: 'e',
          parent: '1',
          at: 4,
          attributes: { model: 'claude-sonnet-4-5', input_tokens: 6, output_tokens: 2, duration_ms: 1000 },
        }),
      ],
    },
    [
      `model_call leaf(billed_witness) | ${CLAUDE_USAGE} | ${COST}`,
      `model_call mirror(logged_call) | ${CLAUDE_USAGE} | ${COST}`,
      'model_call leaf(only_witness) | in 6, out 2 | reported inclusive A1.2',
    ],
  ],
  [
    'a GenAI event with the counts of the span around it',
    {
      spans: [
        {
          id: '1',
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.request.model': 'gpt-4o',
            'gen_ai.provider.name': 'openai',
            ...usage({ input_tokens: 10, output_tokens: 1 }),
          },
        },
      ],
      logs: [
        {
          event: 'gen_ai.client.inference.operation.details',
          id: 'd',
          parent: '1',
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.request.model': 'gpt-4o',
            'gen_ai.provider.name': 'openai',
            ...usage({ input_tokens: 10, output_tokens: 1 }),
          },
        },
        { event: 'gen_ai.user.message', id: 'e', parent: '1', attributes: { 'gen_ai.system': 'openai' } },
        { event: 'gen_ai.choice', id: 'f', parent: '1', attributes: { 'gen_ai.system': 'openai' } },
      ],
    },
    [
      'model_call leaf(billed_witness) | in 10, out 1 | reported inclusive A1.2',
      'model_call mirror(logged_call) | in 10, out 1 | reported inclusive A1.2',
      'other none(content_of_call) | ∅ | missing',
      'other none(content_of_call) | ∅ | missing',
    ],
  ],
  [
    'what else the coding agents tell',
    {
      logs: [
        { event: 'claude_code.user_prompt', id: '1', at: 1, attributes: { prompt_length: 12 } },
        {
          event: 'claude_code.tool_decision',
          id: '2',
          at: 2,
          attributes: { decision: 'accept', source: 'config' },
        },
        { event: 'claude_code.tool_decision', id: '3', at: 3, attributes: { source: 'user_temporary' } },
        {
          event: 'claude_code.tool_result',
          id: '4',
          at: 4,
          attributes: { tool_name: 'Bash', success: 'true' },
        },
        { event: 'claude_code.auth', id: '5', at: 5 },
        codexEvent({}, { event: 'codex.api_request', id: '6', at: 6, attributes: {} }),
        { event: 'codex.tool_result', id: '7', at: 7, attributes: { tool_name: 'shell', call_id: 'c' } },
        {
          event: 'codex.sse_event',
          id: '8',
          at: 8,
          attributes: { 'event.kind': 'response.output_text.delta' },
        },
        { event: 'codex.api_request', id: '9', at: 9, attributes: { 'http.response.status_code': '429' } },
        { event: 'gemini_cli.tool_call', id: 'a', at: 10, attributes: { function_name: 'read_file' } },
        { event: 'gemini_cli.api_request', id: 'b', at: 11, attributes: { model: 'gemini-2.5-pro' } },
        { event: 'http.request', id: 'c', at: 12, attributes: { 'url.path': '/' } },
      ],
    },
    [
      'human none(not_billable) | ∅ | missing',
      'guardrail none(not_billable) | ∅ | missing',
      'human none(not_billable) | ∅ | missing',
      'tool_call none(not_billable) | ∅ | missing',
      'other none(not_billable) | ∅ | missing',
      'other none(not_billable) | ∅ | missing',
      'tool_call none(not_billable) | ∅ | missing',
      'other none(not_billable) | ∅ | missing',
      'model_call leaf(call_failed) | ∅ | missing',
      'tool_call none(not_billable) | ∅ | missing',
      'other none(not_billable) | ∅ | missing',
      'other none(not_generative_ai) | ∅ | missing',
    ],
  ],
];

describe('log records', () => {
  test.each(CASES)('%s', (_id, sent, expected) => {
    expect(describeSent(sent)).toEqual(expected);
    expect(
      describeSent({ spans: sent.spans?.toReversed() ?? [], logs: sent.logs?.toReversed() ?? [] }),
    ).toEqual(expected);
  });

  test('C02 in two traces: the span is billed, with the cost that the record tells', () => {
    expect(
      describeApart({ spans: [llmRequest({ trace: 'a' })] }, { logs: [apiRequest({ trace: 'b' })] }),
    ).toEqual([
      [`model_call leaf(billed_witness) | ${CLAUDE_USAGE} | ${COST}`],
      [`model_call mirror(same_request) | ${CLAUDE_USAGE} | ${COST}`],
    ]);
  });

  test('C08 in two traces, the prompt served by two calls', () => {
    const second = { input_tokens: 200, output_tokens: 4 };
    expect(
      describeApart(
        {
          spans: [
            geminiCall({ trace: 'a', id: '1', at: [0, 10] }),
            geminiCall({ trace: 'a', id: '2', at: [20, 30] }, usage(second)),
          ],
        },
        {
          logs: [
            geminiResponse({}, { trace: 'b', id: '1' }),
            geminiResponse(
              { input_token_count: 200, output_token_count: 4, total_token_count: 261 },
              { trace: 'b', id: '2', at: 30 },
            ),
          ],
        },
      ),
    ).toEqual([
      [
        `model_call leaf(billed_witness) | ${GEMINI_USAGE} | flags reasoning_missing`,
        'model_call leaf(billed_witness) | in 160, cr 40, out 4, rs 57 | reported inclusive A1.5 | flags reasoning_missing',
      ],
      [
        `model_call mirror(same_prompt) | ${GEMINI_USAGE}`,
        'model_call mirror(same_prompt) | in 160, cr 40, out 4, rs 57 | reported inclusive A1.5',
      ],
    ]);
  });

  test('a record is timed back by how long its call took, and names its model, session and tier', () => {
    const [step] = arbitrate(
      draftsOf({ logs: [apiRequest({ attributes: { ...apiRequest().attributes, speed: 'fast' } })] }),
      [],
    ).steps;
    expect(step).toMatchObject({
      name: 'claude_code.api_request',
      dialect: 'claude-code-logs@1',
      provider: 'anthropic',
      modelRequest: 'claude-sonnet-4-5',
      conversationId: 's1',
      requestId: REQUEST,
      serviceTier: 'fast',
    });
    expect(step!.endedAtNs - step!.startedAtNs).toBe(9_000_000_000n);
  });

  test('the model that a span learned from a record', () => {
    const [, sent] = CASES.find(([id]) => id.startsWith('B7'))!;
    const [span] = arbitrate(draftsOf(sent), []).steps;
    expect([span!.dialect, span!.provider, span!.modelRequest]).toEqual([
      'codex@1',
      'openai',
      'gpt-5.6-codex',
    ]);
  });

  test('an evaluation stands under the call it judges, by span or by response', () => {
    const result = (more: Partial<LogNote>): LogNote => ({
      event: 'gen_ai.evaluation.result',
      ...more,
      attributes: {
        'gen_ai.evaluation.name': 'correctness',
        'gen_ai.evaluation.score.value': 0.25,
        'gen_ai.evaluation.score.label': 'wrong',
        'gen_ai.response.id': 'resp_0123456789abcdef',
        ...more.attributes,
      },
    });
    const chat: SpanNote = {
      id: '1',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.response.id': 'resp_0123456789abcdef',
        ...usage({ input_tokens: 10, output_tokens: 1 }),
      },
    };
    const { steps } = arbitrate(
      draftsOf({
        spans: [chat, { id: '2', at: [11, 12] }],
        logs: [result({ id: 'e', at: 13 }), result({ id: 'f', at: 14, parent: '2' })],
      }),
      [],
    );
    expect(
      steps.map(({ spanId, parentSpanId, kind, role, evaluation }) => [
        spanId.slice(-1),
        parentSpanId?.slice(-1),
        kind,
        role,
        evaluation,
      ]),
    ).toEqual([
      ['1', undefined, 'model_call', 'leaf', undefined],
      ['2', undefined, 'other', 'none', undefined],
      ['e', '1', 'evaluation', 'none', { name: 'correctness', score: '0.25', label: 'wrong' }],
      ['f', '2', 'evaluation', 'none', { name: 'correctness', score: '0.25', label: 'wrong' }],
    ]);
  });
});
