import { timestampFromUs } from '../connection/timestamp.ts';
import { booksAt } from './books-at.ts';
import { attemptKeysSql, groupSql, timeKeys, type GroupKey } from './group-keys.ts';
import { POPULATIONS, type PopulationView } from './population.ts';

export interface CostPerOutcomeQuery {
  readonly view: PopulationView;
  /** UTC days, `YYYY-MM-DD`; `toDay` exclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly nowUs: bigint;
  readonly outcomeType: string | null;
  readonly groupBy: readonly GroupKey[];
  /** Leaves of the log the books are read at; null = as they stand. */
  readonly size: number | null;
}

/** A WITH clause up to `cell`, and the values of its parameters; `bind` adds one and returns its placeholder. */
export interface CostCells {
  readonly cells: string;
  /** The group of an attempt `t` of an item `i`. */
  readonly group: string;
  readonly values: unknown[];
  readonly bind: (value: unknown) => string;
}

/** Makes the clause that `costCellsSql` writes for a question. $1 to $5: tenant, from, to, now, outcome type. */
export function costCells(tenantId: bigint, query: CostPerOutcomeQuery): CostCells {
  const values: unknown[] = [
    tenantId,
    query.fromDay,
    query.toDay,
    timestampFromUs(query.nowUs),
    query.outcomeType,
  ];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const keys = attemptKeysSql(query.groupBy, bind);
  const moment = query.view === 'settled' ? 'i.final_at' : 'i.first_attempt_at';
  const group = groupSql(query.groupBy, 't.keys', {
    outcome_type: 'i.outcome_type',
    ...timeKeys(moment),
  });
  return { cells: costCellsSql(query, booksAt(query.size, bind), keys, group), group, values, bind };
}

/** What an attempt's part costs stands beside it; of books at a past size it is summed from their positions. */
const COSTS = { columns: 'a.cost, a.direct_cost AS direct, a.has_other_assets AS has_other', sums: '' };
const PAST_COSTS = {
  columns: `sum(p.amount) FILTER (WHERE p.asset = 'USD/12') AS cost,
         sum(p.amount) FILTER (WHERE p.asset = 'USD/12' AND p.account = '5200:outcome') AS direct,
         bool_or(p.asset <> 'USD/12') AS has_other`,
  sums: `
    LEFT JOIN positions p ON p.tenant_id = $1 AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
         AND p.account >= '5100' AND p.account < '5400'
   GROUP BY a.tenant_id, a.trace_id, a.attempt_id, a.work_item_ref, a.placement, a.grade, a.model_calls, a.unpriced_calls,
            a.calls_without_usage, a.is_allocated, a.below_low, a.doubt_bps, a.started_at, a.workflow, a.agent, a.model, a.provider, a.dimensions`,
};

/** Texts of one width in the order of start and trace: a timestamp as it is sent counts from 2000, in two's complement. */
const FIRST = `CASE WHEN a.started_at < '2000-01-01Z' THEN '0000' ELSE '0001' END || encode(timestamptz_send(a.started_at), 'hex') || a.trace_id`;

/**
 * SQL of what a cost-per-outcome report is made of: a WITH clause up to `cell`, which has one row for each work item and
 * group, with its attempts and cost. Reports sum the cells, explanations list them.
 *
 * The earliest part of an attempt is found by the least text of start, trace and keys, the first two of fixed
 * width: an aggregate that needs no sorting. Each work item is one row per group in `cell`, so that only the total
 * needs to count them apart.
 *
 * @param books where the tables are read, see `booksAt`
 * @param keys the attempt's part of the group, over `a`
 * @param group all of it, over the item `i` and the attempt `t`
 */
function costCellsSql(
  { view, size }: CostPerOutcomeQuery,
  books: string,
  keys: string,
  group: string,
): string {
  const { settled, pending } = POPULATIONS[view];
  const costs = size === null ? COSTS : PAST_COSTS;
  return `
WITH ${books}item AS (
  SELECT w.ref, w.outcome_type, w.phase, w.tier, w.quality, w.final_at, w.first_attempt_at, ${settled} AS is_settled
    FROM work_items w
   WHERE w.tenant_id = $1 AND ($5::text IS NULL OR w.outcome_type = $5) AND (${settled} OR ${pending})
), part AS (
  SELECT a.work_item_ref, a.attempt_id, a.started_at, a.placement, a.grade, a.model_calls, a.unpriced_calls, a.calls_without_usage,
         a.is_allocated, a.below_low, a.doubt_bps, ${FIRST} || (${keys})::text AS keys,
         ${costs.columns}
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref${costs.sums}
), attempt AS (
  SELECT work_item_ref, attempt_id, min(started_at) AS started_at, min(placement) AS placement,
         substr(min(keys COLLATE "C"), 57)::text[] AS keys,
         bool_or(grade <> 'metered') AS is_estimated, sum(model_calls) AS calls, sum(unpriced_calls) AS unpriced,
         sum(calls_without_usage) AS without_usage, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct, coalesce(bool_or(has_other), false) AS has_other,
         coalesce(bool_or(is_allocated), false) AS is_allocated, coalesce(sum(below_low), 0) AS below_low,
         coalesce(sum(doubt_bps), 0) AS doubt_bps
    FROM part GROUP BY work_item_ref, attempt_id
), cell AS (
  SELECT ${group} AS grp, i.ref, i.outcome_type, i.phase, i.tier, i.is_settled, count(t.work_item_ref) AS attempts,
         count(*) FILTER (WHERE t.calls = t.without_usage) AS attempts_without_usage, coalesce(sum(t.calls), 0) AS calls,
         coalesce(sum(t.unpriced), 0) AS unpriced, coalesce(sum(t.without_usage), 0) AS without_usage,
         coalesce(sum(t.cost), 0) AS cost, coalesce(sum(t.direct), 0) AS direct,
         coalesce(bool_or(t.is_estimated), false) AS is_estimated, coalesce(bool_or(t.has_other), false) AS has_other,
         coalesce(bool_or(t.is_allocated), false) AS is_allocated, coalesce(sum(t.below_low), 0) AS below_low,
         coalesce(sum(t.doubt_bps), 0) AS doubt_bps
    FROM item i LEFT JOIN attempt t ON t.work_item_ref = i.ref
   GROUP BY 1, i.ref, i.outcome_type, i.phase, i.tier, i.is_settled
)`;
}
