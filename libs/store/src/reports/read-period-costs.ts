import type { Client } from '../connection/database.ts';
import { booksAt } from './books-at.ts';
import { attemptKeysSql, groupSql, type GroupKey } from './group-keys.ts';

export interface PeriodQuery {
  readonly fromDay: string;
  readonly toDay: string;
  readonly outcomeType: string | null;
  readonly groupBy: readonly GroupKey[];
  /** Leaves of the log the books are read at; null = as they stand. */
  readonly size: number | null;
}

/** Charges of a period in one group by where they sit now; USD in pico. `group` null = the total. */
export interface PeriodCostRow {
  readonly group: readonly (string | null)[] | null;
  readonly workItems: bigint;
  readonly attempts: bigint;
  readonly costPico: bigint;
  /** With cost lines and what pools are declared to cost. */
  readonly loadedPico: bigint;
  readonly outcomePico: bigint;
  readonly retryPico: bigint;
  readonly noOutcomePico: bigint;
  readonly workPico: bigint;
  readonly overheadPico: bigint;
  readonly unattributedPico: bigint;
  readonly hasOtherAssets: boolean;
}

/** Charges with a usage day in [from, to), as on the bill: one row per group and the total first. */
export async function readPeriodCosts(
  client: Client,
  tenantId: bigint,
  query: PeriodQuery,
): Promise<PeriodCostRow[]> {
  const values: unknown[] = [tenantId, query.fromDay, query.toDay, query.outcomeType];
  const bind = (value: string | number): string => `$${values.push(value)}`;
  const keys = attemptKeysSql(query.groupBy, bind);
  const group = groupSql(query.groupBy, 't.keys', {
    outcome_type: 'w.outcome_type',
    day: `to_char(e.usage_day, 'YYYY-MM-DD')`,
    provider: 'e.provider',
    call_model: 'e.call_model',
  });
  const { rows } = await client.query<Row>(
    `
WITH ${booksAt(query.size, bind)}entry AS (
  SELECT e.attempt_id, e.work_item_ref, e.account, e.asset, e.usage_day, e.provider, e.call_model,
         sum(e.amount) AS amount
    FROM ledger_entries e
   WHERE e.tenant_id = $1 AND e.usage_day >= $2::date AND e.usage_day < $3::date
     AND e.account >= '5' AND e.account < '59'
   GROUP BY 1, 2, 3, 4, 5, 6, 7
), keyed AS (
  SELECT a.attempt_id, ARRAY(SELECT jsonb_array_elements_text(
           (array_agg(to_jsonb(${keys}) ORDER BY a.started_at, a.trace_id))[1])) AS keys
    FROM attempts a
   WHERE a.tenant_id = $1 AND a.attempt_id IN (SELECT attempt_id FROM entry WHERE attempt_id IS NOT NULL)
   GROUP BY a.attempt_id
), cell AS (
  SELECT ${group} AS grp, e.*
    FROM entry e
    LEFT JOIN keyed t ON t.attempt_id = e.attempt_id
    LEFT JOIN work_items w ON w.tenant_id = $1 AND w.ref = e.work_item_ref
   WHERE $4::text IS NULL OR w.outcome_type = $4
)
SELECT grp, GROUPING(grp) = 1 AS is_total, count(DISTINCT work_item_ref) AS work_items,
       count(DISTINCT attempt_id) AS attempts,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND substr(account, 3, 1) = '0'), 0) AS cost,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12'), 0) AS loaded,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5200:outcome'), 0) AS outcome,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account IN
         ('5205:carried:retry', '5205:carried:after_outcome', '5205:carried:reopened', '5300:waste:retry', '5300:waste:after_outcome', '5300:waste:reopened')), 0) AS retry,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account IN
         ('5300:waste:failed', '5300:waste:abandoned')), 0) AS no_outcome,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5100:work'), 0) AS work,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account LIKE '5400:%'), 0) AS overhead,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5000:unattributed'), 0) AS unattributed,
       coalesce(bool_or(asset <> 'USD/12'), false) AS has_other
  FROM cell GROUP BY GROUPING SETS ((grp), ())
 ORDER BY is_total DESC, grp`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    workItems: row.work_items,
    attempts: row.attempts,
    costPico: BigInt(row.cost),
    loadedPico: BigInt(row.loaded),
    outcomePico: BigInt(row.outcome),
    retryPico: BigInt(row.retry),
    noOutcomePico: BigInt(row.no_outcome),
    workPico: BigInt(row.work),
    overheadPico: BigInt(row.overhead),
    unattributedPico: BigInt(row.unattributed),
    hasOtherAssets: row.has_other,
  }));
}

interface Row {
  grp: (string | null)[] | null;
  is_total: boolean;
  work_items: bigint;
  attempts: bigint;
  cost: string;
  loaded: string;
  outcome: string;
  retry: string;
  no_outcome: string;
  work: string;
  overhead: string;
  unattributed: string;
  has_other: boolean;
}
