import { booksAt } from './books-at.ts';
import { attemptKeysSql, groupSql, timeKeysOfDay, type GroupKey } from './group-keys.ts';

export interface PeriodQuery {
  readonly fromDay: string;
  readonly toDay: string;
  readonly outcomeType: string | null;
  readonly groupBy: readonly GroupKey[];
  /** Leaves of the log the books are read at; null = as they stand. */
  readonly size: number | null;
}

/**
 * The expressions that the figures of a period are summed from: `cell` is an amount of a group (`grp`), account, asset
 * and usage day in [from, to), as on the bill.
 *
 * @param more columns of `ledger_entries e` by which the amounts are told apart as well; constants of the callers
 */
export function periodCells(
  tenantId: bigint,
  query: PeriodQuery,
  more: readonly string[] = [],
): {
  readonly cells: string;
  readonly values: unknown[];
  readonly bind: (value: unknown) => string;
} {
  const values: unknown[] = [tenantId, query.fromDay, query.toDay, query.outcomeType];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const keys = attemptKeysSql(query.groupBy, bind);
  const group = groupSql(query.groupBy, 't.keys', {
    outcome_type: 'w.outcome_type',
    ...timeKeysOfDay('e.usage_day'),
    provider: 'e.provider',
    call_model: 'e.call_model',
  });
  const columns = [
    'e.attempt_id, e.work_item_ref, e.account, e.asset, e.usage_day, e.provider, e.call_model',
    ...more,
  ].join(', ');
  const cells = `
WITH ${booksAt(query.size, bind)}entry AS (
  SELECT ${columns}, sum(e.amount) AS amount
    FROM ledger_entries e
   WHERE e.tenant_id = $1 AND e.usage_day >= $2::date AND e.usage_day < $3::date
     AND e.account >= '5' AND e.account < '59'
   GROUP BY ${columns}
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
)`;
  return { cells, values, bind };
}
