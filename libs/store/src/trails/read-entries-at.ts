import type { Asset, Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';

/** What stood on one account for one usage. */
export interface EntrySum {
  /** The trace, or the posting of the work item's own cost lines; 32 hex digits. */
  readonly postingId: string;
  readonly usageSpanId: SpanId;
  readonly attemptId: string | null;
  readonly workItemRef: Ref | null;
  readonly account: string;
  readonly asset: Asset;
  readonly amount: bigint;
}

/**
 * The cost side (accounts 5xxx) of these traces, and of what else was ever posted about the work item, as the ledger
 * stood at a size of the log: sums over the posting commits below it. Sums of 0 are left out. By posting, usage,
 * account, asset, item and attempt.
 */
export async function readEntriesAt(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  ref: Ref,
  size: number,
): Promise<EntrySum[]> {
  const { rows } = await client.query<{
    posting_id: string;
    usage_span_id: bigint;
    attempt_id: string | null;
    work_item_ref: string | null;
    account: string;
    asset: Asset;
    amount: string;
  }>({
    name: 'read-entries-at',
    text: `
SELECT e.posting_id, e.usage_span_id, e.attempt_id, e.work_item_ref, e.account, e.asset, sum(e.amount) AS amount
  FROM ledger_entries e
  JOIN ledger_transactions t ON t.tenant_id = $1 AND t.posting_id = e.posting_id AND t.txn_id = e.txn_id
  JOIN ledger_batches k ON k.tenant_id = $1 AND k.batch_id = t.batch_id AND k.leaf_index < $4
 WHERE e.tenant_id = $1 AND e.account >= '5' AND e.account < '6'
   AND e.posting_id = ANY ($2::uuid[] || ARRAY(SELECT i.posting_id FROM item_positions i WHERE i.tenant_id = $1 AND i.ref = $3))
   AND (e.posting_id = ANY ($2::uuid[]) OR e.work_item_ref = $3)
 GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(e.amount) <> 0
 ORDER BY 1, 2, 5, 6, 4, 3`,
    values: [tenantId, traceIds, ref, size],
  });
  return rows.map((row) => ({
    postingId: traceIdFromUuid(row.posting_id),
    usageSpanId: spanIdFromInt8(row.usage_span_id),
    attemptId: row.attempt_id,
    workItemRef: row.work_item_ref,
    account: row.account,
    asset: row.asset,
    amount: BigInt(row.amount),
  }));
}
