import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { sendSpans, spanIdOf, traceIdOf } from '../support/gen-ai-spans.ts';
import { startTestService, type TestService } from '../support/service.ts';

// What was understood of each emitter: real OTLP in, the counts and what to do about them out.
let service: TestService;
let tenant: TestTenant;
let admin: string;

const chat = (more: Record<string, string | number>) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'house-1',
  ...more,
});
const usage = (input: number, output: number) => ({
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
});
const agent = {
  'gen_ai.operation.name': 'invoke_agent',
  'ticket.id': 'T-1',
  'gen_ai.conversation.id': 'conv-1',
};

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  tenant = await makeTenant(service.database.db, 'acme');
  admin = await tenant.key(['admin']);
  await service.api.call('/v1/price-books', {
    key: admin,
    body: {
      book: 'house',
      source: 'test',
      format: 'rows',
      rows: [
        { provider: 'openai', model: 'house-1', prices: { in_uncached: '1000000', out_text: '2000000' } },
      ],
    },
  });
  const key = await tenant.key(['spans']);
  await sendSpans(
    service,
    key,
    {
      service: 'desk',
      scope: 'sdk',
      spans: [
        { trace: 'a', id: 'a0', attributes: agent },
        { trace: 'a', id: 'a1', parent: 'a0', at: [1, 2], attributes: chat(usage(100, 10)) },
        // A stream without usage: the answer is there, the tokens are not.
        {
          trace: 'a',
          id: 'a2',
          parent: 'a0',
          at: [2, 3],
          attributes: chat({ ...usage(0, 0), 'gen_ai.response.finish_reasons': '["stop"]' }),
        },
        { trace: 'a', id: 'a3', parent: 'a0', at: [3, 4], attributes: chat({}) },
        {
          trace: 'a',
          id: 'a4',
          parent: 'a0',
          at: [4, 5],
          isError: true,
          attributes: chat({ 'error.type': '429' }),
        },
        // Nothing tells whether the 60 cached tokens are inside the 100.
        {
          trace: 'a',
          id: 'a5',
          parent: 'a0',
          at: [5, 6],
          attributes: {
            ...chat(usage(100, 10)),
            'gen_ai.provider.name': 'anthropic',
            'gen_ai.usage.cache_read.input_tokens': 60,
          },
        },
        {
          trace: 'a',
          id: 'a6',
          parent: 'a0',
          at: [6, 7],
          attributes: chat({ ...usage(100, 10), 'gen_ai.usage.foo_tokens': 500 }),
        },
        {
          trace: 'a',
          id: 'a7',
          parent: 'a0',
          at: [7, 8],
          attributes: chat({ ...usage(1, 1), 'gen_ai.usage.input_tokens': '25.5' }),
        },
        {
          trace: 'a',
          id: 'a8',
          parent: 'a0',
          at: [8, 9],
          attributes: chat({ ...usage(100, 10), 'gen_ai.response.id': 'chatcmpl-seen-by-both' }),
        },
        {
          trace: 'a',
          id: 'a9',
          parent: 'a0',
          at: [9, 10],
          name: 'GET /',
          attributes: { 'http.method': 'GET' },
        },
      ],
    },
    {
      service: 'proxy',
      scope: 'litellm',
      version: '2',
      spans: [
        {
          trace: 'b',
          id: 'b1',
          at: [8, 9],
          attributes: {
            'llm.request.type': 'acompletion',
            'metadata.user_api_key_alias': 'desk',
            ...chat({ ...usage(100, 10), 'gen_ai.response.id': 'chatcmpl-seen-by-both' }),
          },
        },
      ],
    },
    {
      service: 'batch',
      scope: 'sdk',
      spans: [
        {
          trace: 'c',
          id: 'c1',
          at: [0, 1],
          attributes: { ...chat(usage(7, 3)), 'gen_ai.request.model': 'mystery-9' },
        },
      ],
    },
  );
  await service.settle();
}, 120_000);
afterAll(() => service.stop());

const ask = async (path: string): Promise<any> => {
  const answer = await service.api.call(path, { key: admin });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};
const NOT_CACHED = 'input contains the cached tokens: no tokens were cached, so it makes no difference';
const codes = (quality: any): unknown[] =>
  quality.findings.map((each: any) => [each.code, each.severity, each.spans]);

test('every emitter with what was understood of it, ambiguous, missing, rejected, mirrored, unpriced, unlinked', async () => {
  const { emitters } = await ask('/v1/data-quality');
  expect(
    emitters.map(({ emitter }: any) => [
      emitter.service,
      emitter.scope,
      emitter.scopeVersion,
      emitter.dialect,
    ]),
  ).toEqual([
    ['batch', 'sdk', '1.0', expect.stringMatching(/^otel-gen-ai@/)],
    ['desk', 'sdk', '1.0', 'none'],
    ['desk', 'sdk', '1.0', expect.stringMatching(/^otel-gen-ai@/)],
    ['proxy', 'litellm', '2', expect.stringMatching(/^litellm@/)],
  ]);
  const [batch, web, desk, proxy] = emitters;
  const { findings, roleReasons: _reasons, input, emitter, ...counts } = desk;
  expect(counts).toEqual({
    firstDay: '2026-10-21',
    lastDay: '2026-10-21',
    spans: 9,
    kinds: { agent: 1, model_call: 8 },
    roles: { leaf: 8, container: 1, mirror: 0, none: 0 },
    usage: { reported: 4, partial: 0, missing: 3, rejected: 1, zeroReported: 0, fromAnotherEmitter: 0 },
    mirroredBy: [],
    priced: 3,
    unpriced: [
      { reason: 'unknown_model', calls: 1 },
      { reason: 'usage_missing', calls: 3 },
      { reason: 'usage_rejected', calls: 1 },
    ],
    unlinked: 0,
    withoutResponseId: 7,
    withoutConversation: 0,
    flags: [
      {
        flag: 'ambiguous_input',
        words: 'nothing says whether the input contains the cached tokens',
        spans: 1,
      },
      { flag: 'rejected:input', words: 'what was reported is no count: input', spans: 1 },
      {
        flag: 'unknown_usage_key:foo_tokens',
        words: 'a token count under a name nobody has described was kept out: foo_tokens',
        spans: 1,
      },
      {
        flag: 'zero_with_output',
        words: '0 tokens were reported beside an answer, so the count is missing',
        spans: 1,
      },
    ],
  });
  expect(codes(desk)).toEqual([
    ['usage_missing', 'action', 2],
    ['count_malformed', 'action', 1],
    ['input_ambiguous', 'action', 1],
    ['unknown_model', 'action', 1],
    ['usage_key_unknown', 'action', 1],
    ['usage_rejected', 'action', 1],
    ['usage_zero_with_output', 'action', 1],
    ['call_failed', 'note', 1],
  ]);
  expect(findings[0]).toEqual({
    code: 'usage_missing',
    severity: 'action',
    words: 'calls without any token count: their cost is unknown, not 0',
    docs: 'docs/instrumenting/data-quality.md#usage-missing',
    spans: 2,
    share: '0.25',
    examples: [
      { traceId: traceIdOf('a'), spanId: spanIdOf('a2'), at: '2026-10-21T00:00:02Z', spansInTrace: 2 },
    ],
  });
  expect(input).toEqual([
    {
      semantics: 'ambiguous',
      rule: 'A1.7',
      words:
        'not decided whether input contains the cached tokens: nothing on the span or in its trace tells, so the cached tokens are taken as inside the input',
      calls: 1,
    },
    {
      semantics: 'inclusive',
      rule: 'A1.2',
      words: 'input contains the cached tokens: no tokens were cached, so it makes no difference',
      calls: 4,
    },
  ]);
  expect(emitter).toMatchObject({ service: 'desk', dialect: expect.stringMatching(/^otel-gen-ai@/) });
  expect([web.spans, web.kinds, web.roles.none, codes(web)]).toEqual([1, { other: 1 }, 1, []]);
  expect([proxy.roles, proxy.usage.reported, proxy.mirroredBy, codes(proxy)]).toEqual([
    { leaf: 0, container: 0, mirror: 1, none: 0 },
    0,
    [{ emitter: desk.emitter, spans: 1 }],
    [['mirrored', 'note', 1]],
  ]);
  expect([batch.unlinked, batch.unpriced, codes(batch)]).toEqual([
    1,
    [{ reason: 'unknown_model', calls: 1 }],
    [
      ['unknown_model', 'action', 1],
      ['unlinked', 'action', 1],
    ],
  ]);
});

test('by period, by filter, in pages, and one emitter alone', async () => {
  const { emitters } = await ask('/v1/data-quality');
  expect((await ask('/v1/data-quality?from=2026-10-22')).emitters).toEqual([]);
  expect((await ask('/v1/data-quality?from=2026-10-21&to=2026-10-22')).emitters).toEqual(emitters);
  expect((await ask('/v1/data-quality?service=desk&dialect=none')).emitters).toEqual([emitters[1]]);
  const first = await ask('/v1/data-quality?limit=3');
  const rest = await ask(`/v1/data-quality?limit=3&cursor=${first.next}`);
  expect([...first.emitters, ...rest.emitters]).toEqual(emitters);
  expect(rest.next).toBe(null);
  expect(await ask(`/v1/data-quality/${emitters[2].emitter.id}`)).toEqual(emitters[2]);
  const missing = await service.api.call('/v1/data-quality/00000000-0000-4000-8000-000000000000', {
    key: admin,
  });
  const refused = await service.api.call('/v1/data-quality?from=2026-10-22&to=2026-10-22', { key: admin });
  const malformed = await service.api.call('/v1/data-quality/desk', { key: admin });
  expect([missing.status, refused.status, malformed.status]).toEqual([404, 422, 400]);
});

test('the trail and the cost of a work item say why a step is billed and which rule read its counts', async () => {
  const { steps } = await ask('/v1/work-items/ticket/T-1/trail');
  expect(
    steps.map((step: any) => [
      step.spanId.slice(-2),
      step.roleReason,
      step.usageState,
      step.usageRule?.words ?? null,
      step.doubts.map(({ words }: any) => words),
    ]),
  ).toEqual([
    ['a0', 'no_totals: holds other steps', 'missing', null, []],
    ['a1', 'only_witness: the only span that saw this call', 'reported', NOT_CACHED, []],
    [
      'a2',
      'usage_missing: the call reported no usage',
      'missing',
      null,
      ['0 tokens were reported beside an answer, so the count is missing'],
    ],
    ['a3', 'usage_missing: the call reported no usage', 'missing', null, []],
    ['a4', 'call_failed: the call failed and reported no usage', 'missing', null, []],
    [
      'a5',
      'only_witness: the only span that saw this call',
      'reported',
      'not decided whether input contains the cached tokens: nothing on the span or in its trace tells, so the cached tokens are taken as inside the input',
      ['nothing says whether the input contains the cached tokens'],
    ],
    [
      'a6',
      'only_witness: the only span that saw this call',
      'reported',
      NOT_CACHED,
      ['a token count under a name nobody has described was kept out: foo_tokens'],
    ],
    [
      'a7',
      'only_witness: the only span that saw this call',
      'rejected',
      NOT_CACHED,
      ['what was reported is no count: input'],
    ],
    ['a8', 'billed_witness: this span is billed for the call, others saw it too', 'reported', NOT_CACHED, []],
    ['a9', 'not_generative_ai: no model, agent or tool', 'missing', null, []],
  ]);
  expect(steps[8]).toMatchObject({
    emitter: { service: 'desk', scope: 'sdk', scopeVersion: '1.0' },
    mirrorOf: null,
    usageFrom: null,
    untraced: null,
    reportedCost: null,
  });
  const { lines } = await ask('/v1/work-items/ticket/T-1/cost');
  expect(
    lines.map(({ step }: any) => [step.spanId.slice(-2), step.roleReason, step.usageRule.words]),
  ).toEqual([
    ['a1', 'only_witness: the only span that saw this call', NOT_CACHED],
    ['a6', 'only_witness: the only span that saw this call', NOT_CACHED],
    ['a8', 'billed_witness: this span is billed for the call, others saw it too', NOT_CACHED],
  ]);
});

test('another tenant sees nothing of it', async () => {
  const other = await makeTenant(service.database.db, 'other');
  const { body } = await service.api.call('/v1/data-quality', { key: await other.key(['analyst']) });
  expect(body).toEqual({
    period: { from: null, to: null },
    emitters: [],
    rejectedAtIngest: [],
    notCountedYet: false,
    next: null,
  });
});

test('what comes later moves the counts and counts nothing twice', async () => {
  const before = (await ask('/v1/data-quality?service=batch')).emitters[0];
  // The inner call of c1, from an instrumentation that reports usage: c1 becomes its mirror.
  await sendSpans(service, await tenant.key(['spans']), {
    service: 'batch',
    scope: 'inner',
    spans: [
      {
        trace: 'c',
        id: 'c2',
        parent: 'c1',
        at: [0, 1],
        attributes: { ...chat(usage(7, 3)), 'ticket.id': 'T-2' },
      },
    ],
  });
  await service.settle();
  const [inner, outer] = (await ask('/v1/data-quality?service=batch')).emitters;
  expect([before.roles.leaf, outer.roles]).toEqual([1, { leaf: 0, container: 0, mirror: 1, none: 0 }]);
  expect([outer.priced, outer.unpriced, outer.unlinked, codes(outer)]).toEqual([
    0,
    [],
    0,
    [['mirrored', 'note', 1]],
  ]);
  expect([inner.roles.leaf, inner.priced, inner.unlinked, codes(inner)]).toEqual([1, 1, 0, []]);
});

test('spans refused on arrival are shown by reason, of no emitter', async () => {
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: '00', spanId: '01', name: 'x' }] }] }] };
  await fetch(`${service.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tenant.key(['spans'])}` },
    body: JSON.stringify(body),
  });
  const { rejectedAtIngest } = await ask('/v1/data-quality');
  expect(rejectedAtIngest).toEqual([
    {
      reason: 'bad_trace_id',
      spans: 1,
      first: expect.any(String),
      last: expect.any(String),
      examples: [{ subject: expect.any(String), at: rejectedAtIngest[0].first }],
    },
  ]);
});
