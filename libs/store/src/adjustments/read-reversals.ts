import type { LedgerEntry } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { toLedgerEntry, type LedgerEntryRow } from '../posting/ledger-entry-row.ts';

/** An approved reversal of a transaction, with the entries it takes back. */
export interface Reversal {
  readonly postingId: string;
  readonly transactionId: string;
  readonly adjustmentId: string;
  readonly decidedAtUs: bigint;
  /** Whether the C900 transaction stands already. */
  readonly isPosted: boolean;
  readonly entries: readonly LedgerEntry[];
}

interface Row extends LedgerEntryRow {
  posting_id: string;
  txn_id: string;
  adjustment_id: string;
  decided_at: bigint;
  is_posted: boolean;
}

/** The reversals of these postings, by posting and transaction; read while the postings are held. */
export async function readReversals(
  db: Queryable,
  tenantId: bigint,
  postingIds: readonly string[],
): Promise<Reversal[]> {
  if (postingIds.length === 0) return [];
  const { rows } = await db.query<Row>({
    name: 'read-reversals',
    text: `
SELECT r.posting_id, r.txn_id, r.adjustment_id, a.decided_at,
       EXISTS (SELECT FROM ledger_transactions t WHERE t.tenant_id = $1 AND t.posting_id = r.posting_id
                  AND t.code = 'C900' AND t.cause = 'adjustment:' || r.adjustment_id) AS is_posted,
       e.account, e.asset, e.amount, e.usage_span_id, e.usage_day, e.provider, e.call_model, e.attempt_id,
       e.work_item_ref, e.price_id
  FROM reversals r
  JOIN adjustment_approvals a ON a.tenant_id = $1 AND a.adjustment_id = r.adjustment_id
  JOIN ledger_entries e ON e.tenant_id = $1 AND e.posting_id = r.posting_id AND e.txn_id = r.txn_id
 WHERE r.tenant_id = $1 AND r.posting_id = ANY ($2::uuid[])
 ORDER BY r.posting_id, r.txn_id, e.n`,
    values: [tenantId, postingIds],
  });
  const reversals = new Map<string, Reversal & { entries: LedgerEntry[] }>();
  for (const row of rows) {
    const key = `${row.posting_id} ${row.txn_id}`;
    const reversal = reversals.get(key) ?? {
      postingId: traceIdFromUuid(row.posting_id),
      transactionId: row.txn_id,
      adjustmentId: row.adjustment_id,
      decidedAtUs: row.decided_at,
      isPosted: row.is_posted,
      entries: [],
    };
    reversals.set(key, reversal);
    reversal.entries.push(toLedgerEntry(row));
  }
  return [...reversals.values()];
}
