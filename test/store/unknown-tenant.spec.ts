// Goal: the books of a tenant that came since the last ANALYZE are read in about as many rows as there are: PostgreSQL
// expects one row of it, and joined its entries and transactions by looking all of one through for each of the other.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  inTransaction,
  readPeriodBalances,
  readPeriodDifferences,
  readTrialBalance,
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
async function rowsRead(client: Client): Promise<bigint> {
  await client.query('SELECT pg_stat_force_next_flush()');
  // Counters are told when a session is idle outside of a transaction.
  await client.query('COMMIT');
  await client.query('BEGIN');
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ read: bigint }>(
    `SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint AS read
       FROM pg_stat_user_tables WHERE relname IN ('ledger_entries', 'ledger_transactions')`,
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
