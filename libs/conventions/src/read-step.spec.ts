import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { AttributeValue, Span } from '#model';
import { arbitrate } from './arbitrate.ts';
import { joiningKeys } from './joining-key.ts';
import { readStep } from './read-step.ts';
import { makeSpan } from './testing/make-span.ts';
import { sideTotals } from './usage-sums.ts';

const KEYS = [
  'gen_ai.operation.name',
  'gen_ai.system',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.total_tokens',
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.reasoning_tokens',
  'gen_ai.usage.raw',
  'gen_ai.usage.cost',
  'gen_ai.response.id',
  'gen_ai.response.finish_reasons',
  'gen_ai.tool.name',
  'openinference.span.kind',
  'llm.token_count.prompt',
  'llm.token_count.completion',
  'llm.request.type',
  'ai.operationId',
  'ai.response.providerMetadata',
  'ai.usage.inputTokens',
  'ai.model.provider',
  'langfuse.observation.type',
  'langfuse.observation.usage_details',
  'langfuse.observation.cost_details',
  'langsmith.span.kind',
  'langsmith.usage_metadata',
  'gen_ai.usage.input_token_details',
  'pydantic_ai.tool.deferral.name',
  'gcp.vertex.agent.llm_response',
  'codex.turn.token_usage.input_tokens',
  'span.type',
  'input_tokens',
  'mcp.method.name',
  'metadata.usage_object',
  'metadata.user_api_key_alias',
  'hidden_params',
  'traceloop.span.kind',
  'lmnr.span.type',
  'session.id',
  'sampling.probability',
  'retrieval.documents.0.document.id',
  '__proto__',
  'constructor',
] as const;
const SCOPES = [
  '',
  'ai',
  'gen_ai',
  'litellm',
  'pydantic-ai',
  'gcp.vertex.agent',
  'agent_framework',
  'codex_cli_rs',
  'com.anthropic.sdk.typescript',
  'com.anthropic.claude_code.tracing',
  'langfuse-sdk',
  'strands.x',
  'openinference.instrumentation.bedrock',
  'opentelemetry.instrumentation.bedrock',
] as const;
const NAMES = [
  'x',
  'chat',
  'call_llm',
  'claude_code.llm_request',
  'session_task.turn',
  'anthropic.messages.create',
  'running tool: a',
  'Received Proxy Server Request',
] as const;

const valueArbitrary: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.bigInt({ min: -5n, max: 200n }),
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constantFrom<AttributeValue>(
    null,
    'chat',
    'LLM',
    'AGENT',
    'generation',
    'llm',
    'ai.generateText.doGenerate',
    'anthropic',
    'aws.bedrock',
    '{"input_tokens": 3, "cache_read_input_tokens": 9}',
    "{'prompt_tokens': 5, 'completion_tokens': -1}",
    '[1,[2',
    '{"a":',
    new Uint8Array([1]),
    '__proto__',
    '12',
    '12.0',
    '{"usage_metadata":{"prompt_token_count":"7"}}',
  ),
  fc.array(fc.constantFrom<AttributeValue>('a', 1n, null), { maxLength: 3 }),
);

const spanArbitrary: fc.Arbitrary<Span> = fc
  .record({
    attributes: fc.array(fc.tuple(fc.constantFrom(...KEYS), valueArbitrary), { maxLength: 14 }),
    scope: fc.constantFrom(...SCOPES),
    name: fc.constantFrom(...NAMES),
    status: fc.constantFrom(0, 1, 2),
  })
  .map(({ attributes, scope, name, status }) => ({
    ...makeSpan({ scope, name, status }),
    attributes: new Map<string, AttributeValue>(attributes),
  }));

describe('readStep', () => {
  test('whatever the attributes hold: no throw, no negative bucket, one dialect, the same twice', () => {
    fc.assert(
      fc.property(spanArbitrary, (span) => {
        const step = readStep(span);
        for (const count of Object.values(step.usage?.tokens ?? {})) expect(count >= 0n).toBe(true);
        expect(step.usage === null).toBe(
          step.usageState === 'missing' || (step.usageState === 'rejected' && step.usageSemantics === null),
        );
        expect(step.dialect).toMatch(/^(none|[a-z0-9-]+@\d+)$/);
        expect(readStep(span)).toEqual(step);
        expect(arbitrate([step], []).steps.length).toBe(1);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      }),
      { numRuns: 800 },
    );
  });

  test('buckets are disjoint: they add up to the inclusive input and output', () => {
    const count = fc.bigInt({ min: 0n, max: 1000n });
    fc.assert(
      fc.property(count, count, count, count, count, (uncached, read, write, text, reasoning) => {
        const input = uncached + read + write;
        const output = text + reasoning;
        fc.pre(input + output > 0n);
        const step = readStep({
          ...makeSpan({ scope: 'pydantic-ai' }),
          attributes: new Map<string, AttributeValue>([
            ['gen_ai.operation.name', 'chat'],
            ['gen_ai.usage.input_tokens', input],
            ['gen_ai.usage.output_tokens', output],
            ['gen_ai.usage.cache_read.input_tokens', read],
            ['gen_ai.usage.cache_creation.input_tokens', write],
            ['gen_ai.usage.reasoning.output_tokens', reasoning],
          ]),
        });
        expect(sideTotals(step.usage!.tokens)).toEqual({ input, output });
        expect(step.usage!.tokens.in_uncached).toBe(uncached);
      }),
    );
  });

  test('a span of the application', () => {
    const span = makeSpan({
      name: 'GET /tickets',
      attributes: { 'http.request.method': 'GET', 'session.id': 's', 'error.type': '500' },
    });
    expect(readStep(span)).toEqual({
      traceId: 'a'.padStart(32, '0'),
      spanId: '1'.padStart(16, '0'),
      parentSpanId: null,
      name: 'GET /tickets',
      startedAtNs: 1_760_000_000_000_000_000n,
      endedAtNs: 1_760_000_010_000_000_000n,
      serviceName: 'agent',
      scopeName: '',
      scopeVersion: '',
      kind: 'other',
      dialect: 'none',
      stance: 'none',
      stanceReason: 'not_generative_ai',
      vantage: 'application',
      isCumulative: false,
      processId: null,
      isCacheHit: false,
      isSampled: false,
      isLog: false,
      isDoubtful: false,
      promptId: null,
      isProtocolTool: false,
      provider: null,
      modelRequest: null,
      modelResponse: null,
      usage: null,
      usageState: 'missing',
      usageSemantics: null,
      extraUsage: [],
      costReported: null,
      serviceTier: null,
      tool: null,
      documentCount: null,
      conversationId: 's',
      responseId: null,
      requestId: null,
      agentName: null,
      workflowName: null,
      errorType: '500',
      evaluation: null,
      finishReasons: [],
      flags: [],
    });
  });
});

const NAME_KEYS = [
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.conversation.id',
  'gen_ai.response.id',
  'request_id',
  'gen_ai.agent.name',
  'gen_ai.workflow.name',
];

test('what cannot be stored is replaced in every name', () => {
  const hostile = (text: string): ReadonlySet<string | null> => {
    const attributes = Object.fromEntries(NAME_KEYS.map((name) => [name, text]));
    const draft = readStep(
      makeSpan({ service: text, attributes: { 'gen_ai.operation.name': 'chat', ...attributes } }),
    );
    return new Set([
      draft.serviceName,
      draft.provider,
      draft.modelRequest,
      draft.modelResponse,
      draft.conversationId,
      draft.responseId,
      draft.requestId,
      draft.agentName,
      draft.workflowName,
    ]);
  };
  expect(hostile('a\0b\ud800')).toEqual(new Set(['a\ufffdb\ufffd']));
  expect(hostile('grün\u{1f331}')).toEqual(new Set(['grün\u{1f331}']));
});

test.each([
  ['a conversation of 512 characters', 'gen_ai.operation.name', 512, 512],
  ['a longer one is none, for no outcome could name it', 'gen_ai.operation.name', 513, undefined],
  ['nor on a span of the application', 'http.method', 513, undefined],
])('%s', (_name, key, length, expected) => {
  const span = makeSpan({ attributes: { [key]: 'chat', 'session.id': 'x'.repeat(length) } });
  expect(readStep(span).conversationId?.length).toBe(expected);
});

describe('joiningKeys', () => {
  const long = 'chatcmpl-aaaaaaaaaaaaaaaa';
  test.each([
    ['a long id', long, null, [{ kind: 'response', key: long }]],
    ['a short id clashes', 'chatcmpl-842', 'req_1', []],
    [
      'both',
      long,
      'req_aaaaaaaaaaaaaaaa',
      [
        { kind: 'response', key: long },
        { kind: 'request', key: 'req_aaaaaaaaaaaaaaaa' },
      ],
    ],
    ['no ids', null, '', []],
    ['an endless id', 'x'.repeat(300), null, []],
  ])('%s', (_what, responseId, requestId, keys) => {
    expect(joiningKeys({ responseId, requestId })).toEqual(keys);
  });
});
