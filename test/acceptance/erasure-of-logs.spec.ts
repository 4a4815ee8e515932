// Goal: what no erasure reaches holds nothing to erase: whatever goes wrong, at whatever level, no process writes a business
// key or a word of content to its log, nor to its metrics. Method: the three real processes, a canary in everything that is
// sent, and every way for it to fail that a sender, an asker or a broken row can bring about.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrateJobs } from '#jobs';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { spanIdOf, timeAt, traceIdOf } from '../support/link-play.ts';
import { until } from '../support/until.ts';
import { tablesWith } from '../support/whole-database.ts';
import { APPS, WholeService } from '../support/whole-service.ts';

const WORD = 'CANARY';
const KEY = `CLM-${WORD}-7`;

let database: TestDatabase;
let service: WholeService;
let tenant: TestTenant;
let admin: string;
let officer: string;
let deputy: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await makeTenant(database.db, 'logs');
  [admin, officer, deputy] = [
    await tenant.key(['admin']),
    await tenant.key(['privacy']),
    await tenant.key(['privacy', 'approver']),
  ];
  await migrateJobs(database.connection);
  service = await WholeService.start({ DATABASE_URL: database.connection });
}, 120_000);
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const nano = (seconds: number): string => `${BigInt(Date.parse(timeAt(seconds))) * 1_000_000n}`;

/** A span whose every text is a canary; `over` replaces its fields. */
const span = (trace: string, id: number, over: object = {}): object => ({
  traceId: traceIdOf(trace),
  spanId: spanIdOf(trace, id),
  ...(id === 1 ? {} : { parentSpanId: spanIdOf(trace, 1) }),
  name: `chat ${WORD}`,
  kind: 1,
  startTimeUnixNano: nano(id),
  endTimeUnixNano: nano(id + 1),
  status: { code: 2, message: `failed at ${WORD}` },
  events: [
    { name: `exception ${WORD}`, timeUnixNano: nano(id), attributes: [text('exception.message', WORD)] },
  ],
  attributes: [
    text('claim.id', KEY),
    text('customer.id', `C-${WORD}`),
    text('session.id', `session-${WORD}`),
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.request.model', 'm'),
    text('gen_ai.input.messages', `[{"role":"user","parts":[{"type":"text","content":"${WORD} says"}]}]`),
    text('gen_ai.tool.call.arguments', `{"${WORD}": not JSON`),
    text('gen_ai.usage.input_tokens', WORD),
  ],
  ...over,
});
const request = (...spans: object[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: [text('service.name', `agent of ${WORD}`)] },
      scopeSpans: [{ scope: { name: WORD }, spans }],
    },
  ],
});

async function send(path: string, body: string, type = 'application/json', key = admin): Promise<number> {
  const answer = await fetch(`${service.url('ingest')}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${key}` },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function ask(path: string, body?: string, type = 'application/json', key = admin): Promise<number> {
  return (await call(path, body, type, key)).status;
}

async function call(path: string, body?: string, type = 'application/json', key = admin) {
  const answer = await fetch(`${service.url('api')}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  });
  const answered = await answer.text();
  return {
    status: answer.status,
    body: /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(answered) : null,
  };
}

const event = (over: object): string =>
  JSON.stringify({
    specversion: '1.0',
    id: `evt-${WORD}`,
    source: `/desk/${WORD}`,
    type: 'claim.paid',
    subject: KEY,
    time: timeAt(100),
    data: { note: `paid to ${WORD}` },
    ...over,
  });

/** Log lines of a process with this message. */
const told = (app: (typeof APPS)[number], message: string): number =>
  service
    .app(app)
    .lines()
    .filter((line) => line.message === message).length;

async function change(sql: string, ...values: unknown[]): Promise<void> {
  const { rowCount } = await database.db.query(sql, [tenant.tenantId, ...values]);
  expect(rowCount).toBeGreaterThan(0);
}

test('what is taken in, and what is refused to senders', async () => {
  expect(await send('/v1/traces', JSON.stringify(request(span('good', 1), span('good', 2))))).toBe(200);
  for (const [body, status] of [
    [`{"resourceSpans": ${WORD}`, 400],
    [JSON.stringify({ resourceSpans: WORD }), 400],
    [JSON.stringify(request(span('bad', 1, { traceId: WORD }))), 200],
    [JSON.stringify(request(span('bad', 1, { startTimeUnixNano: WORD }))), 200],
    [JSON.stringify(request(span('bad', 1, { startTimeUnixNano: '1' }))), 200],
    [JSON.stringify(request(span('good', 2, { attributes: [text('other', WORD)] }))), 200],
    [JSON.stringify(request(span('bad', 1, { name: `${WORD}\u0000` }))), 200],
    [JSON.stringify(request(span('bad', 1, { name: WORD.repeat(10_000) }))), 200],
  ] as const)
    expect([body, await send('/v1/traces', body)]).toEqual([body, status]);
  await send('/v1/traces', WORD, 'application/x-protobuf');
  await send('/v1/logs', `{"resourceLogs": [{"scopeLogs": "${WORD}"}]}`);
  await send('/v1/metrics', `{"resourceMetrics": ["${WORD}"]}`);
  await send(`/v1/${WORD}`, WORD);
  expect(await send('/v1/traces', WORD, 'application/json', `olk_${WORD}`)).toBe(401);
});

test('what is refused to those who tell and ask', async () => {
  const events = 'application/cloudevents+json';
  expect(await ask('/v1/outcomes', event({}), events)).toBe(201);
  expect(await ask('/v1/outcomes', event({ data: { note: `other ${WORD}` } }), events)).toBe(409);
  for (const over of [
    { type: WORD },
    { type: `claim.${WORD}` },
    { time: WORD },
    { subject: 7 },
    { specversion: WORD },
    { data: { value: { amount: WORD, currency: WORD } } },
    { [WORD]: { a: WORD } },
  ])
    await ask('/v1/outcomes', event(over), events);
  expect(await ask('/v1/outcomes', `{"id": ${WORD}`, events)).toBe(400);
  await ask('/v1/imports', `kind,key,verb,${WORD}\nclaim,${KEY},"${WORD}`, 'text/csv');
  await ask('/v1/imports', `{"kind": "${WORD}"\n${WORD}`, 'application/x-ndjson');
  await ask('/v1/cost-lines', JSON.stringify({ workItem: KEY, source: WORD, amount: WORD }));
  await ask('/v1/policies', JSON.stringify({ name: WORD, rule: { [WORD]: WORD } }));
  await ask('/v1/links', JSON.stringify({ traceId: WORD, reason: WORD }));
  for (const path of [
    `/v1/work-items/claim/${WORD}`,
    `/v1/work-items/${WORD}/${WORD}/cost`,
    `/v1/trails/claim:${WORD}/replay`,
    `/v1/trails/${WORD}/replay?size=${WORD}&at=${WORD}`,
    `/v1/trails/diff?a=claim:${WORD}&b=${WORD}`,
    `/v1/precedents?trail=claim:${WORD}&as_of=${WORD}`,
    `/v1/reports/cost-per-outcome?from=${WORD}&group_by=${WORD}`,
    `/v1/reports/${WORD}`,
    `/v1/outcomes?cursor=${WORD}`,
    `/v1/outcomes/${WORD}`,
    `/v1/receipts/${WORD}`,
    `/v1/proofs/${WORD}`,
    `/v1/${WORD}%00`,
    `/v1/work-items/claim/%${WORD}`,
    `/tlog/${WORD}/checkpoint`,
  ])
    expect([path, Math.floor((await ask(path)) / 100)]).toEqual([path, 4]);
  expect(await ask('/v1/outcomes', event({}), events, `olk_${WORD}`)).toBe(401);
});

test('what cannot be worked through', async () => {
  await until('the claim to be paid', async () => {
    const { body } = await call(`/v1/work-items/claim/${KEY}`);
    return body.phase === 'achieved';
  });
  await until('its steps to be sealed', async () => {
    const { status, body } = await call(`/v1/trails/claim:${KEY}/replay`);
    return status === 200 && body.replay.attempts.length > 0;
  });
  await ask(
    '/v1/exports',
    JSON.stringify({ scope: { kind: 'work_items', workItems: [`claim:${WORD}`] }, purpose: WORD }),
  );
  const asked = await call(
    '/v1/erasures',
    JSON.stringify({
      scope: { workItem: { kind: 'claim', key: KEY } },
      basis: 'gdpr_17_1_b',
      reason: `asked by ${WORD}`,
    }),
    'application/json',
    officer,
  );
  expect([asked.status, asked.body.state]).toEqual([201, 'requested']);
  await change(`UPDATE erasures SET scope = $2 WHERE tenant_id = $1`, { workItem: { kind: 7, key: WORD } });
  await ask(
    `/v1/erasures/${asked.body.erasureId}/decision`,
    '{"decision":"approved"}',
    'application/json',
    deputy,
  );

  // Poison: a record that is no JSON, bytes that are no span, a fact that says nothing.
  await change(`UPDATE steps SET record = '{"${WORD}": ' || record WHERE tenant_id = $1`);
  expect(await ask(`/v1/work-items/claim/${KEY}/cost`)).toBe(500);
  expect(await ask(`/v1/trails/claim:${KEY}/replay`)).toBe(500);
  const exported = await call(
    '/v1/exports',
    JSON.stringify({ scope: { kind: 'work_items', workItems: [`claim:${KEY}`] }, purpose: 'a review' }),
  );
  expect(exported.status).toBe(202);
  await send('/v1/traces', JSON.stringify(request(span('poison', 1))));
  await change(`UPDATE spans SET bytes = '\\x0a05' || convert_to('${WORD}', 'UTF8') WHERE tenant_id = $1`);
  await change(
    `INSERT INTO due_traces (tenant_id, trace_id, due_at, first_received_at, root_ended, cause, renormalise)
     SELECT tenant_id, trace_id, now(), now(), true, 'test', true FROM traces WHERE tenant_id = $1
     ON CONFLICT (tenant_id, trace_id) DO UPDATE SET renormalise = true`,
  );
  await change(
    `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at) VALUES ($1, 'outcome.event', 'poison', $2, now())`,
    { [WORD]: WORD },
  );
  for (const [app, message] of [
    ['api', 'request failed'],
    ['worker', 'a trace could not be worked through; it is tried again later'],
    ['worker', 'an erasure could not be carried out; it is tried again'],
    ['worker', 'a bundle could not be built'],
    ['worker', 'a fact could not be worked through; it is tried again later'],
  ] as const)
    await until(`"${message}"`, () => told(app, message) > 0, 60_000);
  await until('the worklist to say why', async () => (await failures()).length > 0, 60_000);
}, 200_000);

/** What the worklist says of traces that fail again and again. */
async function failures(): Promise<string[]> {
  const { rows } = await database.db.query<{ line: string }>(
    `SELECT detail::text AS line FROM set_aside WHERE tenant_id = $1 AND reason = 'trace_fails'`,
    [tenant.tenantId],
  );
  return rows.map(({ line }) => line);
}

test('no log and no metric holds the canary, and the worklist says no more of a failure', async () => {
  const written = new Map<string, string[]>();
  for (const app of APPS) {
    written.set(`log of ${app}`, service.app(app).output().split('\n'));
    written.set(`metrics of ${app}`, (await (await fetch(`${service.url(app)}/metrics`)).text()).split('\n'));
  }
  written.set('why traces fail', await failures());
  expect(tablesWith(written, WORD)).toEqual([]);
});
