import type { Asset, LedgerEntry, Ref } from '#model';
import type { Client, Queryable } from '../connection/database.ts';
import { queryWholeTenant } from '../connection/query-whole-tenant.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { toLedgerEntry, type LedgerEntryRow } from '../posting/ledger-entry-row.ts';
import { booksAt } from './books-at.ts';

/** What was debited and credited on an account over the usage days asked for; smallest units of the asset. */
export interface AccountBalance {
  readonly account: string;
  readonly asset: Asset;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly entries: bigint;
}

/**
 * @param fromDay UTC usage day, `YYYY-MM-DD`; `toDay` is exclusive
 * @param period posted to this month; null = to any
 * @param size leaves of the log the books are read at; null = as they stand
 * @returns accounts by asset and name
 */
export async function readTrialBalance(
  client: Client,
  tenantId: bigint,
  fromDay: string,
  toDay: string,
  period: string | null,
  size: number | null = null,
): Promise<AccountBalance[]> {
  const values: unknown[] = [tenantId, fromDay, toDay, period];
  const books = booksAt(size, (value) => `$${values.push(value)}`);
  const rows = await queryWholeTenant<{
    account: string;
    asset: Asset;
    debit: string;
    credit: string;
    entries: bigint;
  }>(
    client,
    `WITH ${books}entry AS (
       SELECT account, asset, amount FROM ledger_entries e
        WHERE tenant_id = $1 AND usage_day >= $2::date AND usage_day < $3::date
          AND ($4::text IS NULL OR EXISTS (
                SELECT FROM ledger_transactions t WHERE t.tenant_id = $1 AND t.posting_id = e.posting_id
                   AND t.txn_id = e.txn_id AND t.period = $4)))
     SELECT account, asset, coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debit,
            coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS credit, count(*) AS entries
       FROM entry GROUP BY account, asset ORDER BY asset, account`,
    values,
  );
  return rows.map((row) => ({ ...row, debit: BigInt(row.debit), credit: BigInt(row.credit) }));
}

export interface TransactionFilter {
  /** 32 hex digits. */
  readonly traceId?: string | undefined;
  readonly code?: string | undefined;
  readonly cause?: string | undefined;
  /** Posting period, `YYYY-MM`. */
  readonly period?: string | undefined;
  /** An account by its whole name, or a class by its number (`5300`). */
  readonly account?: string | undefined;
  readonly workItemRef?: Ref | undefined;
  /** Leaves of the log the books are read at; absent or null = as they stand. */
  readonly size?: number | null | undefined;
  readonly after?: { readonly postingId: string; readonly transactionId: string } | undefined;
  readonly limit: number;
}

export interface StoredTransaction {
  readonly postingId: string;
  readonly transactionId: string;
  readonly code: string;
  readonly cause: string;
  readonly effectiveAtUs: bigint;
  readonly recordedAtUs: bigint;
  readonly period: string;
  readonly rules: string;
  readonly batchId: string;
  readonly entries: readonly LedgerEntry[];
}

/** Transactions with their entries, by posting and transaction id. */
export async function listTransactions(
  client: Client,
  tenantId: bigint,
  filter: TransactionFilter,
): Promise<StoredTransaction[]> {
  const { rows } = await client.query<TransactionRow>(
    `SELECT posting_id, txn_id, code, cause, effective_at, recorded_at, period, rules, batch_id
       FROM ledger_transactions t
      WHERE tenant_id = $1 AND ($2::uuid IS NULL OR posting_id = $2) AND ($3::text IS NULL OR code = $3)
        AND ($4::text IS NULL OR cause = $4) AND ($8::text IS NULL OR period = $8)
        AND ($9::bigint IS NULL OR EXISTS (
              SELECT FROM ledger_batches b WHERE b.tenant_id = $1 AND b.batch_id = t.batch_id AND b.leaf_index < $9))
        AND (($10::text IS NULL AND $11::text IS NULL) OR EXISTS (
              SELECT FROM ledger_entries e
               WHERE e.tenant_id = $1 AND e.posting_id = t.posting_id AND e.txn_id = t.txn_id
                 AND ($10::text IS NULL OR e.account = $10 OR starts_with(e.account, $10 || ':') AND length($10) = 4)
                 AND ($11::text IS NULL OR e.work_item_ref = $11)))
        AND ($5::uuid IS NULL OR (posting_id, txn_id) > ($5, $6::uuid))
      ORDER BY posting_id, txn_id LIMIT $7`,
    [
      tenantId,
      filter.traceId ?? null,
      filter.code ?? null,
      filter.cause ?? null,
      filter.after?.postingId ?? null,
      filter.after?.transactionId ?? null,
      filter.limit,
      filter.period ?? null,
      filter.size ?? null,
      filter.account ?? null,
      filter.workItemRef ?? null,
    ],
  );
  const entries = await readEntries(client, tenantId, rows);
  return rows.map((row) => toTransaction(row, entries));
}

/** The transactions of posting commits, by commit; one without any has no entry. */
export async function readTransactionsOfBatches(
  db: Queryable,
  tenantId: bigint,
  batchIds: readonly string[],
): Promise<Map<string, StoredTransaction[]>> {
  const { rows } = await db.query<TransactionRow>({
    name: 'read-transactions-of-batches',
    text: `
SELECT posting_id, txn_id, code, cause, effective_at, recorded_at, period, rules, batch_id
  FROM ledger_transactions WHERE tenant_id = $1 AND batch_id = ANY ($2::uuid[])`,
    values: [tenantId, batchIds],
  });
  const entries = await readEntries(db, tenantId, rows);
  const byBatch = new Map<string, StoredTransaction[]>();
  for (const row of rows) {
    const list = byBatch.get(row.batch_id) ?? [];
    byBatch.set(row.batch_id, list);
    list.push(toTransaction(row, entries));
  }
  return byBatch;
}

const toTransaction = (
  row: TransactionRow,
  entries: ReadonlyMap<string, LedgerEntry[]>,
): StoredTransaction => ({
  postingId: traceIdFromUuid(row.posting_id),
  transactionId: row.txn_id,
  code: row.code,
  cause: row.cause,
  effectiveAtUs: row.effective_at,
  recordedAtUs: row.recorded_at,
  period: row.period,
  rules: row.rules,
  batchId: row.batch_id,
  entries: entries.get(`${row.posting_id} ${row.txn_id}`) ?? [],
});

async function readEntries(
  client: Queryable,
  tenantId: bigint,
  transactions: readonly TransactionRow[],
): Promise<Map<string, LedgerEntry[]>> {
  const { rows } = await client.query<EntryRow>(
    `SELECT posting_id, txn_id, account, asset, amount, usage_span_id, usage_day, provider, call_model, attempt_id,
            work_item_ref, price_id
       FROM ledger_entries
      WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]) AND txn_id = ANY ($3::uuid[])
      ORDER BY posting_id, txn_id, n`,
    [tenantId, transactions.map((row) => row.posting_id), transactions.map((row) => row.txn_id)],
  );
  const byTransaction = new Map<string, LedgerEntry[]>();
  for (const row of rows) {
    const id = `${row.posting_id} ${row.txn_id}`;
    const list = byTransaction.get(id) ?? [];
    byTransaction.set(id, list);
    list.push(toLedgerEntry(row));
  }
  return byTransaction;
}

interface TransactionRow {
  posting_id: string;
  txn_id: string;
  code: string;
  cause: string;
  effective_at: bigint;
  recorded_at: bigint;
  period: string;
  rules: string;
  batch_id: string;
}
interface EntryRow extends LedgerEntryRow {
  posting_id: string;
  txn_id: string;
}
