import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { parseStep } from '#trails';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { encodeLogs, jsonLogs, toKeyValues, type LogOrigin, type TestLog } from '../support/log-export.ts';
import { startTestService, type TestService } from '../support/service.ts';

// The whole way of log records: real OTLP in, the worker's steps, and what the API says about it.
let service: TestService;
let tenant: TestTenant;
let admin: string;
let spansKey: string;

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
beforeEach(async () => {
  tenant = await makeTenant(service.database.db, `t-${randomBytes(6).toString('hex')}`);
  admin = await tenant.key(['admin']);
  spansKey = await tenant.key(['spans']);
  const answer = await service.api.call('/v1/price-books', {
    key: admin,
    body: {
      book: 'list',
      source: 'test',
      format: 'rows',
      rows: [
        {
          provider: 'anthropic',
          model: 'claude-sonnet-4-5',
          prices: {
            in_uncached: '3000000',
            cache_read: '300000',
            cache_write_5m: '3750000',
            out_text: '15000000',
          },
        },
        {
          provider: 'google',
          model: 'gemini-2.5-pro',
          prices: {
            in_uncached: '1000000',
            cache_read: '100000',
            out_text: '10000000',
            reasoning: '10000000',
          },
        },
      ],
    },
  });
  if (answer.status >= 300) throw new Error(`the prices were answered with ${answer.status}`);
});
afterAll(() => service.stop());

const nowNs = (BigInt(Date.now()) / 1000n - 3600n) * 1_000_000_000n;
const at = (second: number): bigint => nowNs + BigInt(second) * 1_000_000_000n;

async function exportTo(
  signal: 'logs' | 'traces',
  body: Buffer | object,
  encoding: 'json' | 'x-protobuf' = 'json',
): Promise<unknown> {
  const answer = await fetch(`${service.otlpUrl}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': `application/${encoding}`, authorization: `Bearer ${spansKey}` },
    body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return encoding === 'json' ? answer.json() : null;
}
const sendLogs = (logs: readonly TestLog[], origin?: LogOrigin) => exportTo('logs', jsonLogs(logs, origin));

/** 6 x 3 + 17913 x 0.3 + 9268 x 3.75 + 6 x 15 micro-dollars. */
const C02_USD = '0.0402369';
const apiRequest = (second: number, attributes: Record<string, string | number> = {}): TestLog => ({
  event: 'api_request',
  body: 'claude_code.api_request',
  timeNs: at(second),
  attributes: {
    model: 'claude-sonnet-4-5',
    input_tokens: 6,
    output_tokens: 6,
    cache_read_tokens: 17913,
    cache_creation_tokens: '9268',
    cost_usd: 0.0670615,
    duration_ms: 4000,
    'session.id': 'session-1',
    'prompt.id': `prompt-${second}`,
    ...attributes,
  },
});
const claudeSpan = (trace: string, requestId: string, ticket?: string) => ({
  resourceSpans: [
    {
      resource: { attributes: toKeyValues({ 'service.name': 'claude-code' }) },
      scopeSpans: [
        {
          scope: { name: 'com.anthropic.claude_code.tracing' },
          spans: [
            {
              traceId: trace,
              spanId: '1'.padStart(16, '0'),
              name: 'claude_code.llm_request',
              kind: 1,
              startTimeUnixNano: String(at(6)),
              endTimeUnixNano: String(at(10)),
              attributes: toKeyValues({
                'span.type': 'llm_request',
                model: 'claude-sonnet-4-5',
                input_tokens: 6,
                output_tokens: 6,
                cache_read_tokens: 17913,
                cache_creation_tokens: 9268,
                request_id: requestId,
                ...(ticket === undefined ? {} : { 'ticket.id': ticket }),
              }),
            },
          ],
        },
      ],
    },
  ],
});

/** What is charged, by account, USD in pico; nothing where all is taken back. */
async function charged(): Promise<string> {
  await service.settle();
  expect(await service.check(tenant.tenantId)).toEqual([]);
  const { rows } = await service.database.db.query<{ usd: string }>(
    `SELECT trim_scale(coalesce(sum(amount), 0) / 1000000000000) AS usd FROM positions
      WHERE tenant_id = $1 AND amount > 0`,
    [tenant.tenantId],
  );
  return rows[0]!.usd;
}

async function roles(): Promise<string[]> {
  const { rows } = await service.database.db.query<{ record: string }>(
    `SELECT DISTINCT ON (trace_id, span_id) record FROM steps WHERE tenant_id = $1
      ORDER BY trace_id, span_id, revision DESC`,
    [tenant.tenantId],
  );
  return rows
    .map(({ record }) => parseStep(record))
    .map(({ role, roleReason, dialect }) => `${dialect} ${role} ${roleReason.split(':')[0]}`)
    .sort();
}

describe('sessions of Claude Code that send logs alone', () => {
  test('each request is a charge; the ticket of the resource gets it, as one attempt per session', async () => {
    const origin = {
      resource: { 'service.name': 'claude-code', 'ticket.id': '8123' },
      scope: 'com.anthropic.claude_code.events',
    };
    await sendLogs(
      [
        { event: 'user_prompt', timeNs: at(1), attributes: { 'session.id': 'session-1', 'prompt.id': 'p1' } },
        apiRequest(10, { 'prompt.id': 'p1', request_id: 'req_011CTyGvd2FxR4JmWnL8sQpZ' }),
        {
          event: 'tool_result',
          timeNs: at(12),
          attributes: { 'session.id': 'session-1', 'prompt.id': 'p1', tool_name: 'Bash', success: 'true' },
        },
        apiRequest(20, { 'prompt.id': 'p1', request_id: 'req_011CTyGvd2FxR4JmWnL8sQpY' }),
        apiRequest(40, { 'prompt.id': 'p2', request_id: 'req_011CTyGvd2FxR4JmWnL8sQpX' }),
      ],
      origin,
    );
    await sendLogs([apiRequest(60, { 'session.id': 'session-2' })], origin);
    expect(await charged()).toBe('0.1609476');
    const item = await service.api.call('/v1/work-items/ticket/8123/cost', { key: admin });
    expect(item.status).toBe(200);
    const { rows: attempts } = await service.database.db.query(
      `SELECT attempt_id, key_kind, count(*)::integer AS traces, sum(model_calls)::integer AS calls
         FROM attempts WHERE tenant_id = $1 GROUP BY 1, 2 ORDER BY calls DESC`,
      [tenant.tenantId],
    );
    expect(attempts).toEqual([
      { attempt_id: expect.any(String), key_kind: 'conversation', traces: 2, calls: 3 },
      { attempt_id: expect.any(String), key_kind: 'conversation', traces: 1, calls: 1 },
    ]);
    expect(item.body.costUsd).toBe('0.1609476');
    expect(await roles()).toEqual([
      'claude-code-logs@1 leaf only_witness',
      'claude-code-logs@1 leaf only_witness',
      'claude-code-logs@1 leaf only_witness',
      'claude-code-logs@1 leaf only_witness',
      'claude-code-logs@1 none not_billable',
      'claude-code-logs@1 none not_billable',
    ]);
    const { rows } = await service.database.db.query(
      `SELECT span_count, root_ended FROM traces WHERE tenant_id = $1 ORDER BY first_started_at`,
      [tenant.tenantId],
    );
    expect(rows).toEqual([
      { span_count: 4, root_ended: true },
      { span_count: 1, root_ended: true },
      { span_count: 1, root_ended: true },
    ]);
  });

  test('a session that an outcome names', async () => {
    await sendLogs([apiRequest(10)]);
    expect(await charged()).toBe(C02_USD);
    const event = {
      specversion: '1.0',
      id: 'e1',
      source: '/desk',
      type: 'ticket.resolved',
      subject: '77',
      time: new Date().toISOString(),
      data: { sessionId: 'session-1' },
    };
    const answer = await service.api.call('/v1/outcomes', {
      key: admin,
      headers: { 'content-type': 'application/cloudevents+json' },
      body: event,
    });
    expect(answer.status).toBeLessThan(300);
    await service.settle();
    const item = await service.api.call('/v1/work-items/ticket/77/cost', { key: admin });
    expect([item.status, item.body.costUsd]).toEqual([200, C02_USD]);
  });

  test('sent again, whole, in other cuts or in the other encoding, nothing is stored or charged twice', async () => {
    const logs = [apiRequest(10), apiRequest(20), apiRequest(30)];
    await sendLogs(logs);
    await exportTo('logs', encodeLogs(logs.slice(1)), 'x-protobuf');
    await sendLogs([...logs.toReversed(), apiRequest(40)]);
    expect(await charged()).toBe('0.1609476');
    const { rows } = await service.database.db.query(
      `SELECT signal, received, stored, duplicate, conflicting, rejected FROM batches WHERE tenant_id = $1
        ORDER BY batch_id`,
      [tenant.tenantId],
    );
    const counts = { signal: 'logs', conflicting: 0, rejected: 0 };
    expect(rows).toEqual([
      { ...counts, received: 3, stored: 3, duplicate: 0 },
      { ...counts, received: 2, stored: 0, duplicate: 2 },
      { ...counts, received: 4, stored: 1, duplicate: 3 },
    ]);
    const { rows: leaves } = await service.database.db.query<{ body: Buffer }>(
      `SELECT body FROM evidence_inbox WHERE tenant_id = $1 AND kind = 'spans.batch' ORDER BY seq`,
      [tenant.tenantId],
    );
    expect(leaves.map(({ body }) => JSON.parse(body.toString()))).toMatchObject([
      { signal: 'logs', received: 3, stored: 3 },
      { signal: 'logs', received: 2, duplicate: 2 },
      { signal: 'logs', received: 4, stored: 1, duplicate: 3 },
    ]);
  });
});

describe('a call that a span and a log record saw is charged once, whichever comes first', () => {
  const request = () => `req_${randomUUID().replaceAll('-', '')}`;
  const trace = () => randomBytes(16).toString('hex');

  test.each([
    ['the span first', ['span', 'log']],
    ['the log first', ['log', 'span']],
    ['the log twice around the span', ['log', 'span', 'log']],
  ])('C02 in two traces: %s', async (_name, order) => {
    const id = request();
    const span = claudeSpan(trace(), id, '9');
    for (const piece of order) {
      if (piece === 'span') await exportTo('traces', span);
      else await sendLogs([apiRequest(10, { request_id: id })]);
      await service.settle();
    }
    expect(await charged()).toBe(C02_USD);
    expect(await roles()).toEqual([
      'claude-code-logs@1 mirror same_request',
      'claude-code@1 leaf billed_witness',
    ]);
    const { body } = await service.api.call('/v1/work-items/ticket/9/cost', { key: admin });
    expect(body.costUsd).toBe(C02_USD);
  });

  test('C02 in one trace: the log was made inside of the span', async () => {
    const [id, traceId] = [request(), trace()];
    await sendLogs([{ ...apiRequest(10, { request_id: id }), traceId, spanId: '1'.padStart(16, '0') }]);
    await service.settle();
    await exportTo('traces', claudeSpan(traceId, id));
    expect(await charged()).toBe(C02_USD);
    expect(await roles()).toEqual([
      'claude-code-logs@1 mirror logged_call',
      'claude-code@1 leaf billed_witness',
    ]);
  });

  test.each([
    ['the span first', true],
    ['the log first', false],
  ])('C08 in two traces: the log counts the thoughts: %s', async (_name, isSpanFirst) => {
    const prompt = `${randomUUID()}########1`;
    const span = {
      resourceSpans: [
        {
          resource: { attributes: toKeyValues({ 'service.name': 'gemini-cli' }) },
          scopeSpans: [
            {
              scope: { name: 'gemini-cli' },
              spans: [
                {
                  traceId: trace(),
                  spanId: '1'.padStart(16, '0'),
                  name: 'llm_call',
                  kind: 1,
                  startTimeUnixNano: String(at(1)),
                  endTimeUnixNano: String(at(5)),
                  attributes: toKeyValues({
                    'gen_ai.operation.name': 'llm_call',
                    'gen_ai.request.model': 'gemini-2.5-pro',
                    prompt_id: prompt,
                    'gen_ai.usage.input_tokens': 100,
                    'gen_ai.usage.output_tokens': 3,
                  }),
                },
              ],
            },
          ],
        },
      ],
    };
    const log = (): Promise<unknown> =>
      sendLogs(
        [
          {
            event: 'gemini_cli.api_response',
            timeNs: at(5),
            attributes: {
              prompt_id: prompt,
              'session.id': 's',
              model: 'gemini-2.5-pro',
              input_token_count: 100,
              output_token_count: 3,
              cached_content_token_count: 40,
              thoughts_token_count: 57,
              tool_token_count: 0,
              total_token_count: 160,
              duration_ms: 4000,
            },
          },
        ],
        { resource: { 'service.name': 'gemini-cli' }, scope: 'gemini-cli' },
      );
    if (!isSpanFirst) await log();
    await service.settle();
    await exportTo('traces', span);
    await service.settle();
    if (isSpanFirst) await log();
    // 60 x 1 + 40 x 0.1 + 60 x 10 micro-dollars: the thoughts cost what the answer does.
    expect(await charged()).toBe('0.000664');
    expect(await roles()).toEqual([
      'gemini-cli-logs@1 mirror same_prompt',
      'gemini-cli@2 leaf billed_witness',
    ]);
  });
});

test('a record that cannot be stored is rejected alone and set aside with its reason', async () => {
  const good = jsonLogs([apiRequest(10)]).toString();
  const request = JSON.parse(good);
  request.resourceLogs[0].scopeLogs[0].logRecords.push(
    { body: { stringValue: 'no time' } },
    { timeUnixNano: '5', body: { stringValue: 'long ago' } },
    'no record',
    { timeUnixNano: String(at(11)), traceId: 'abc', body: { stringValue: 'a trace id that is none' } },
  );
  expect(await exportTo('logs', request)).toEqual({
    partialSuccess: {
      rejectedLogRecords: '3',
      errorMessage: '3 rejected: 1 malformed, 1 no_time, 1 time_outside_window; the first is log record 1',
    },
  });
  const { rows } = await service.database.db.query(
    `SELECT kind, reason FROM set_aside WHERE tenant_id = $1 AND cleared_at IS NULL AND kind = 'rejected' ORDER BY reason`,
    [tenant.tenantId],
  );
  expect(rows).toEqual([
    { kind: 'rejected', reason: 'malformed' },
    { kind: 'rejected', reason: 'no_time' },
    { kind: 'rejected', reason: 'time_outside_window' },
  ]);
  expect(await charged()).toBe(C02_USD);
});
