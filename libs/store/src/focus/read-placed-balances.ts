import type { FocusAttempt, FocusWorkItem } from '#focus';
import type { Asset, Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { booksAt } from '../reports/books-at.ts';
import type { FocusQuery } from './read-charged-postings.ts';

/** A balance that stands posted for a call: owed by a price row, or placed at an attempt and work item. */
export interface PlacedBalance {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly usageDay: string;
  readonly provider: string;
  readonly callModel: string;
  readonly asset: Asset;
  readonly account: string;
  readonly amountPico: bigint;
  /** Of what is owed; null on the side of cost. */
  readonly priceId: string | null;
  readonly attempt: FocusAttempt | null;
  readonly workItem: FocusWorkItem | null;
  readonly workItemRef: Ref | null;
}

/**
 * What stands charged for calls (not cost lines, pools or bills) in these postings, both sides of it, with the attempts and
 * work items it is placed at, as the books are read. By posting and call.
 */
export async function readPlacedBalances(
  client: Client,
  tenantId: bigint,
  { fromDay, toDay, size }: FocusQuery,
  postingIds: readonly TraceId[],
): Promise<PlacedBalance[]> {
  const values: unknown[] = [tenantId, postingIds, fromDay, toDay];
  const books = booksAt(size, (value) => `$${values.push(value)}`);
  const { rows } = await client.query<Row>(
    `WITH ${books}balance AS (
  SELECT posting_id, usage_span_id, usage_day, account, asset, provider, call_model, attempt_id, work_item_ref, price_id,
         sum(amount) AS amount
    FROM ledger_entries
   WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]) AND usage_day >= $3::date AND usage_day < $4::date
     AND ((account >= '5' AND account < '59' AND substr(account, 3, 1) = '0')
          OR (account LIKE '2000:%' AND price_id IS NOT NULL))
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 HAVING sum(amount) <> 0
)
SELECT b.posting_id, b.usage_span_id, b.usage_day, b.account, b.asset, b.provider, b.call_model, b.amount, b.price_id,
       b.attempt_id, b.work_item_ref, a.workflow, a.agent, a.grade, a.dimensions, w.kind, w.key, w.surrogate_id, w.outcome_type, w.phase
  FROM balance b
  LEFT JOIN attempts a ON a.tenant_id = $1 AND a.trace_id = b.posting_id AND a.attempt_id = b.attempt_id
  LEFT JOIN work_items w ON w.tenant_id = $1 AND w.ref = b.work_item_ref
 ORDER BY b.posting_id, b.usage_span_id, b.account COLLATE "C", b.work_item_ref COLLATE "C", b.attempt_id`,
    values,
  );
  return rows.map(toBalance);
}

interface Row {
  posting_id: string;
  usage_span_id: bigint;
  usage_day: string;
  account: string;
  asset: Asset;
  provider: string;
  call_model: string;
  amount: string;
  price_id: string | null;
  attempt_id: string | null;
  work_item_ref: Ref | null;
  workflow: string | null;
  agent: string | null;
  grade: string | null;
  dimensions: Record<string, string> | null;
  kind: string | null;
  key: string | null;
  surrogate_id: string | null;
  outcome_type: string | null;
  phase: string | null;
}

const toBalance = (row: Row): PlacedBalance => ({
  traceId: traceIdFromUuid(row.posting_id),
  spanId: spanIdFromInt8(row.usage_span_id),
  usageDay: row.usage_day,
  provider: row.provider,
  callModel: row.call_model,
  asset: row.asset,
  account: row.account,
  amountPico: BigInt(row.amount),
  priceId: row.price_id,
  attempt:
    row.attempt_id === null || row.workflow === null
      ? null
      : {
          attemptId: row.attempt_id,
          workflow: row.workflow,
          agent: row.agent,
          isEstimated: row.grade !== 'metered',
          dimensions: row.dimensions ?? {},
        },
  workItem:
    row.kind === null
      ? null
      : {
          kind: row.kind,
          key: row.key!,
          surrogateId: row.surrogate_id!,
          outcomeType: row.outcome_type!,
          state: row.phase!,
        },
  workItemRef: row.work_item_ref,
});
