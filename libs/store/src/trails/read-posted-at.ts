import type { TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { toPostedBalance, type PostedBalance, type PostedBalanceRow } from '../posting/read-posted.ts';
import { isSealedBatch } from './sealed-batch.ts';

/** `readPosted` of these traces as the ledger stood at a size of the log. The answer for one size never changes. */
export async function readPostedAt(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<PostedBalance[]> {
  const { rows } = await client.query<PostedBalanceRow>({
    name: 'read-posted-at',
    text: `
SELECT e.posting_id, e.usage_span_id, e.usage_day, e.account, e.asset, e.provider, e.call_model, e.attempt_id,
       e.work_item_ref, e.price_id, sum(e.amount) AS amount
  FROM ledger_entries e
  JOIN ledger_transactions t ON t.tenant_id = $1 AND t.posting_id = e.posting_id AND t.txn_id = e.txn_id
 WHERE e.tenant_id = $1 AND e.posting_id = ANY ($2::uuid[]) AND ${isSealedBatch('t.batch_id', '$3')}
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
HAVING sum(e.amount) <> 0`,
    values: [tenantId, traceIds, size],
  });
  return rows.map(toPostedBalance);
}
