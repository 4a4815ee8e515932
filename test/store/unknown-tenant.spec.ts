// Goal: the books of a tenant that came since the last ANALYZE are read in about as many rows as there are: PostgreSQL
// expects one row of it, and joined its entries and transactions by looking all of one through for each of the other.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  inTransaction,
  readEntriesAt,
  readPeriodBalances,
  readPeriodDifferences,
  readTrialBalance,
  updateAttemptCosts,
  type Client,
} from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const KNOWN = 1n;
const UNKNOWN = 2n;
const TRANSACTIONS = 2_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await fill(KNOWN, 20 * TRANSACTIONS);
  await database.db.query('ANALYZE ledger_entries, ledger_transactions');
  await database.db.query(
    'ALTER TABLE ledger_entries SET (autovacuum_enabled = off); ALTER TABLE ledger_transactions SET (autovacuum_enabled = off)',
  );
  await fill(UNKNOWN, TRANSACTIONS);
});
afterAll(() => database.drop());

/** Transactions of two entries each: a charge of one and what is owed for it. */
async function fill(tenantId: bigint, transactions: number): Promise<void> {
  await database.db.query(
    `INSERT INTO ledger_transactions (tenant_id, posting_id, txn_id, code, cause, effective_at, recorded_at, period, rules, batch_id)
     SELECT $1, md5('p' || n)::uuid, md5('t' || n)::uuid, 'CHARGE', 'spans', '2026-05-05', '2026-05-05', '2026-05', '', md5('b')::uuid
       FROM generate_series(1, $2::integer) AS n`,
    [tenantId, transactions],
  );
  await database.db.query(
    `INSERT INTO ledger_entries (tenant_id, posting_id, txn_id, n, account, asset, amount, usage_span_id, usage_day, provider, call_model)
     SELECT $1, md5('p' || n)::uuid, md5('t' || n)::uuid, side, CASE side WHEN 0 THEN '5200:outcome' ELSE '2000:accrued:p:2026-05' END,
            'USD/12', CASE side WHEN 0 THEN 1 ELSE -1 END, 1, '2026-05-05', 'p', 'm'
       FROM generate_series(1, $2::integer) AS n, generate_series(0, 1) AS side`,
    [tenantId, transactions],
  );
}

/** Rows that were fetched from both tables on behalf of `work`. */
async function rowsRead(
  client: Client,
  tables: readonly string[] = ['ledger_entries', 'ledger_transactions'],
): Promise<bigint> {
  await client.query('SELECT pg_stat_force_next_flush()');
  // Counters are told when a session is idle outside of a transaction.
  await client.query('COMMIT');
  await client.query('BEGIN');
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ read: bigint }>(
    `SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint AS read
       FROM pg_stat_user_tables WHERE relname = ANY ($1)`,
    [tables],
  );
  return rows[0]!.read;
}

const N = BigInt(TRANSACTIONS);
const ACCOUNTS = ['2000:accrued:p:2026-05', '5200:outcome'];

test.each<[what: string, read: (client: Client) => Promise<unknown>, is: unknown]>([
  [
    'the trial balance of a period',
    (client) => readPeriodBalances(client, UNKNOWN, '2026-05'),
    ACCOUNTS.map((account, n) => ({
      account,
      asset: 'USD/12',
      opening: 0n,
      debit: n === 0 ? 0n : N,
      credit: n === 0 ? N : 0n,
      ofOtherMonths: 0n,
    })),
  ],
  [
    'what differs from it',
    (client) => readPeriodDifferences(client, UNKNOWN, '2026-05'),
    ACCOUNTS.map((account, n) => ({ account, asset: 'USD/12', code: null, amount: n === 0 ? -N : N })),
  ],
  [
    'the trial balance of days posted to a period',
    (client) => readTrialBalance(client, UNKNOWN, '2026-05-01', '2026-06-01', '2026-05'),
    ACCOUNTS.map((account, n) => ({
      account,
      asset: 'USD/12',
      debit: n === 0 ? 0n : N,
      credit: n === 0 ? N : 0n,
      entries: N,
    })),
  ],
])('%s', async (_, read, is) => {
  await inTransaction(database.db, async (client) => {
    const before = await rowsRead(client);
    expect(await read(client)).toEqual(is);
    const rows = (await rowsRead(client)) - before;
    // Each entry and transaction once, or every row of both tables once: not one times the other.
    expect(Number(rows)).toBeLessThanOrEqual(3 * 21 * TRANSACTIONS);
  });
});

test('what one trail cost, of a tenant that is known', async () => {
  await database.db.query(
    `INSERT INTO ledger_batches (tenant_id, batch_id, leaf_index) VALUES ($1, md5('b')::uuid, 0)`,
    [KNOWN],
  );
  await inTransaction(database.db, async (client) => {
    const { rows } = await client.query<{ id: string }>(`SELECT md5('p7')::uuid AS id`);
    const before = await rowsRead(client);
    const entries = await readEntriesAt(client, KNOWN, [rows[0]!.id.replaceAll('-', '')], 'ticket:1:T', 1);
    const read = (await rowsRead(client)) - before;
    expect(entries.map(({ account, amount }) => [account, amount])).toEqual([['5200:outcome', 1n]]);
    // Its entries and transaction: not all 80,000.
    expect(Number(read)).toBeLessThanOrEqual(10);
  });
});

test('what attempts cost', async () => {
  const { db } = database;
  const attempts = 250;
  await db.query('ANALYZE attempts, positions');
  await db.query(
    'ALTER TABLE attempts SET (autovacuum_enabled = off); ALTER TABLE positions SET (autovacuum_enabled = off)',
  );
  await db.query(
    `INSERT INTO attempts (tenant_id, since_batch, trace_id, attempt_id, work_item_ref, started_at, ended_at, key_kind, grade, placement, workflow, dimensions, model_calls, unpriced_calls, calls_without_usage)
     SELECT $1, md5('b')::uuid, md5('t' || n)::uuid, md5('a' || n)::uuid, 'ticket:' || n, '2026-05-05', '2026-05-05', 'ticket', 'A', 'direct', 'w', '{}', 1, 0, 0
       FROM generate_series(1, $2::integer) AS n`,
    [UNKNOWN, attempts],
  );
  await db.query(
    `INSERT INTO positions (tenant_id, posting_id, attempt_id, account, asset, usage_day, amount)
     SELECT $1, md5('t' || n)::uuid, md5('a' || n)::uuid, account, 'USD/12', '2026-05-05', n
       FROM generate_series(1, $2::integer) AS n,
            unnest(ARRAY['5200:outcome', '5300:retry', '2000:accrued:p:2026-05']) AS account`,
    [UNKNOWN, attempts],
  );
  const { rows: traces } = await db.query<{ trace_id: string }>(
    'SELECT trace_id FROM attempts WHERE tenant_id = $1',
    [UNKNOWN],
  );
  await inTransaction(db, async (client) => {
    const tables = ['attempts', 'positions'];
    const before = await rowsRead(client, tables);
    await updateAttemptCosts(
      client,
      UNKNOWN,
      traces.map((row) => row.trace_id),
    );
    const read = (await rowsRead(client, tables)) - before;
    const { rows } = await client.query(
      'SELECT sum(cost)::text AS cost, sum(direct_cost)::text AS direct FROM attempts WHERE tenant_id = $1',
      [UNKNOWN],
    );
    const once = (attempts * (attempts + 1)) / 2;
    expect(rows).toEqual([{ cost: String(2 * once), direct: String(once) }]);
    // Each attempt twice, each of its positions once.
    expect(Number(read)).toBeLessThanOrEqual(6 * attempts);
  });
});
