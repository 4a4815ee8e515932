import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import type { Asset, SpanId } from '#model';

/** A balance that stands posted: the sum of a posting's entries of one kind. */
export interface PostedBalance {
  readonly postingId: string;
  readonly usageSpanId: SpanId;
  readonly usageDay: string;
  readonly account: string;
  readonly asset: Asset;
  readonly provider: string;
  readonly callModel: string;
  readonly attemptId: string | null;
  readonly workItemRef: string | null;
  readonly priceId: string | null;
  readonly amount: bigint;
}

export interface PostedBalanceRow {
  posting_id: string;
  usage_span_id: bigint;
  usage_day: string;
  account: string;
  asset: Asset;
  provider: string;
  call_model: string;
  attempt_id: string | null;
  work_item_ref: string | null;
  price_id: string | null;
  amount: string;
}

/** What is posted, read from the postings' own entries; balances of zero are left out. */
export async function readPosted(
  db: Queryable,
  tenantId: bigint,
  postingIds: readonly string[],
): Promise<PostedBalance[]> {
  if (postingIds.length === 0) return [];
  const { rows } = await db.query<PostedBalanceRow>({
    name: 'read-posted',
    text: `
SELECT posting_id, usage_span_id, usage_day, account, asset, provider, call_model, attempt_id, work_item_ref, price_id,
       sum(amount) AS amount
  FROM ledger_entries WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[])
 GROUP BY posting_id, usage_span_id, usage_day, account, asset, provider, call_model, attempt_id, work_item_ref, price_id
HAVING sum(amount) <> 0`,
    values: [tenantId, postingIds],
  });
  return rows.map(toPostedBalance);
}

export const toPostedBalance = (row: PostedBalanceRow): PostedBalance => ({
  postingId: traceIdFromUuid(row.posting_id),
  usageSpanId: spanIdFromInt8(row.usage_span_id),
  usageDay: row.usage_day,
  account: row.account,
  asset: row.asset,
  provider: row.provider,
  callModel: row.call_model,
  attemptId: row.attempt_id,
  workItemRef: row.work_item_ref,
  priceId: row.price_id,
  amount: BigInt(row.amount),
});
