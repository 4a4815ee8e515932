import type { Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { periodCells, type PeriodQuery } from './period-cells.ts';

/** A part of a charge in a cell of a period's report: of one usage, on one account, for one work item. USD in pico. */
export interface PeriodUsage {
  /** The trace; of a charge that no span has, the posting of its fact. */
  readonly postingId: TraceId;
  readonly usageSpanId: SpanId;
  readonly account: string;
  readonly workItemRef: Ref | null;
  readonly provider: string;
  readonly callModel: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly usageDay: string;
  readonly amountPico: bigint;
  /** Price rows that stand on the usage now. */
  readonly priceIds: readonly string[];
}

/** Where a page of usages ends: its last one. */
export type PeriodUsagePlace = Pick<PeriodUsage, 'amountPico' | 'postingId' | 'usageSpanId' | 'account'> & {
  readonly workItemRef: Ref;
};

type Cell = readonly (string | null)[] | null;
const CHARGES = `asset = 'USD/12' AND substr(account, 3, 1) = '0'`;
const inCell = (cell: Cell, bind: (value: unknown) => string): string =>
  cell === null ? 'true' : `grp IS NOT DISTINCT FROM ${bind([...cell])}::text[]`;

/**
 * The charges of a cell of a period's report, the costliest first: all pages sum to its cost.
 *
 * @param cell the group's values in the order of `query.groupBy`; null = the total
 */
export async function readPeriodUsages(
  client: Client,
  tenantId: bigint,
  query: PeriodQuery,
  page: { readonly cell: Cell; readonly after: PeriodUsagePlace | null; readonly limit: number },
): Promise<PeriodUsage[]> {
  const { cells, values, bind } = periodCells(tenantId, query, ['e.posting_id', 'e.usage_span_id']);
  const where = inCell(page.cell, bind);
  const { after } = page;
  const rest =
    after === null
      ? 'true'
      : `(-amount, posting_id, usage_span_id, account, ref) > (${bind((-after.amountPico).toString())}::numeric, ${bind(after.postingId)}::uuid, ${bind(BigInt.asIntN(64, BigInt(`0x${after.usageSpanId}`)))}::bigint, ${bind(after.account)}, ${bind(after.workItemRef)})`;
  const { rows } = await client.query<UsageRow>(
    `${cells}, own AS (
  SELECT posting_id, usage_span_id, account COLLATE "C" AS account, coalesce(work_item_ref, '') COLLATE "C" AS ref,
         provider, call_model, usage_day, sum(amount) AS amount
    FROM cell WHERE ${CHARGES} AND ${where} GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(amount) <> 0
), page AS (
  SELECT * FROM own WHERE ${rest} ORDER BY amount DESC, posting_id, usage_span_id, account, ref LIMIT ${bind(page.limit)}
)
SELECT p.*, ARRAY(SELECT price_id FROM ledger_entries e
                   WHERE e.tenant_id = $1 AND e.posting_id = p.posting_id AND e.usage_span_id = p.usage_span_id
                     AND e.price_id IS NOT NULL AND e.account LIKE '2000:%'
                   GROUP BY price_id HAVING sum(e.amount) <> 0 ORDER BY price_id) AS price_ids
  FROM page p ORDER BY amount DESC, posting_id, usage_span_id, account, ref`,
    values,
  );
  return rows.map((row) => ({
    postingId: traceIdFromUuid(row.posting_id),
    usageSpanId: spanIdFromInt8(row.usage_span_id),
    account: row.account,
    workItemRef: row.ref === '' ? null : row.ref,
    provider: row.provider,
    callModel: row.call_model,
    usageDay: row.usage_day,
    amountPico: BigInt(row.amount),
    priceIds: row.price_ids,
  }));
}

interface UsageRow {
  posting_id: string;
  usage_span_id: bigint;
  account: string;
  ref: string;
  provider: string;
  call_model: string;
  usage_day: string;
  amount: string;
  price_ids: string[];
}

/** What was posted on the charges of a cell after an earlier size of the log, by transaction code. */
export async function readPeriodMoves(
  client: Client,
  tenantId: bigint,
  query: PeriodQuery,
  cell: Cell,
  fromSize: number,
): Promise<{ code: string; transactions: bigint; amountPico: bigint; causes: readonly string[] }[]> {
  const { cells, values, bind } = periodCells(tenantId, query, ['e.posting_id', 'e.txn_id']);
  const { rows } = await client.query<{
    code: string;
    transactions: bigint;
    amount: string;
    causes: string[];
  }>(
    `${cells}, moved AS (
  SELECT t.code, t.cause, t.txn_id, sum(c.amount) AS amount
    FROM cell c JOIN ledger_transactions t ON t.tenant_id = $1 AND t.posting_id = c.posting_id AND t.txn_id = c.txn_id
   WHERE ${CHARGES} AND ${inCell(cell, bind)}
     AND t.batch_id <> '00000000-0000-0000-0000-000000000000'
     AND NOT EXISTS (SELECT FROM ledger_batches b
                      WHERE b.tenant_id = $1 AND b.batch_id = t.batch_id AND b.leaf_index < ${bind(fromSize)})
   GROUP BY t.code, t.cause, t.txn_id
), by_cause AS (
  SELECT code, cause, sum(amount) AS amount, count(*) AS transactions,
         row_number() OVER (PARTITION BY code ORDER BY abs(sum(amount)) DESC, cause) AS place
    FROM moved GROUP BY code, cause
)
SELECT code, sum(transactions)::bigint AS transactions, sum(amount) AS amount,
       array_agg(cause ORDER BY place) FILTER (WHERE place <= 5) AS causes
  FROM by_cause GROUP BY code ORDER BY code`,
    values,
  );
  return rows.map(({ code, transactions, amount, causes }) => ({
    code,
    transactions,
    amountPico: BigInt(amount),
    causes,
  }));
}
