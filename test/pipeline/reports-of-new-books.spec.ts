// Goal: the reports of a tenant whose tables PostgreSQL has no statistics of yet (a service just started, a new tenant)
// read about as many rows as there are. It expects one row of each, and loops within loops over them read millions.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '#store';
import { makeTenant, startTestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedItem } from '../support/seed-spend.ts';
import { until } from '../support/until.ts';

const ITEMS = 240;
const TABLES = ['work_items', 'attempts', 'item_positions', 'positions'];

let database: TestDatabase;
let analyst: string;

/** Every fourth item was tried twice, and a person worked on every second. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  for (const table of TABLES) await db.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
  const tenant = await makeTenant(db, 'acme');
  analyst = await tenant.key(['analyst']);
  for (let index = 0; index < ITEMS; index++) {
    const part = (trace: string, day: string) => ({
      trace,
      startedAt: `2026-10-${day}T08:00:00Z`,
      usd: '0.5',
      workflow: 'claims',
    });
    const second = { placement: 'outcome', parts: [part(`b${index}`, '03')] };
    await seedItem(db, tenant.tenantId, {
      key: `C-${index}`,
      phase: 'achieved',
      at: '2026-10-04T08:00:00Z',
      attempts:
        index % 4 === 0 ? [{ placement: 'waste:retry', parts: [part(`a${index}`, '02')] }, second] : [second],
    });
  }
  await db.query(
    `INSERT INTO item_positions (tenant_id, ref, posting_id, account, asset, amount)
     SELECT tenant_id, ref, surrogate_id, '5500:human', 'USD/12', 1000000000000 FROM work_items
      WHERE tenant_id = $1 AND substr(key, 3)::integer % 2 = 0`,
    [tenant.tenantId],
  );
});
afterAll(() => database.drop());

test.each([
  ['cost-per-outcome', ''],
  ['over-time', ''],
  ['baseline', ''],
  ['sentence', ''],
  ['retries', ''],
  ['waste', ''],
  ['spend', '&by=agent'],
])('%s', async (name, more) => {
  const before = await rowsRead();
  // What a session has read is told at the latest when it ends.
  const db = await openDatabase(database.connection, { maxConnections: 2, applicationName: 'new books' });
  const api = await startTestApi(db);
  const answer = await api.call(
    `/v1/reports/${name}?group_by=workflow,outcome_type&from=2026-10-01&to=2026-11-01${more}`,
    { key: analyst },
  );
  await api.close();
  await db.close();
  await until('its sessions to end', async () => {
    const { rowCount } = await database.db.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'new books' AND datname = current_database()`,
    );
    return rowCount === 0;
  });
  expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
  // About 6,000; each row once for each of another would be 70,000 a table and statement, and it was millions.
  expect((await rowsRead()) - before).toBeLessThanOrEqual(100 * ITEMS);
});

async function rowsRead(): Promise<number> {
  const { rows } = await database.db.query<{ read: bigint }>(
    `SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) + coalesce(idx_blks_hit, 0))::bigint AS read
       FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid) WHERE pg_stat_user_tables.relname = ANY ($1)`,
    [TABLES],
  );
  return Number(rows[0]!.read);
}
