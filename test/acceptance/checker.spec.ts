// Goal: a row that was changed behind our back is found, by the worker's own look at the tail and by the command; it
// stops the posting of its tenant, and of no other, until an admin clears it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { countOpenHalts, type Violation } from '#store';
import { checkDrift, DRIFT } from '../../apps/worker/src/check-drift.ts';
import { checkTail } from '../../apps/worker/src/check-tail.ts';
import { Desk } from '../support/desk.ts';
import { leavesWaiting } from '../support/leaves-waiting.ts';
import { everything } from '../support/office-with-history.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

async function workedDesk(): Promise<Desk> {
  const desk = await Desk.begin(service, 'checker');
  await desk.price('3');
  for (const n of [1, 2, 3])
    await desk.send({
      id: `${desk.tenant.tenantId} ${n}`,
      ticket: `T${n}`,
      at: '2026-10-05T10:00:00Z',
      inputTokens: 1000 * n,
    });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-10-06T10:00:00Z' });
  await desk.settle();
  return desk;
}

async function look(): Promise<Violation[]> {
  const found: Violation[] = [];
  const parts = { ...service.parts, onViolation: (violation: Violation) => void found.push(violation) };
  while ((await checkTail(parts)) > 0);
  return found;
}

/** The backup: what stood of a tenant before the change. @returns puts it back */
async function keep(tenantId: bigint): Promise<() => Promise<void>> {
  const tables = ['ledger_transactions', 'ledger_entries', 'positions'];
  const { db } = service.database;
  for (const table of tables)
    await db.query(`CREATE TABLE kept_${table} AS SELECT * FROM ${table} WHERE tenant_id = ${tenantId}`);
  return async () => {
    for (const table of tables) {
      await db.query(`DELETE FROM ${table} WHERE tenant_id = ${tenantId}`);
      await db.query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
      await db.query(`DROP TABLE kept_${table}`);
    }
  };
}

const ENTRY = `(SELECT posting_id, txn_id, n FROM ledger_entries WHERE tenant_id = $1 AND account LIKE '5%' ORDER BY 1, 2, 3 LIMIT 1)`;
const WHERE = `WHERE tenant_id = $1 AND (posting_id, txn_id, n) = ${ENTRY}`;

test.each<[what: string, sql: string, invariants: string[]]>([
  [
    'an amount',
    `UPDATE ledger_entries SET amount = amount + 1 ${WHERE}`,
    [
      'stored transactions are those that the log commits to',
      'every transaction balances per asset',
      'positions equal the sum of entries',
    ],
  ],
  [
    'a model',
    `UPDATE ledger_entries SET call_model = 'cheaper' ${WHERE}`,
    ['stored transactions are those that the log commits to'],
  ],
  [
    'a period',
    `UPDATE ledger_transactions SET period = '2020-01' WHERE tenant_id = $1`,
    ['stored transactions are those that the log commits to'],
  ],
  [
    'a position',
    `UPDATE positions SET amount = amount - 5 WHERE tenant_id = $1 AND account = '5200:outcome'`,
    ['positions equal the sum of entries'],
  ],
  [
    'a transaction that is gone',
    `DELETE FROM ledger_transactions WHERE tenant_id = $1`,
    ['stored transactions are those that the log commits to'],
  ],
])('%s that was changed is found, and posting stops', async (_, sql, invariants) => {
  await look();
  const desk = await workedDesk();
  const other = await workedDesk();
  const putBack = await keep(desk.tenant.tenantId);
  await service.database.db.query(sql, [desk.tenant.tenantId]);

  const found = await look();
  expect(new Set(found.map(({ tenantId }) => tenantId))).toEqual(new Set([desk.tenant.tenantId]));
  expect([...new Set(found.map(({ invariant }) => invariant))].sort()).toEqual([...invariants].sort());
  const command = await service.check(desk.tenant.tenantId);
  expect(command.length).toBeGreaterThan(0);
  expect(await service.check(other.tenant.tenantId)).toEqual([]);

  // Spans and outcomes are accepted; nothing of them is posted. The other tenant goes on.
  const late = { at: '2026-10-07T10:00:00Z', inputTokens: 500 };
  for (const each of [desk, other])
    await each.send({ ...late, id: `${each.tenant.tenantId} late`, ticket: 'T2' });
  await desk.tell({ id: '2', ticket: 'T2', verb: 'resolved', at: '2026-10-08T10:00:00Z' });
  await service.settle();
  const waiting = async (each: Desk): Promise<unknown> => {
    const { rows } = await service.database.db.query(
      `SELECT (SELECT count(*) FROM due_traces WHERE tenant_id = $1)::int AS traces,
              (SELECT count(*) FROM fact_inbox WHERE tenant_id = $1)::int AS facts`,
      [each.tenant.tenantId],
    );
    return rows[0];
  };
  expect([await waiting(desk), await waiting(other)]).toEqual([
    { traces: 1, facts: 1 },
    { traces: 0, facts: 0 },
  ]);

  const halts = (await desk.call('/v1/ledger/halts')).body;
  expect(halts.isHalted).toBe(true);
  await putBack();
  const analyst = await desk.tenant.key(['analyst']);
  for (const { haltId } of halts.items) {
    const path = `/v1/ledger/halts/${haltId}/clear`;
    const body = { reason: 'the row was put back from the backup' };
    expect((await service.api.call(path, { key: analyst, body })).status).toBe(403);
    expect((await desk.call(path, { body })).status).toBe(200);
    expect((await desk.call(path, { body })).status).toBe(404);
  }
  expect((await desk.call('/v1/ledger/halts')).body.isHalted).toBe(false);
  const leaves = await leavesWaiting(service.database.db, desk.tenant.tenantId, ['halt']);
  expect(leaves.map(({ halt, state, reason }) => ({ halt, state, reason }))).toEqual(
    halts.items.map(({ haltId }: any) => ({
      halt: haltId,
      state: 'cleared',
      reason: 'the row was put back from the backup',
    })),
  );
  await service.settle();
  expect(await waiting(desk)).toEqual({ traces: 0, facts: 0 });
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});

/** Looks at every posting of every tenant once. @returns what is wrong */
async function walk(): Promise<Violation[]> {
  const found: Violation[] = [];
  const parts = { ...service.parts, onViolation: (violation: Violation) => void found.push(violation) };
  const { rows } = await service.database.db.query<{ n: number }>('SELECT count(*)::int AS n FROM tenants');
  // A tenant has few postings: a page of traces and one of work items, and each comes round in turn.
  for (let n = 0; n < 3 * rows[0]!.n; n += 1)
    await checkDrift(parts, { pageSize: 100, traceSpans: 1000, isStopping: () => false });
  return found;
}

const LEAF_STEP = `UPDATE steps SET record = replace(record, '"in_uncached":"1000"', '"in_uncached":"999"') WHERE tenant_id = $1`;
const DEARER = `UPDATE prices SET rule = replace(rule::text, '3000000', '4000000')::jsonb WHERE tenant_id = $1`;

test.each<[what: string, sql: string, isCharge: boolean]>([
  ['the usage of a stored step', LEAF_STEP, true],
  ['a price row', DEARER, true],
  [
    'the amount of a cost line',
    `UPDATE cost_lines SET body = jsonb_set(body, '{amount,amountPico}', '"7"') WHERE tenant_id = $1`,
    false,
  ],
  ['an outcome event', `UPDATE outcome_events SET verb = 'failed' WHERE tenant_id = $1`, false],
])('%s that was changed is found by posting again, and posting stops', async (_, sql, isCharge) => {
  const desk = await workedDesk();
  const { tenantId } = desk.tenant;
  await desk.post('/v1/cost-lines', {
    lines: [
      {
        id: 'fee',
        source: 'desk',
        workItem: { kind: 'ticket', key: 'T1' },
        kind: 'tool_fee',
        amount: { amount: '1.25', currency: 'USD' },
        occurredAt: '2026-10-05T12:00:00Z',
      },
    ],
  });
  await desk.settle();
  const stood = await everything({ service });
  expect(await walk()).toEqual([]);
  expect(await service.drift(tenantId)).toEqual([]);
  const { check_walks: _walks, ...left } = await everything({ service });
  expect({ ...left, check_walks: stood['check_walks'] }).toEqual(stood);

  await service.database.db.query(sql, [tenantId]);
  const violations = await service.drift(tenantId);
  // The first page that finds something ends the walk: the tenant is halted.
  const found = await walk();
  expect(found.length).toBeGreaterThan(0);
  expect(violations).toEqual(expect.arrayContaining(found));
  expect((await service.check(tenantId)).map(({ invariant }) => invariant)).toEqual(
    isCharge
      ? expect.arrayContaining(['what is owed for each usage is its stored step at its price row'])
      : [],
  );
  const halts = (await desk.call('/v1/ledger/halts')).body;
  expect([halts.isHalted, halts.items[0].invariant]).toEqual([true, DRIFT]);
  const { rows } = await service.database.db.query('SELECT slug FROM tenants WHERE tenant_id = $1', [
    tenantId,
  ]);
  expect(await countOpenHalts(service.database.db)).toContainEqual({ ...rows[0], halts: found.length });
});
