import { textArray, timestampArray, uuidArray } from '../connection/binary-array.ts';
import { BinaryRows } from '../connection/binary-rows.ts';
import { copyIn } from '../connection/copy-in.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { Client, Queryable } from '../connection/database.ts';
import type { LedgerTransaction } from '#model';
import { sumMoves } from './sum-moves.ts';
import { upsertItemPositions } from './upsert-item-positions.ts';

/** The posting commit the transactions belong to. */
export interface PostingBatch {
  readonly batchId: string;
  readonly recordedAtUs: bigint;
  /** Rule versions in force, as one text. */
  readonly rules: string;
}

const NO_ATTEMPT = '00000000-0000-0000-0000-000000000000';

/**
 * Writes transactions, their entries and the positions they move, in the caller's transaction. The caller holds
 * the postings (`advancePostings`) and has checked the balance (`postDifferences` does).
 */
export async function insertTransactions(
  client: Client,
  tenantId: bigint,
  transactions: readonly LedgerTransaction[],
  batch: PostingBatch,
): Promise<void> {
  if (transactions.length === 0) return;
  await client.query({
    name: 'insert-ledger-transactions',
    text: `
INSERT INTO ledger_transactions (tenant_id, posting_id, txn_id, code, cause, effective_at, recorded_at, period, rules, batch_id)
SELECT $1, posting_id, txn_id, code, cause, effective_at, $2, period, $3, $4
  FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::timestamptz[], $10::text[])
       AS t (posting_id, txn_id, code, cause, effective_at, period)`,
    values: [
      tenantId,
      timestampFromUs(batch.recordedAtUs),
      batch.rules,
      batch.batchId,
      uuidArray(transactions.map((txn) => txn.postingId)),
      uuidArray(transactions.map((txn) => txn.transactionId)),
      textArray(transactions.map((txn) => txn.code)),
      textArray(transactions.map((txn) => txn.cause)),
      timestampArray(transactions.map((txn) => txn.effectiveAtUs)),
      textArray(transactions.map((txn) => txn.period)),
    ],
  });
  await insertEntries(client, tenantId, transactions);
  await upsertPositions(client, tenantId, transactions);
  await upsertItemPositions(client, tenantId, transactions);
}

const ENTRIES = `ledger_entries (tenant_id, posting_id, txn_id, n, account, asset, amount, usage_span_id, usage_day,
  provider, call_model, attempt_id, work_item_ref, price_id)`;

async function insertEntries(
  client: Client,
  tenantId: bigint,
  transactions: readonly LedgerTransaction[],
): Promise<void> {
  const rows = new BinaryRows(14);
  for (const { postingId, transactionId, entries } of transactions)
    for (const [n, entry] of entries.entries())
      rows
        .begin()
        .bigint(tenantId)
        .uuid(postingId)
        .uuid(transactionId)
        .integer(n)
        .text(entry.account)
        .text(entry.asset)
        .bigint(entry.amount)
        .spanId(entry.usageSpanId)
        .date(entry.usageDay)
        .text(entry.provider)
        .text(entry.callModel)
        .uuid(entry.attemptId)
        .text(entry.workItemRef)
        .uuid(entry.priceId);
  await copyIn(client, ENTRIES, rows);
}

/** Positions are moved by exactly what the entries say, in one pass over them; a position back at 0 stays as a row. */
async function upsertPositions(
  db: Queryable,
  tenantId: bigint,
  transactions: readonly LedgerTransaction[],
): Promise<void> {
  const moves = sumMoves(transactions, (postingId, { attemptId, account, asset, usageDay }) => [
    postingId,
    attemptId ?? NO_ATTEMPT,
    account,
    asset,
    usageDay,
  ]);
  await db.query({
    name: 'upsert-positions',
    text: `
INSERT INTO positions AS p (tenant_id, posting_id, attempt_id, account, asset, usage_day, amount)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::numeric[])
ON CONFLICT (tenant_id, posting_id, attempt_id, account, asset, usage_day) DO UPDATE SET amount = p.amount + excluded.amount`,
    values: [
      tenantId,
      uuidArray(moves.map(({ key }) => key[0])),
      uuidArray(moves.map(({ key }) => key[1])),
      textArray(moves.map(({ key }) => key[2])),
      textArray(moves.map(({ key }) => key[3])),
      moves.map(({ key }) => key[4]),
      moves.map(({ amount }) => amount),
    ],
  });
}
