// Goal: the cost of a ticket is told apart by the report and on its trail, tied to the books to the pico, whatever came
// first; what content proved stays proven when the content is gone, and is made again to the same rows.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { claimWasteDue, completeWasteDue, inTransaction, makeTracesDue, makeWasteDue } from '#store';
import { eraseReadings } from '../../apps/worker/src/erase-readings.ts';
import { rebuildProjections } from '../../apps/worker/src/rebuild-projections.ts';
import { WasteWatch } from '../../apps/worker/src/waste-watch.ts';
import { Desk } from '../support/desk.ts';
import { sendSpans, spanIdOf, traceIdOf, type SpanNote } from '../support/gen-ai-spans.ts';
import { judgeAll } from '../support/judge-waste.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const TRACE = 'a1';
const MODEL = 'claude-sonnet-4-5-20250929';

const chat = (id: string, at: [number, number], uncached: number, says: object): SpanNote => ({
  trace: TRACE,
  id,
  parent: '1',
  at,
  name: `chat ${MODEL}`,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': MODEL,
    'gen_ai.usage.input_tokens': uncached,
    'gen_ai.usage.output_tokens': 10,
    'gen_ai.output.messages': JSON.stringify([says]),
  },
});
const asks = (id: string) => ({
  role: 'assistant',
  parts: [{ type: 'tool_call', id, name: 'get_order', arguments: { order: 'O-1' } }],
});
const lookup = (id: string, at: [number, number], callId: string): SpanNote => ({
  trace: TRACE,
  id,
  parent: '1',
  at,
  name: 'execute_tool get_order',
  attributes: {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'get_order',
    'gen_ai.tool.call.id': callId,
    'gen_ai.tool.call.arguments': '{"order":"O-1"}',
    'gen_ai.tool.call.result': 'paid',
  },
});

/** A ticket: the agent looks the same order up twice, and answers. */
const spans: readonly SpanNote[] = [
  {
    trace: TRACE,
    id: '1',
    at: [0, 20],
    name: 'invoke_agent desk',
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'desk',
      'workflow.name': 'refunds',
      'ticket.id': 'T-1',
    },
  },
  chat('2', [1, 2], 100, asks('c1')),
  lookup('3', [2, 3], 'c1'),
  chat('4', [4, 5], 200, asks('c2')),
  lookup('5', [5, 6], 'c2'),
  chat('6', [7, 8], 300, { role: 'assistant', parts: [{ type: 'text', content: 'It was paid.' }] }),
];

const send = (desk: Desk, part: readonly SpanNote[]) =>
  sendSpans(service, desk.key, { service: 'desk', scope: 'test', spans: part });
const resolve = (desk: Desk) =>
  desk.tell({ id: 'e1', ticket: 'T-1', verb: 'resolved', at: '2026-10-21T00:01:00Z' });

async function rowsOf(desk: Desk): Promise<unknown> {
  const { rows } = await service.database.db.query(
    `SELECT (to_jsonb(w) - 'tenant_id')::text AS row FROM run_waste w WHERE tenant_id = $1
     UNION ALL SELECT (to_jsonb(f) - 'tenant_id')::text FROM waste_findings f WHERE tenant_id = $1 ORDER BY 1`,
    [desk.tenant.tenantId],
  );
  return rows;
}

let desk: Desk;

test('the report tells the cost apart, and ties to the ledger', async () => {
  desk = await Desk.begin(service, 'waste');
  await send(desk, spans);
  await resolve(desk);
  await service.settle();
  const waiting = (await desk.call('/v1/reports/waste')).body.total;
  expect([waiting.wasteCoverage.judged, waiting.unprovenCostUsd]).toEqual(['0', waiting.costUsd]);

  expect(await judgeAll(service)).toBe(1);
  const { status, body } = await desk.call('/v1/reports/waste?group_by=workflow&opportunities=true');
  expect(status).toBe(200);
  const [row] = body.rows;
  // $3 a million tokens in, $15 out: 450, 750 and 1,050 millionths.
  expect({
    group: row.group,
    costUsd: row.costUsd,
    essentialCostUsd: row.essentialCostUsd,
    wasteCostUsd: row.wasteCostUsd,
    failedRunCostUsd: row.failedRunCostUsd,
    unprovenCostUsd: row.unprovenCostUsd,
    shares: row.shares,
    judged: row.wasteCoverage.judged,
    resend: row.contextInflation.resendRatio,
  }).toEqual({
    group: { workflow: 'refunds' },
    costUsd: '0.00225',
    essentialCostUsd: '0.00105',
    wasteCostUsd: '0.00075',
    failedRunCostUsd: '0',
    unprovenCostUsd: '0.00045',
    shares: null,
    judged: '1',
    resend: '2',
  });
  expect(row.rules).toHaveLength(17);
  expect(row.rules.find((rule: { rule: string }) => rule.rule === 'W3')).toEqual({
    rule: 'W3',
    name: 'identical_tool',
    evidence: 'content',
    effect: 'cost',
    grade: 'metered',
    findings: 1,
    proven: 1,
    unknownCost: 0,
    costUsd: '0.00075',
    inFailedRunsUsd: '0',
    suspectedUsd: '0',
    reasons: [{ reason: 'identical_consecutive', findings: 1 }],
  });
  // Nobody looked: that is not nothing.
  expect(row.rules.find((rule: { rule: string }) => rule.rule === 'W9').costUsd).toBeNull();
  expect(body.total.opportunities).toEqual({
    overlongOutput: { outputs: 0, surplusUsd: '0' },
    overcapable: [],
  });
  expect(body.tieOut.inScopeUsd ?? body.total.costUsd).toBe('0.00225');
});

test('as a table each figure is a column, and the rules are one', async () => {
  const csv = await desk.text('/v1/reports/waste?group_by=workflow&format=csv');
  const [header, row] = csv.split('\n');
  for (const name of ['essentialCostUsd', 'wasteCostUsd', 'failedRunCostUsd', 'unprovenCostUsd', 'rules'])
    expect(header!.split(',')).toContain(name);
  expect(row).toContain('0.00105');
});

test('the trail shows which step is flagged, and why', async () => {
  const { body } = await desk.call('/v1/work-items/ticket/T-1/waste');
  expect(body.flags).toEqual([
    {
      traceId: traceIdOf(TRACE),
      spanId: spanIdOf('5'),
      attemptId: body.runs[0].attemptId,
      rule: 'W3',
      name: 'identical_tool',
      state: 'proven',
      reason: 'identical_consecutive',
      because: [spanIdOf('3')],
      costOf: [spanIdOf('4'), spanIdOf('5')],
      foundUsd: '0.00075',
      costUsd: '0.00075',
    },
  ]);
  expect(body.runs).toEqual([
    {
      attemptId: body.runs[0].attemptId,
      traceId: traceIdOf(TRACE),
      placement: 'outcome',
      isFailed: false,
      isJudged: true,
      costUsd: '0.00225',
      essentialCostUsd: '0.00105',
      wasteCostUsd: '0.00075',
      unprovenCostUsd: '0.00045',
      withContentUsd: '0',
      billedInputTokens: '600',
      uniqueInputTokens: '300',
      cacheReadTokens: '0',
      essentialSpans: [spanIdOf('6')],
      rules: 'waste@1',
    },
  ]);
});

test('whatever came first, in however many parts: the same rows', async () => {
  const other = await Desk.begin(service, 'waste-late');
  await resolve(other);
  await service.settle();
  await judgeAll(service);
  for (const part of [spans.slice(4), spans.slice(0, 2), spans.slice(2, 4)]) {
    await send(other, part);
    await service.settle();
    await judgeAll(service);
  }
  expect(stripped(await rowsOf(other))).toEqual(stripped(await rowsOf(desk)));
});

/** Attempts are named after their tenant. */
const stripped = (rows: unknown): string => JSON.stringify(rows).replaceAll(/[0-9a-f-]{36}/g, '');

test('a run that bought nothing is waste as a whole; what a rule proves is told inside of it', async () => {
  const other = await Desk.begin(service, 'waste-failed');
  await send(other, spans);
  await other.tell({ id: 'e1', ticket: 'T-1', verb: 'failed', at: '2026-10-21T00:01:00Z' });
  await service.settle();
  await judgeAll(service);
  const { total } = (await other.call('/v1/reports/waste')).body;
  expect([total.essentialCostUsd, total.wasteCostUsd, total.failedRunCostUsd, total.unprovenCostUsd]).toEqual(
    ['0', '0', '0.00225', '0'],
  );
  const rule = total.rules.find((each: { rule: string }) => each.rule === 'W3');
  expect([rule.costUsd, rule.inFailedRunsUsd]).toEqual(['0', '0.00075']);
});

test('verdicts outlive the content, and are made again to the same rows', async () => {
  const { tenantId } = desk.tenant;
  const before = await rowsOf(desk);
  await service.database.db.query('DELETE FROM contents WHERE tenant_id = $1', [tenantId]);
  const errors: unknown[] = [];
  const logger = { error: (...what: unknown[]): void => void errors.push(what) };
  await rebuildProjections({ ...service.parts, logger }, tenantId, 20);
  expect(errors).toEqual([]);
  expect(await rowsOf(desk)).toEqual(before);
});

test.each([
  [
    '/v1/reports/waste?size=1',
    'size',
    'waste is told as it is known now: rules are an analysis beside the books',
  ],
  ['/v1/reports/waste?view=period', 'view', 'period has charges and no outcomes: take settled or cohort'],
])('%s is refused', async (path, field, message) => {
  const { status, body } = await desk.call(path);
  expect([status, body.errors]).toEqual([422, [{ field, message }]]);
});

test('what the tenant knows of its tools moves the verdict from when it is said', async () => {
  const { status } = await desk.call('/v1/policies', {
    body: { name: 'waste', rule: { pollingTools: ['get_order'] } },
  });
  expect(status).toBe(201);
  const wrong = await desk.call('/v1/policies', {
    body: { name: 'waste', rule: { pollingTools: [''] } },
  });
  expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'rule.pollingTools[0]']);
  await service.settle();
  await judgeAll(service);
  const { body } = await desk.call('/v1/work-items/ticket/T-1/waste');
  expect(body.flags.map(({ state, reason }: Record<string, string>) => [state, reason])).toEqual([
    ['suspected', 'identical_consecutive:polling'],
  ]);
});

test('a judgement that is under way when content is erased writes nothing, and is made again', async () => {
  const { db } = service.database;
  const { tenantId } = desk.tenant;
  const [erased, kept] = [traceIdOf('e1'), traceIdOf('e2')];
  const claim = () => claimWasteDue(db, 10, 60_000);
  const complete = (claims: Awaited<ReturnType<typeof claim>>) =>
    inTransaction(db, (client) => completeWasteDue(client, tenantId, claims));
  await makeWasteDue(
    db,
    tenantId,
    new Map([
      [erased, 7n],
      [kept, 7n],
    ]),
  );
  const claims = await claim();
  await inTransaction(db, (client) => eraseReadings(client, tenantId, [erased], (text) => text));
  expect(await complete(claims)).toEqual(new Set([kept]));
  const again = await claim();
  expect(again.map(({ traceId, version }) => [traceId, version])).toEqual([[erased, -8n]]);
  expect(await complete(again)).toEqual(new Set([erased]));
});

test('while posting is behind, ten seconds lie between two turns', async () => {
  const { db } = service.database;
  const { tenantId } = desk.tenant;
  let nowUs = 1_000_000_000n;
  const watch = new WasteWatch({ ...service.parts, nowUs: () => nowUs, logger: { error: () => {} } });
  let version = 100n;
  const judgedAfter = async (seconds: bigint, waitsMs: number | null): Promise<number> => {
    nowUs += seconds * 1_000_000n;
    await makeWasteDue(db, tenantId, new Map([[traceIdOf(TRACE), (version += 1n)]]));
    if (waitsMs === null) await db.query('DELETE FROM due_traces');
    else {
      await makeTracesDue(db, tenantId, [
        { traceId: traceIdOf(TRACE), cause: 'attempts', renormalise: false },
      ]);
      await db.query(
        `UPDATE due_traces SET due_at = clock_timestamp() - $1::integer * interval '1 millisecond'`,
        [waitsMs],
      );
    }
    return watch.run(() => false);
  };
  expect([
    await judgedAfter(0n, 60_000),
    await judgedAfter(9n, 60_000),
    await judgedAfter(1n, 60_000),
    await judgedAfter(1n, 1_000),
    await judgedAfter(1n, 60_000),
    await judgedAfter(0n, null),
  ]).toEqual([1, 0, 1, 1, 0, 1]);
  await service.settle();
});
