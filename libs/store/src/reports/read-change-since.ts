import type { Client } from '../connection/database.ts';
import { booksAt } from './books-at.ts';

/** A month that was closed, and the size of the log at its close. */
export interface ClosedMonth {
  /** `YYYY-MM` */
  readonly period: string;
  readonly size: number;
}

/**
 * The last month with its end in ]fromDay, toDay] that was closed.
 *
 * @param size only closes whose `period.close` leaf is one of the first `size` of the log; null = any
 */
export async function readLastClose(
  client: Client,
  tenantId: bigint,
  { fromDay, toDay, size }: Pick<ChangeSinceQuery, 'fromDay' | 'toDay' | 'size'>,
): Promise<ClosedMonth | null> {
  const { rows } = await client.query<{ period: string; size: bigint }>({
    name: 'read-last-close',
    text: `
SELECT period, size FROM periods p
 WHERE tenant_id = $1 AND size IS NOT NULL
   AND ((period || '-01')::date + interval '1 month')::date > $2::date
   AND ((period || '-01')::date + interval '1 month')::date <= $3::date
   AND ($4::bigint IS NULL OR EXISTS (
         SELECT FROM leaves l WHERE l.tenant_id = $1 AND l.kind = 'period.close' AND l.subject_id = p.period AND l.idx < $4))
 ORDER BY period DESC LIMIT 1`,
    values: [tenantId, fromDay, toDay, size],
  });
  const row = rows[0];
  return row === undefined ? null : { period: row.period, size: Number(row.size) };
}

export interface ChangeSinceQuery {
  /** UTC usage days, `YYYY-MM-DD`; `toDay` is exclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  /** The month whose close this is about, `YYYY-MM`: what is posted since has a later one. */
  readonly period: string;
  /** Leaves of the log at that close. */
  readonly closedSize: number;
  /** Leaves of the log the books are read at; null = as they stand. */
  readonly size: number | null;
}

/** What was posted on an account by one code; USD in pico. */
export interface ChangeSince {
  readonly account: string;
  readonly code: string;
  readonly amountPico: bigint;
}

/**
 * What was posted after a close about the cost of usage days before it, by account and code. Where cost only moved, its
 * amounts sum to 0.
 */
export async function readChangeSince(
  client: Client,
  tenantId: bigint,
  query: ChangeSinceQuery,
): Promise<ChangeSince[]> {
  const values: unknown[] = [tenantId, query.fromDay, query.toDay, query.period, query.closedSize];
  const books = booksAt(query.size, (value) => `$${values.push(value)}`);
  const { rows } = await client.query<{ account: string; code: string; amount: string }>(
    `WITH ${books}later AS MATERIALIZED (
  SELECT posting_id, txn_id, code FROM ledger_transactions t
   WHERE t.tenant_id = $1 AND t.period > $4
     AND NOT EXISTS (SELECT FROM ledger_batches b
                      WHERE b.tenant_id = $1 AND b.batch_id = t.batch_id AND b.leaf_index < $5)
)
SELECT e.account, t.code, sum(e.amount) AS amount
  FROM later t JOIN ledger_entries e ON e.tenant_id = $1 AND e.posting_id = t.posting_id AND e.txn_id = t.txn_id
 WHERE e.usage_day >= $2::date AND e.usage_day < $3::date AND e.asset = 'USD/12'
   AND e.account >= '5' AND e.account < '59' AND substr(e.account, 3, 1) = '0'
 GROUP BY e.account, t.code HAVING sum(e.amount) <> 0
 ORDER BY e.account COLLATE "C", t.code`,
    values,
  );
  return rows.map(({ account, code, amount }) => ({ account, code, amountPico: BigInt(amount) }));
}
