// Goal: a day of received spans can be let go without anything else changing: figures, proofs, replays, checks and
// projections. Method: a closed month, read before and after; and a day that is in use, under appends.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rebuildProjections } from '../../apps/worker/src/rebuild-projections.ts';
import { keepSpanDays } from '../../apps/worker/src/keep-span-days.ts';
import { readSpanDayHolds, readSpanDays } from '#store';
import { closeMonth } from '../support/close-month.ts';
import { Desk } from '../support/desk.ts';
import { startProcess } from '../support/processes.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { until } from '../support/until.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const DAY_US = 86_400_000_000n;
const dayOf = (us: bigint): string => new Date(Number(us / 1000n)).toISOString().slice(0, 10);
/** Older than that is let go; what is sent below is of August. */
const KEEP_DAYS = Math.floor((Date.now() - Date.parse('2026-08-20T00:00:00Z')) / 86_400_000);
const logged: unknown[] = [];
const note = (...what: unknown[]): void => void logged.push(what);
const keep = (): Promise<string[]> =>
  keepSpanDays({ ...service.parts, logger: { log: note, warn: note, error: note } }, KEEP_DAYS, () => false);
const days = async (): Promise<string[]> =>
  (await readSpanDays(service.database.db)).map(({ day }) => day).filter((day) => day < '2026-09');

test('partitions are made ahead of their day', async () => {
  expect(await keep()).toEqual([]);
  const nowUs = service.parts.nowUs();
  expect((await readSpanDays(service.database.db)).map(({ day }) => day)).toEqual(
    [0n, 1n, 2n, 3n].map((ahead) => dayOf(nowUs + ahead * DAY_US)),
  );
});

test('a day goes once its month is closed; figures, replay, receipts, checks and projections stay', async () => {
  const desk = await Desk.begin(service, 'span-days');
  const id = (text: string): string => `${desk.tenant.tenantId} ${text}`;
  const { tenantId } = desk.tenant;
  await desk.price('3');
  const t1 = { id: id('a'), ticket: 'T1', at: '2026-08-05T10:00:00Z', inputTokens: 1000, calls: 3 };
  await desk.send(t1);
  await desk.send({ id: id('b'), ticket: 'T1', at: '2026-08-06T10:00:00Z', inputTokens: 2000 });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-08-08T10:00:00Z' });
  const holds = async () => Object.fromEntries(await readSpanDayHolds(service.database.db, '2026-08-05'));
  expect(await holds()).toEqual({
    traces_due: 1,
    traces_not_assembled: 1,
    requests_not_sealed: 1,
    months_not_closed: 1,
  });
  await service.settle();
  expect(await holds()).toEqual({ requests_not_sealed: 1, months_not_closed: 1 });
  expect(await keep()).toEqual([]);
  await closeMonth(desk, '2026-08');
  expect(await holds()).toEqual({});

  const size = await desk.seal();
  const read = () =>
    Promise.all(
      [
        `/v1/trails/ticket:T1/replay?format=canonical&size=${size}`,
        '/v1/work-items/ticket/T1/cost',
        `/v1/reports/cost-per-outcome?from=2026-08-01&to=2026-09-01&size=${size}`,
      ].map((path) => desk.text(path)),
    );
  const before = await read();
  expect(await keep()).toEqual(['2026-08-05', '2026-08-06']);
  expect(await days()).toEqual([]);
  expect(await read()).toEqual(before);
  expect(await service.check(tenantId)).toEqual([]);
  await desk.seal();

  // Who looks for the spans is told: by a leaf, and by the receipt.
  const { rows: leaves } = await service.database.db.query<{ entry: Buffer }>(
    `SELECT entry FROM leaves WHERE tenant_id = $1 AND kind = 'erasure' ORDER BY idx`,
    [tenantId],
  );
  expect(leaves.map(({ entry }) => JSON.parse(entry.toString()))).toMatchObject([
    { state: 'expired', policy: `spans@${KEEP_DAYS}`, day: '2026-08-05', counts: { spans: 4, batches: 1 } },
    { state: 'expired', policy: `spans@${KEEP_DAYS}`, day: '2026-08-06', counts: { spans: 2, batches: 1 } },
  ]);
  const { rows: batches } = await service.database.db.query<{ batch_id: string }>(
    'SELECT batch_id FROM batches WHERE tenant_id = $1',
    [tenantId],
  );
  for (const { batch_id: batch } of batches)
    expect((await desk.call(`/v1/receipts/${batch}`)).body).toMatchObject({ isOpenable: false });

  // Summaries are made again from what is kept of the spans, to the same rows.
  const summaries = () =>
    service.database.db.query('SELECT * FROM traces WHERE tenant_id = $1 ORDER BY trace_id', [tenantId]);
  const { rows: standing } = await summaries();
  await service.database.db.query('DELETE FROM traces WHERE tenant_id = $1', [tenantId]);
  await rebuildProjections({ ...service.parts, logger: { error: note } }, tenantId, 20);
  expect((await summaries()).rows).toEqual(standing);

  // A late span of such a trace moves nothing: the steps that its spans were made into stand, and it is set aside.
  await desk.send({ ...t1, at: '2026-08-28T10:00:00Z', inputTokens: 9000 });
  await service.settle();
  expect((await read()).slice(0, 2)).toEqual(before.slice(0, 2));
  const { body } = await desk.call('/v1/set-aside?kind=rejected');
  expect(body.items).toMatchObject([{ reason: 'spans_let_go', subject: Desk.traceId(id('a')) }]);
  expect(await service.check(tenantId)).toEqual([]);
});

test('the command tells what is on disk for what, and what an old day waits for', async () => {
  const desk = await Desk.begin(service, 'span-days-told');
  await desk.price('3');
  const trace = { id: `${desk.tenant.tenantId} a`, ticket: 'T1', inputTokens: 1000 };
  await desk.send({ ...trace, at: '2026-08-03T10:00:00Z' });
  const { connection } = service.database;
  const env = {
    DATABASE_URL: connection,
    SPAN_MAX_AGE_DAYS: String(KEEP_DAYS - 1),
    SPAN_KEEP_DAYS: String(KEEP_DAYS),
  };
  const told = startProcess('cli', ['storage', '--json'], { env });
  expect(await told.exited).toBe(0);
  const storage = JSON.parse(told.output());
  expect(storage.days[0]).toEqual({
    day: '2026-08-03',
    spansAbout: expect.any(Number),
    bytes: expect.any(Number),
    goesOn: dayOf(BigInt(Date.parse('2026-08-03') + (KEEP_DAYS + 1) * 86_400_000) * 1000n),
    waitsFor: ['1 traces due', '1 traces not assembled', '1 requests not sealed', '1 months not closed'],
  });
  const { rows } = await service.database.db.query<{ bytes: bigint; spans: bigint }>(
    `SELECT (SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
              WHERE relkind = 'r' AND nspname IN ('public', 'bullmq')) AS bytes,
            (SELECT sum(span_count)::bigint FROM traces) AS spans`,
  );
  const { bytes, spans } = rows[0]!;
  expect(storage).toMatchObject({ spans: Number(spans), bytes: Number(bytes), spanKeepDays: KEEP_DAYS });
  const sum = (name: string): number =>
    storage.groups.reduce((total: number, group: any) => total + group[name], 0);
  expect(sum('tableBytes') + sum('indexBytes')).toBe(storage.bytes);
  expect(storage.groups.at(-1)).toMatchObject({ group: 'everything else' });
  await service.settle();
});

test('a day that somebody reads goes when they are done, and nobody who appends waits for it', async () => {
  const desk = await Desk.begin(service, 'span-days-used');
  const id = (text: string): string => `${desk.tenant.tenantId} ${text}`;
  await desk.price('3');
  await desk.send({ id: id('a'), ticket: 'T1', at: '2026-08-05T10:00:00Z', inputTokens: 1000 });
  await service.settle();
  await closeMonth(desk, '2026-08');
  const reader = await service.database.db.pool.connect();
  await reader.query('BEGIN; SELECT count(*) FROM spans');
  logged.length = 0;
  const keeping = keep();
  let isOver = false;
  void keeping.then(() => (isOver = true));
  await until('the wait for the reader', async () => {
    const { rows } = await service.database.db.query(
      `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'ALTER TABLE spans DETACH%' AND wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  // Today's partition, and that of a day which has none yet.
  for (const at of [new Date(Date.now() - 60_000).toISOString(), '2026-08-29T10:00:00Z'])
    await desk.send({ id: id(`while ${at}`), ticket: 'T2', at, inputTokens: 1 });
  expect(isOver).toBe(false);
  expect(await keeping).toEqual([]);
  expect(logged).toEqual([['a day of spans is in use; it is let go later', { day: '2026-08-05' }]]);
  await reader.query('ROLLBACK');
  reader.release();
  expect(await keep()).toEqual(['2026-08-05']);
  await service.settle();
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});
