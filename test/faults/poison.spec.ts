// Goal: what cannot be worked through holds up nobody, is shown with its reason, and is worked through once it is mended.
// Method: spans whose stored bytes are no protobuf, facts that say nothing, a job that always throws.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openJobs, migrateJobs } from '#jobs';
import { createMetrics, ProcessLogger } from '#server';
import { TraceDrain } from '../../apps/worker/src/trace-drain.ts';
import { WorkerMetrics } from '../../apps/worker/src/worker-metrics.ts';
import { workThroughFacts } from '../../apps/worker/src/work-through-facts.ts';
import { Desk } from '../support/desk.ts';
import { recordFault } from '../support/fault-record.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { until } from '../support/until.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  await migrateJobs(service.database.connection);
}, 60_000);
afterAll(() => service.stop());

const AT = '2026-09-05T10:00:00Z';

/** One trace each for so many tickets. */
async function deskOf(tickets: number): Promise<Desk> {
  const desk = await Desk.begin(service, 'poison');
  await desk.price('3');
  for (let n = 0; n < tickets; n += 1)
    await desk.send({ id: idOf(desk, n), ticket: `T${n}`, at: AT, inputTokens: 1000 });
  return desk;
}
const idOf = (desk: Desk, n: number): string => `${desk.tenant.tenantId} ${n}`;

async function postedTickets({ tenant }: Desk): Promise<string[]> {
  const { rows } = await service.database.db.query<{ key: string }>(
    `SELECT DISTINCT split_part(work_item_ref, ':', 3) AS key FROM ledger_entries
      WHERE tenant_id = $1 AND work_item_ref IS NOT NULL ORDER BY 1`,
    [tenant.tenantId],
  );
  return rows.map(({ key }) => key);
}

test('poison spans: their trace alone waits, is shown, and is posted once they are mended', async () => {
  const desk = await deskOf(5);
  const { db } = service.database;
  const { tenantId } = desk.tenant;
  const traceId = Desk.traceId(idOf(desk, 2));
  const { rows: good } = await db.query<{ span_id: bigint; bytes: Buffer }>(
    'SELECT span_id, bytes FROM spans WHERE tenant_id = $1 AND trace_id = $2',
    [tenantId, traceId],
  );
  await db.query(`UPDATE spans SET bytes = '\\xff' WHERE tenant_id = $1 AND trace_id = $2`, [
    tenantId,
    traceId,
  ]);
  const lines: string[] = [];
  const logger = new ProcessLogger({ process: 'test', human: false, write: (line) => void lines.push(line) });
  const metrics = createMetrics('test');
  const options = { tracesPerTurn: 64, claimMs: 60_000, traceSpans: 1000 };
  const drain = new TraceDrain(service.parts, options, new WorkerMetrics(metrics, db), logger);
  const failures = () => lines.filter((line) => line.includes('could not be worked through')).length;
  while (failures() < 3) {
    await drain.run();
    await db.query('UPDATE due_traces SET due_at = now() WHERE tenant_id = $1', [tenantId]);
  }
  expect(await postedTickets(desk)).toEqual(['T0', 'T1', 'T3', 'T4']);
  expect(await metrics.metrics()).toContain(
    `outcome_ledger_work_failures_total{process="test"} ${failures()}\n`,
  );
  const { body } = await desk.call('/v1/set-aside?kind=rejected');
  expect(body.items).toMatchObject([{ reason: 'trace_fails', subject: traceId }]);
  for (const { span_id: spanId, bytes } of good)
    await db.query('UPDATE spans SET bytes = $4 WHERE tenant_id = $1 AND trace_id = $2 AND span_id = $3', [
      tenantId,
      traceId,
      spanId,
      bytes,
    ]);
  await desk.settle();
  expect(await postedTickets(desk)).toEqual(['T0', 'T1', 'T2', 'T3', 'T4']);
  expect((await desk.call('/v1/set-aside?kind=rejected')).body.items).toEqual([]);
  expect(await service.check(tenantId)).toEqual([]);
  recordFault({
    fault: 'poison spans',
    done: 'stored bytes that are no protobuf, in one trace of five',
    times: 3,
    lost: 0,
    recoverySeconds: null,
    told: 'log, work_failures_total, worklist; the four others are posted',
  });
});

test('poison outcome events: the others are worked through, and the bad one is tried ever later', async () => {
  const desk = await deskOf(3);
  const { db } = service.database;
  const { tenantId } = desk.tenant;
  await service.settle();
  await db.query(
    `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at) VALUES ($1, 'outcome.event', 'poison', '{}', now())`,
    [tenantId],
  );
  for (let n = 0; n < 3; n += 1)
    await desk.tell({ id: `${n}`, ticket: `T${n}`, verb: 'resolved', at: '2026-09-06T10:00:00Z' });
  const failed: string[] = [];
  const parts = { ...service.parts, onFailure: ({ cause }: { cause: string }) => void failed.push(cause) };
  expect(await workThroughFacts(parts, 100)).toBe(4);
  expect([...new Set(failed)]).toEqual(['poison']);
  const { rows } = await db.query<{ cause: string; attempts: number }>(
    'SELECT cause, attempts FROM fact_inbox WHERE tenant_id = $1 AND not_before IS NOT NULL',
    [tenantId],
  );
  expect(rows).toEqual([{ cause: 'poison', attempts: failed.length }]);
  await service.settle();
  const { rows: phases } = await db.query<{ phase: string }>(
    'SELECT phase FROM work_items WHERE tenant_id = $1',
    [tenantId],
  );
  expect(phases.map(({ phase }) => phase)).toEqual(['achieved', 'achieved', 'achieved']);
  await db.query('DELETE FROM fact_inbox WHERE tenant_id = $1', [tenantId]);
  expect(await service.check(tenantId)).toEqual([]);
  recordFault({
    fault: 'poison outcome events',
    done: 'a fact that says nothing, before three good ones',
    times: 1,
    lost: 0,
    recoverySeconds: null,
    told: 'log, oldest_waiting_fact_seconds; the others are posted',
  });
});

test('a job that always fails is told of, and keeps no other from running', async () => {
  const told: string[] = [];
  const jobs = openJobs({
    databaseUrl: service.database.connection,
    redisUrl: null,
    onError: (message) => void told.push(message),
  });
  let ran = 0;
  let failed = 0;
  const fail = () => {
    failed += 1;
    return Promise.reject(new Error('always'));
  };
  jobs.process('close-periods', fail, { concurrency: 1 });
  jobs.process('check-books', async () => void (ran += 1), { concurrency: 1 });
  await jobs.schedule('close-periods', 200);
  await jobs.schedule('check-books', 200);
  await until('both to have run', () => ran >= 5 && failed >= 5, 60_000);
  expect(told[0]).toBe('close-periods failed');
  expect(told.slice(1).every((message) => /^close-periods failed \(and \d+ times more/.test(message))).toBe(
    true,
  );
  expect(told.length).toBeLessThan(failed);
  await jobs.close();
  recordFault({
    fault: 'a job that always fails',
    done: 'every 200 ms, beside one that does not',
    times: failed,
    lost: 0,
    recoverySeconds: null,
    told: 'log, at once and every ten seconds',
  });
});
