import type { Asset, Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { isSealedBatch } from '../trails/sealed-batch.ts';

/** One entry of the ledger with the transaction it was written by. */
export interface PostedEntry {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly transactionId: string;
  readonly code: string;
  readonly cause: string;
  readonly effectiveAtUs: bigint;
  readonly recordedAtUs: bigint;
  readonly account: string;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly provider: string;
  readonly callModel: string;
  readonly attemptId: string | null;
}

/**
 * Every entry that was ever posted about a work item on these traces, in the order they were recorded.
 *
 * @param size leaves of the log: only what was posted by then; null = all
 */
export async function readPostedHistory(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  ref: Ref,
  size: number | null = null,
): Promise<PostedEntry[]> {
  const { rows } = await client.query<{
    posting_id: string;
    usage_span_id: bigint;
    txn_id: string;
    code: string;
    cause: string;
    effective_at: bigint;
    recorded_at: bigint;
    account: string;
    asset: Asset;
    amount: bigint;
    provider: string;
    call_model: string;
    attempt_id: string | null;
  }>(
    `
SELECT e.posting_id, e.usage_span_id, e.txn_id, t.code, t.cause, t.effective_at, t.recorded_at, e.account, e.asset,
       e.amount, e.provider, e.call_model, e.attempt_id
  FROM ledger_entries e
  JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.posting_id = e.posting_id AND t.txn_id = e.txn_id
 WHERE e.tenant_id = $1 AND e.posting_id = ANY ($2::uuid[]) AND e.work_item_ref = $3
   AND ($4::bigint IS NULL OR ${isSealedBatch('t.batch_id', '$4')})
 ORDER BY t.recorded_at, e.posting_id, e.txn_id, e.n`,
    [tenantId, traceIds, ref, size],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.posting_id),
    spanId: spanIdFromInt8(row.usage_span_id),
    transactionId: row.txn_id,
    code: row.code,
    cause: row.cause,
    effectiveAtUs: row.effective_at,
    recordedAtUs: row.recorded_at,
    account: row.account,
    asset: row.asset,
    amount: row.amount,
    provider: row.provider,
    callModel: row.call_model,
    attemptId: row.attempt_id,
  }));
}
