import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { booksAt } from './books-at.ts';
import { attemptKeysSql, groupSql, timeKeys } from './group-keys.ts';
import type { PeriodQuery } from './period-cells.ts';

/** Outcomes achieved in a period and the state of usage of the attempts begun in it; `group` null = the total. */
export interface PeriodOutcomeRow {
  readonly group: readonly (string | null)[] | null;
  readonly outcomes: bigint;
  readonly outcomeTypes: readonly string[];
  readonly calls: bigint;
  readonly unpricedCalls: bigint;
  readonly callsWithoutUsage: bigint;
  readonly attemptsWithoutUsage: bigint;
}

/**
 * The side of a period that stands beside its spend. Not to be asked by provider or call model: an outcome has
 * neither.
 */
export async function readPeriodOutcomes(
  client: Client,
  tenantId: bigint,
  query: PeriodQuery & { readonly nowUs: bigint },
): Promise<PeriodOutcomeRow[]> {
  const values: unknown[] = [
    tenantId,
    query.fromDay,
    query.toDay,
    query.outcomeType,
    timestampFromUs(query.nowUs),
  ];
  const bind = (value: string | number): string => `$${values.push(value)}`;
  const keys = attemptKeysSql(query.groupBy, bind);
  const group = (moment: string): string =>
    groupSql(query.groupBy, 't.keys', { outcome_type: 'w.outcome_type', ...timeKeys(moment) });
  const { rows } = await client.query<{
    grp: (string | null)[] | null;
    is_total: boolean;
    outcomes: bigint;
    outcome_types: string[] | null;
    calls: bigint;
    unpriced: bigint;
    without_usage: bigint;
    attempts_without_usage: bigint;
  }>(
    `
WITH ${booksAt(query.size, bind)}attempt AS (
  SELECT a.attempt_id, a.work_item_ref, min(a.started_at) AS started_at, sum(a.model_calls) AS calls,
         sum(a.unpriced_calls) AS unpriced, sum(a.calls_without_usage) AS without_usage,
         ARRAY(SELECT jsonb_array_elements_text(
           (array_agg(to_jsonb(${keys}) ORDER BY a.started_at, a.trace_id))[1])) AS keys
    FROM attempts a WHERE a.tenant_id = $1 GROUP BY a.attempt_id, a.work_item_ref
), cell AS (
  SELECT ${group('w.final_at')} AS grp, w.ref, w.outcome_type, 0 AS calls, 0 AS unpriced, 0 AS without_usage,
         0 AS attempts_without_usage
    FROM work_items w LEFT JOIN attempt t ON t.work_item_ref = w.ref
   WHERE w.tenant_id = $1 AND w.phase = 'achieved' AND w.final_at <= $5::timestamptz
     AND w.final_at >= $2::date::timestamptz AND w.final_at < $3::date::timestamptz
     AND ($4::text IS NULL OR w.outcome_type = $4)
  UNION ALL
  SELECT ${group('t.started_at')}, NULL, NULL, t.calls, t.unpriced, t.without_usage,
         CASE WHEN t.calls = t.without_usage THEN 1 ELSE 0 END
    FROM attempt t LEFT JOIN work_items w ON w.tenant_id = $1 AND w.ref = t.work_item_ref
   WHERE t.started_at >= $2::date::timestamptz AND t.started_at < $3::date::timestamptz
     AND ($4::text IS NULL OR w.outcome_type = $4)
)
SELECT grp, GROUPING(grp) = 1 AS is_total, count(DISTINCT ref) AS outcomes,
       array_agg(DISTINCT outcome_type) FILTER (WHERE outcome_type IS NOT NULL) AS outcome_types,
       coalesce(sum(calls), 0)::bigint AS calls, coalesce(sum(unpriced), 0)::bigint AS unpriced,
       coalesce(sum(without_usage), 0)::bigint AS without_usage,
       coalesce(sum(attempts_without_usage), 0)::bigint AS attempts_without_usage
  FROM cell GROUP BY GROUPING SETS ((grp), ())
 ORDER BY is_total DESC, grp`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    outcomes: row.outcomes,
    outcomeTypes: row.outcome_types ?? [],
    calls: row.calls,
    unpricedCalls: row.unpriced,
    callsWithoutUsage: row.without_usage,
    attemptsWithoutUsage: row.attempts_without_usage,
  }));
}
