// Goal: what is stored beside the records is what the records say: thrown away, or overwritten, and made again by the
// command, every projection is the same to the byte, and nothing is posted for it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inTransaction, openPosting } from '#store';
import { rebuildProjections, type Rebuilt } from '../../apps/worker/src/rebuild-projections.ts';
import { Desk } from '../support/desk.ts';
import { play } from '../support/play-year.ts';
import { startProcess } from '../support/processes.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { simulateYear } from '../support/simulated-year.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/**
 * Each projection as text, row by row. What is left out is no projection: how often a work item was held, on which of
 * its shards a count stands, and when a bill was last compared.
 */
const PROJECTIONS: Readonly<Record<string, string>> = {
  traces: 'SELECT * FROM traces WHERE tenant_id = $1',
  attempts: 'SELECT * FROM attempts WHERE tenant_id = $1',
  link_candidates: 'SELECT * FROM link_candidates WHERE tenant_id = $1',
  trace_refs: 'SELECT * FROM trace_refs WHERE tenant_id = $1',
  work_items: 'SELECT * FROM work_items WHERE tenant_id = $1',
  positions: 'SELECT * FROM positions WHERE tenant_id = $1',
  item_positions: 'SELECT * FROM item_positions WHERE tenant_id = $1',
  emitters: 'SELECT * FROM emitters WHERE tenant_id = $1',
  trace_quality: 'SELECT * FROM trace_quality WHERE tenant_id = $1',
  quality_days:
    'SELECT day, emitter_id, measure, sum(n) FROM quality_days WHERE tenant_id = $1 GROUP BY 1, 2, 3 HAVING sum(n) <> 0',
  quality_findings: 'SELECT * FROM quality_findings WHERE tenant_id = $1',
  cost_claims: 'SELECT * FROM cost_claims WHERE tenant_id = $1',
  reconciliations: 'SELECT * FROM reconciliations WHERE tenant_id = $1',
  worklists:
    'SELECT id, kind, reason, subject, detail, since, cleared_at FROM set_aside WHERE tenant_id = $1',
};

async function dump(tenantId: bigint): Promise<Record<string, string[]>> {
  const dumped: Record<string, string[]> = {};
  for (const [name, sql] of Object.entries(PROJECTIONS)) {
    const { rows } = await service.database.db.query<{ row: string }>(
      `SELECT (to_jsonb(p) - 'version' - 'reconciled_at')::text AS row FROM (${sql}) p ORDER BY 1`,
      [tenantId],
    );
    dumped[name] = rows.map(({ row }) => row);
  }
  return dumped;
}

/** Records, which nothing of this may touch. */
async function countRecords(tenantId: bigint): Promise<unknown> {
  const { rows } = await service.database.db.query(
    `SELECT (SELECT count(*) FROM ledger_transactions WHERE tenant_id = $1) AS transactions,
            (SELECT count(*) FROM steps WHERE tenant_id = $1) AS steps,
            (SELECT count(*) FROM attempt_history WHERE tenant_id = $1) AS attempts,
            (SELECT count(*) FROM work_item_history WHERE tenant_id = $1) AS items,
            (SELECT count(*) FROM leaves WHERE tenant_id = $1) + (SELECT count(*) FROM evidence_inbox WHERE tenant_id = $1)
              AS leaves`,
    [tenantId],
  );
  return rows[0];
}

/** A desk with everything that has a projection: two months of a company, retried, reopened, merged, told by people, billed. */
async function livedDesk(): Promise<Desk> {
  const desk = await Desk.begin(service, 'rebuild');
  for (const { facts } of simulateYear(400, 7n).months.slice(0, 2)) {
    for (const fact of facts) await play(desk, fact);
    await desk.settle();
  }
  await desk.price('3');
  const id = (text: string): string => `${desk.tenant.tenantId} ${text}`;
  const at = '2026-08-05T10:00:00Z';
  await desk.send({ id: id('a'), ticket: 'T1', conversation: 'c', at, inputTokens: 1000, calls: 2 });
  await desk.send({ id: id('b'), conversation: 'c', at, inputTokens: 500 });
  await desk.send({ id: id('c'), ticket: 'T2', at, inputTokens: 700, model: 'unknown-model' });
  await desk.send({ id: id('d'), at, inputTokens: 900 });
  await desk.settle();
  await desk.tell({ id: '1', ticket: 'T1', verb: 'attempt_failed', at: '2026-08-06T10:00:00Z' });
  await desk.send({ id: id('e'), ticket: 'T1', at: '2026-08-07T10:00:00Z', inputTokens: 300 });
  await desk.tell({ id: '2', ticket: 'T1', verb: 'resolved', at: '2026-08-08T10:00:00Z' });
  await desk.tell({ id: '3', ticket: 'T3', verb: 'resolved', at: '2026-08-08T10:00:00Z' });
  await desk.settle();
  await desk.post('/v1/cost-lines', {
    lines: [
      {
        source: '/desk',
        id: 'm',
        workItem: { kind: 'ticket', key: 'T1' },
        kind: 'human',
        occurredAt: '2026-08-08T11:00:00Z',
        amount: { amount: '5', currency: 'USD' },
      },
    ],
  });
  await desk.settle();
  return desk;
}

const problems: unknown[] = [];
async function rebuild({ tenant }: Desk): Promise<Rebuilt> {
  const logger = { error: (message: string, detail?: object) => problems.push({ message, ...detail }) };
  const rebuilt = await rebuildProjections({ ...service.parts, logger }, tenant.tenantId, 20);
  expect(problems).toEqual([]);
  return rebuilt;
}
const NOTHING: Rebuilt = { traces: 0, attempts: 0, workItems: 0, positions: 0, unsettled: 0 };

test('projections that were thrown away or overwritten are made again, to the byte', async () => {
  const desk = await livedDesk();
  const { tenantId } = desk.tenant;
  const { db } = service.database;
  const before = await dump(tenantId);
  const records = await countRecords(tenantId);
  expect(Object.entries(before).flatMap(([name, rows]) => (rows.length === 0 ? [name] : []))).toEqual([
    'cost_claims',
  ]);
  expect(await rebuild(desk)).toEqual(NOTHING);
  expect(await dump(tenantId)).toEqual(before);

  // Thrown away.
  const gone = ['traces', 'attempts', 'link_candidates', 'positions', 'item_positions', 'emitters'];
  for (const table of [...gone, 'trace_quality', 'quality_days', 'quality_findings', 'reconciliations'])
    await db.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
  // A work item's row names it in the log, so it is no projection; everything that is folded into it is.
  await db.query(
    `UPDATE work_items SET phase = 'open', phase_at = NULL, final_at = NULL, generation = 9, event_count = 0,
            first_attempt_at = NULL, last_attempt_at = NULL, cost_lines = 7, definition = '?' WHERE tenant_id = $1`,
    [tenantId],
  );
  expect(await rebuild(desk)).toEqual({
    traces: before['traces']!.length,
    attempts: before['attempts']!.length,
    workItems: before['work_items']!.length,
    positions: before['positions']!.length + before['item_positions']!.length,
    unsettled: 0,
  });
  expect(await dump(tenantId)).toEqual(before);

  // Overwritten, and rows that are too many.
  await db.query('UPDATE traces SET span_count = span_count + 1, revision = 0 WHERE tenant_id = $1', [
    tenantId,
  ]);
  await db.query(
    `UPDATE attempts SET workflow = '?', model_calls = 0, cost = cost + 1 WHERE tenant_id = $1`,
    [tenantId],
  );
  await db.query('UPDATE positions SET amount = amount + 1 WHERE tenant_id = $1', [tenantId]);
  await db.query('UPDATE quality_days SET n = n + 1 WHERE tenant_id = $1', [tenantId]);
  for (const table of ['positions', 'attempts'])
    await db.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(p, '{"attempt_id": "00000000-0000-4000-8000-000000000009"}')).*
         FROM ${table} p WHERE tenant_id = $1 LIMIT 1`,
      [tenantId],
    );
  expect(await rebuild(desk)).toEqual({
    traces: before['traces']!.length,
    attempts: before['attempts']!.length + 1,
    workItems: 0,
    positions: before['positions']!.length + 1,
    unsettled: 0,
  });
  expect(await dump(tenantId)).toEqual(before);

  expect(await countRecords(tenantId)).toEqual(records);
  expect(await service.check(tenantId)).toEqual([]);

  await db.query('UPDATE attempts SET cost = cost + 1 WHERE tenant_id = $1', [tenantId]);
  const found = await service.check(tenantId);
  expect(new Set(found.map(({ invariant }) => invariant))).toEqual(
    new Set(['attempts cost what their positions say']),
  );
  await rebuild(desk);
  expect(await service.check(tenantId)).toEqual([]);
});

test('nobody has to stop posting for it', async () => {
  const desk = await Desk.begin(service, 'beside-posting');
  await desk.price('3');
  for (const ticket of ['T1', 'T2', 'T3'])
    await desk.send({
      id: `${desk.tenant.tenantId} ${ticket}`,
      ticket,
      at: '2026-08-05T10:00:00Z',
      inputTokens: 1000,
      calls: 9,
    });
  await desk.settle();
  const { tenantId } = desk.tenant;
  const { db } = service.database;
  const before = await dump(tenantId);
  await db.query('UPDATE quality_days SET n = n + 5 WHERE tenant_id = $1', [tenantId]);
  await db.query(`DELETE FROM quality_findings WHERE tenant_id = $1`, [tenantId]);
  await db.query(
    `UPDATE trace_quality SET summary = '{"days":[],"claims":[]}' WHERE tenant_id = $1 AND trace_id =
       (SELECT trace_id FROM trace_quality WHERE tenant_id = $1 LIMIT 1)`,
    [tenantId],
  );
  // As a poster does, for as long as it takes.
  await inTransaction(db, async (client) => {
    await openPosting(client, tenantId);
    expect(await rebuild(desk)).toEqual(NOTHING);
  });
  expect(await dump(tenantId)).toEqual(before);
});

test('what is known and not yet posted is left as it stands, and said', async () => {
  const desk = await Desk.begin(service, 'unsettled');
  await desk.price('3');
  const at = '2026-08-05T10:00:00Z';
  await desk.send({ id: `${desk.tenant.tenantId} a`, ticket: 'T1', at, inputTokens: 1000 });
  await desk.settle();
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-08-06T10:00:00Z' });
  const before = await dump(desk.tenant.tenantId);
  expect(await rebuild(desk)).toEqual({ ...NOTHING, unsettled: 2 });
  expect(await dump(desk.tenant.tenantId)).toEqual(before);
  await desk.settle();
  expect(await rebuild(desk)).toEqual(NOTHING);
});

test('the command makes every tenant anew', async () => {
  const command = startProcess('cli', ['rebuild', '--projections'], {
    env: { DATABASE_URL: service.database.connection },
  });
  const code = await command.exited;
  const { rows } = await service.database.db.query<{ slug: string }>(
    'SELECT slug FROM tenants ORDER BY slug',
  );
  expect({ code, said: command.output().trim().split('\n').sort() }).toEqual({
    code: 0,
    said: rows.map(
      ({ slug }) => `${slug}: rebuilt; other than before: 0 traces, 0 attempts, 0 work items, 0 positions`,
    ),
  });
});
