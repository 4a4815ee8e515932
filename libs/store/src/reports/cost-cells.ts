import { timestampFromUs } from '../connection/timestamp.ts';
import { booksAt } from './books-at.ts';
import {
  attemptKeysSql,
  datedKeys,
  groupSql,
  keysOfEarliest,
  timeKeys,
  type GroupKey,
} from './group-keys.ts';
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
  /** The group of the only row `a` of the attempts of an item `i`. */
  readonly loneGroup: string;
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
  const groupOf = (keysSql: string): string =>
    groupSql(query.groupBy, keysSql, { outcome_type: 'i.outcome_type', ...timeKeys(moment) });
  const cells = costCellsSql(query, { books: booksAt(query.size, bind), keys, groupOf });
  return { cells, group: groupOf('t.keys'), loneGroup: groupOf(keys), values, bind };
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
            a.calls_without_usage, a.is_allocated, a.below_low, a.doubt_bps, a.started_at, a.workflow, a.agent, a.model, a.provider, a.dimensions, i.is_many`,
};

/**
 * The items whose attempts have more than one row: of the others neither an attempt nor a cell has to be put together,
 * which is most of what these questions cost. Of books at a past size nothing is known to be alone.
 */
const MANY = {
  expression: `many AS MATERIALIZED (
  SELECT work_item_ref FROM attempts WHERE tenant_id = $1 GROUP BY work_item_ref HAVING count(*) > 1
), `,
  column: 'm.work_item_ref IS NOT NULL',
  join: ' LEFT JOIN many m ON m.work_item_ref = w.ref',
};
const PAST_MANY = { expression: '', column: 'true', join: '' };

/** The only row of an item's attempts, as `attempt`. */
const loneAttempts = (keys: string): string => `
  SELECT a.work_item_ref, a.attempt_id, a.started_at, a.placement, ${keys} AS keys, a.grade <> 'metered' AS is_estimated,
         a.model_calls::bigint AS calls, a.unpriced_calls::bigint AS unpriced, a.calls_without_usage::bigint AS without_usage,
         a.cost, a.direct_cost AS direct, a.has_other_assets AS has_other, a.is_allocated, a.below_low, a.doubt_bps
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
   WHERE NOT i.is_many
  UNION ALL`;

/** The item with it, or without any, as one of `cell`. */
const loneCells = (group: string): string => `lone_cell AS NOT MATERIALIZED (
  SELECT ${group} AS grp, i.ref, i.outcome_type, i.phase, i.tier, i.is_settled,
         CASE WHEN a.work_item_ref IS NULL THEN 0 ELSE 1 END::bigint AS attempts,
         CASE WHEN a.model_calls = a.calls_without_usage THEN 1 ELSE 0 END::bigint AS attempts_without_usage,
         coalesce(a.model_calls, 0)::bigint AS calls, coalesce(a.unpriced_calls, 0)::bigint AS unpriced,
         coalesce(a.calls_without_usage, 0)::bigint AS without_usage, coalesce(a.cost, 0) AS cost,
         coalesce(a.direct_cost, 0) AS direct, coalesce(a.grade <> 'metered', false) AS is_estimated,
         coalesce(a.has_other_assets, false) AS has_other, coalesce(a.is_allocated, false) AS is_allocated,
         coalesce(a.below_low, 0) AS below_low, coalesce(a.doubt_bps, 0) AS doubt_bps
    FROM item i LEFT JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
   WHERE NOT i.is_many
), `;

/**
 * SQL of what a cost-per-outcome report is made of: a WITH clause up to `cell`, which has one row for each work item and
 * group, with its attempts and cost. Reports sum the cells, explanations list them. Cells are those of `lone_cell`, each
 * of an item of its own, and of `many_cell`, of which an item may have several; a sum of each of the two is what the
 * planner estimates best.
 *
 * The earliest part of an attempt is found by the least text of start, trace and keys, the first two of fixed
 * width: an aggregate that needs no sorting. Each work item is one row per group in `cell`, so that only the total
 * needs to count them apart.
 *
 * @param made.books where the tables are read, see `booksAt`
 * @param made.keys the attempt's part of the group, over `a`
 * @param made.groupOf all of it, over the item `i` and those keys
 */
function costCellsSql(
  { view, size }: CostPerOutcomeQuery,
  made: {
    readonly books: string;
    readonly keys: string;
    readonly groupOf: (keysSql: string) => string;
  },
): string {
  const { books, keys, groupOf } = made;
  const { settled, pending } = POPULATIONS[view];
  const isPast = size !== null;
  const costs = isPast ? PAST_COSTS : COSTS;
  const many = isPast ? PAST_MANY : MANY;
  // Scanned again, the tables are read only where an item has several attempts; a past size is put together once.
  const inline = isPast ? '' : 'NOT MATERIALIZED ';
  return `
WITH ${books}${many.expression}item AS ${inline}(
  SELECT w.ref, w.outcome_type, w.phase, w.tier, w.quality, w.final_at, w.first_attempt_at, ${settled} AS is_settled,
         w.human_ms, w.unpriced_lines, w.assumed_lines, ${many.column} AS is_many
    FROM work_items w${many.join}
   WHERE w.tenant_id = $1 AND ($5::text IS NULL OR w.outcome_type = $5) AND (${settled} OR ${pending})
), part AS ${inline}(
  SELECT a.work_item_ref, a.attempt_id, a.started_at, a.placement, a.grade, a.model_calls, a.unpriced_calls, a.calls_without_usage,
         a.is_allocated, a.below_low, a.doubt_bps, ${datedKeys(keys)} AS keys, i.is_many,
         ${costs.columns}
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref${costs.sums}
), joined AS (
  SELECT work_item_ref, attempt_id, min(started_at) AS started_at, min(placement) AS placement,
         ${keysOfEarliest('keys')} AS keys,
         bool_or(grade <> 'metered') AS is_estimated, sum(model_calls) AS calls, sum(unpriced_calls) AS unpriced,
         sum(calls_without_usage) AS without_usage, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct, coalesce(bool_or(has_other), false) AS has_other,
         coalesce(bool_or(is_allocated), false) AS is_allocated, coalesce(sum(below_low), 0) AS below_low,
         coalesce(sum(doubt_bps), 0) AS doubt_bps
    FROM part WHERE is_many GROUP BY work_item_ref, attempt_id
), attempt AS (${isPast ? '' : loneAttempts(keys)}
  SELECT * FROM joined
), ${isPast ? '' : loneCells(groupOf(keys))}many_cell AS (
  SELECT ${groupOf('t.keys')} AS grp, i.ref, i.outcome_type, i.phase, i.tier, i.is_settled, count(t.work_item_ref) AS attempts,
         count(*) FILTER (WHERE t.calls = t.without_usage) AS attempts_without_usage, coalesce(sum(t.calls), 0)::bigint AS calls,
         coalesce(sum(t.unpriced), 0)::bigint AS unpriced, coalesce(sum(t.without_usage), 0)::bigint AS without_usage,
         coalesce(sum(t.cost), 0) AS cost, coalesce(sum(t.direct), 0) AS direct,
         coalesce(bool_or(t.is_estimated), false) AS is_estimated, coalesce(bool_or(t.has_other), false) AS has_other,
         coalesce(bool_or(t.is_allocated), false) AS is_allocated, coalesce(sum(t.below_low), 0) AS below_low,
         coalesce(sum(t.doubt_bps), 0) AS doubt_bps
    FROM item i LEFT JOIN joined t ON t.work_item_ref = i.ref
   WHERE i.is_many
   GROUP BY 1, i.ref, i.outcome_type, i.phase, i.tier, i.is_settled
), cell AS (
  ${isPast ? '' : 'SELECT * FROM lone_cell UNION ALL '}SELECT * FROM many_cell
)`;
}

/** The tables that `cell` is made of, and whether an item may have several rows in one. */
export const cellTables = (
  size: number | null,
): readonly { readonly table: string; readonly isMany: boolean }[] => [
  ...(size === null ? [{ table: 'lone_cell', isMany: false }] : []),
  { table: 'many_cell', isMany: true },
];
