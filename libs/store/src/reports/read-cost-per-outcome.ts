import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { booksAt } from './books-at.ts';
import { attemptKeysSql, groupSql, type GroupKey } from './group-keys.ts';
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

/** Figures of one group, or of the whole (`group` null: work items are counted once there). USD in pico. */
export interface CostPerOutcomeRow {
  readonly group: readonly (string | null)[] | null;
  readonly workItems: bigint;
  readonly outcomes: bigint;
  /** Settled work items that no spend is linked to, and those among them that achieved their outcome. */
  readonly workItemsWithoutSpend: bigint;
  readonly outcomesWithoutSpend: bigint;
  readonly attempts: bigint;
  readonly attemptsWithoutUsage: bigint;
  readonly calls: bigint;
  readonly unpricedCalls: bigint;
  readonly callsWithoutUsage: bigint;
  readonly costPico: bigint;
  readonly directPico: bigint;
  readonly noOutcomePico: bigint;
  readonly isEstimated: boolean;
  /** Cost in other currencies is linked to the group; it is in no amount here. */
  readonly hasOtherAssets: boolean;
  readonly pendingItems: bigint;
  readonly pendingPico: bigint;
  readonly pendingPricedCalls: bigint;
  readonly outcomeTypes: readonly string[];
}

/**
 * One row per group, sorted by group, and the total first.
 *
 * Dimensions of an attempt are those of its earliest part. A work item counts in every group one of its attempts
 * is in; cost and attempts count in exactly one.
 */
export async function readCostPerOutcome(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<CostPerOutcomeRow[]> {
  const values: unknown[] = [
    tenantId,
    query.fromDay,
    query.toDay,
    timestampFromUs(query.nowUs),
    query.outcomeType,
  ];
  const bind = (value: string | number): string => `$${values.push(value)}`;
  const keys = attemptKeysSql(query.groupBy, bind);
  const day = query.view === 'settled' ? 'i.final_at' : 'i.first_attempt_at';
  const group = groupSql(query.groupBy, 't.keys', {
    outcome_type: 'i.outcome_type',
    day: `to_char(${day} AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  });
  const { rows } = await client.query<Row>(
    costPerOutcomeSql(query.view, booksAt(query.size, bind), keys, group),
    values,
  );
  return rows.map(toRow);
}

/** The total over `by_group`, with the work items of `item` counted once, and the groups after it. */
const TOTAL_AND_GROUPS = `, counted AS (
  SELECT count(*) FILTER (WHERE is_settled) AS work_items,
         count(*) FILTER (WHERE is_settled AND phase = 'achieved') AS outcomes,
         count(*) FILTER (WHERE NOT is_settled) AS pending_items,
         array_agg(DISTINCT outcome_type) AS outcome_types
    FROM item
)
SELECT NULL::text[] AS grp, true AS is_total, c.work_items, c.outcomes, s.without_spend, s.outcomes_without_spend,
       s.attempts, s.attempts_without_usage, s.calls, s.unpriced, s.without_usage, s.cost, s.direct, s.no_outcome,
       s.is_estimated, s.has_other, c.pending_items, s.pending_cost, s.pending_priced, c.outcome_types
  FROM counted c, (
    SELECT coalesce(sum(without_spend), 0)::bigint AS without_spend,
           coalesce(sum(outcomes_without_spend), 0)::bigint AS outcomes_without_spend,
           coalesce(sum(attempts), 0)::bigint AS attempts,
           coalesce(sum(attempts_without_usage), 0)::bigint AS attempts_without_usage,
           coalesce(sum(calls), 0)::bigint AS calls, coalesce(sum(unpriced), 0)::bigint AS unpriced,
           coalesce(sum(without_usage), 0)::bigint AS without_usage, coalesce(sum(cost), 0) AS cost,
           coalesce(sum(direct), 0) AS direct, coalesce(sum(no_outcome), 0) AS no_outcome,
           coalesce(bool_or(is_estimated), false) AS is_estimated, coalesce(bool_or(has_other), false) AS has_other,
           coalesce(sum(pending_cost), 0) AS pending_cost, coalesce(sum(pending_priced), 0)::bigint AS pending_priced
      FROM by_group) s
UNION ALL
SELECT grp, false, work_items, outcomes, without_spend, outcomes_without_spend, attempts::bigint,
       attempts_without_usage::bigint, calls::bigint, unpriced::bigint, without_usage::bigint, cost, direct, no_outcome,
       is_estimated, has_other, pending_items, pending_cost, pending_priced::bigint, NULL
  FROM by_group
 ORDER BY is_total DESC, grp`;

/**
 * The earliest part of an attempt is found by the least text of start, trace and keys, the first two of fixed
 * width: an aggregate that needs no sorting. Each work item is one row per group in `cell`, so that only the total
 * needs to count them apart.
 *
 * @param books where the tables are read, see `booksAt`
 * @param keys the attempt's part of the group, over `a`
 * @param group all of it, over the item `i` and the attempt `t`
 */
function costPerOutcomeSql(view: PopulationView, books: string, keys: string, group: string): string {
  const { settled, pending } = POPULATIONS[view];
  return `
WITH ${books}item AS (
  SELECT w.ref, w.outcome_type, w.phase, w.final_at, w.first_attempt_at, ${settled} AS is_settled
    FROM work_items w
   WHERE w.tenant_id = $1 AND ($5::text IS NULL OR w.outcome_type = $5) AND (${settled} OR ${pending})
), part AS (
  SELECT a.work_item_ref, a.attempt_id, a.grade, a.model_calls, a.unpriced_calls, a.calls_without_usage,
         lpad((extract(epoch FROM a.started_at) * 1000000)::bigint::text, 20, '0') || a.trace_id || (${keys})::text AS keys,
         sum(p.amount) FILTER (WHERE p.asset = 'USD/12') AS cost,
         sum(p.amount) FILTER (WHERE p.asset = 'USD/12' AND p.account = '5200:outcome') AS direct,
         bool_or(p.asset <> 'USD/12') AS has_other
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
    LEFT JOIN positions p ON p.tenant_id = $1 AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
         AND p.account >= '5100' AND p.account < '5400'
   GROUP BY a.tenant_id, a.trace_id, a.attempt_id, a.work_item_ref, a.grade, a.model_calls, a.unpriced_calls,
            a.calls_without_usage, a.started_at, a.workflow, a.agent, a.model, a.provider, a.dimensions
), attempt AS (
  SELECT work_item_ref, substr(min(keys COLLATE "C"), 57)::text[] AS keys,
         bool_or(grade <> 'metered') AS is_estimated, sum(model_calls) AS calls, sum(unpriced_calls) AS unpriced,
         sum(calls_without_usage) AS without_usage, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct, coalesce(bool_or(has_other), false) AS has_other
    FROM part GROUP BY work_item_ref, attempt_id
), cell AS (
  SELECT ${group} AS grp, i.ref, i.outcome_type, i.phase, i.is_settled, count(t.work_item_ref) AS attempts,
         count(*) FILTER (WHERE t.calls = t.without_usage) AS attempts_without_usage, coalesce(sum(t.calls), 0) AS calls,
         coalesce(sum(t.unpriced), 0) AS unpriced, coalesce(sum(t.without_usage), 0) AS without_usage,
         coalesce(sum(t.cost), 0) AS cost, coalesce(sum(t.direct), 0) AS direct,
         coalesce(bool_or(t.is_estimated), false) AS is_estimated, coalesce(bool_or(t.has_other), false) AS has_other
    FROM item i LEFT JOIN attempt t ON t.work_item_ref = i.ref
   GROUP BY 1, i.ref, i.outcome_type, i.phase, i.is_settled
), by_group AS (
  SELECT grp,
         count(*) FILTER (WHERE is_settled) AS work_items,
         count(*) FILTER (WHERE is_settled AND phase = 'achieved') AS outcomes,
         count(*) FILTER (WHERE is_settled AND attempts = 0) AS without_spend,
         count(*) FILTER (WHERE is_settled AND attempts = 0 AND phase = 'achieved') AS outcomes_without_spend,
         coalesce(sum(attempts) FILTER (WHERE is_settled), 0) AS attempts,
         coalesce(sum(attempts_without_usage) FILTER (WHERE is_settled), 0) AS attempts_without_usage,
         coalesce(sum(calls) FILTER (WHERE is_settled), 0) AS calls,
         coalesce(sum(unpriced) FILTER (WHERE is_settled), 0) AS unpriced,
         coalesce(sum(without_usage) FILTER (WHERE is_settled), 0) AS without_usage,
         coalesce(sum(cost) FILTER (WHERE is_settled), 0) AS cost,
         coalesce(sum(direct) FILTER (WHERE is_settled AND phase = 'achieved'), 0) AS direct,
         coalesce(sum(cost) FILTER (WHERE is_settled AND phase <> 'achieved'), 0) AS no_outcome,
         coalesce(bool_or(is_estimated) FILTER (WHERE is_settled), false) AS is_estimated,
         coalesce(bool_or(has_other) FILTER (WHERE is_settled), false) AS has_other,
         count(*) FILTER (WHERE NOT is_settled) AS pending_items,
         coalesce(sum(cost) FILTER (WHERE NOT is_settled), 0) AS pending_cost,
         coalesce(sum(calls - unpriced - without_usage) FILTER (WHERE NOT is_settled), 0) AS pending_priced
    FROM cell GROUP BY grp
)${TOTAL_AND_GROUPS}`;
}

interface Row {
  grp: (string | null)[] | null;
  is_total: boolean;
  work_items: bigint;
  outcomes: bigint;
  without_spend: bigint;
  outcomes_without_spend: bigint;
  attempts: bigint;
  attempts_without_usage: bigint;
  calls: bigint;
  unpriced: bigint;
  without_usage: bigint;
  cost: string;
  direct: string;
  no_outcome: string;
  is_estimated: boolean;
  has_other: boolean;
  pending_items: bigint;
  pending_cost: string;
  pending_priced: bigint;
  outcome_types: string[] | null;
}

const toRow = (row: Row): CostPerOutcomeRow => ({
  group: row.is_total ? null : row.grp,
  workItems: row.work_items,
  outcomes: row.outcomes,
  workItemsWithoutSpend: row.without_spend,
  outcomesWithoutSpend: row.outcomes_without_spend,
  attempts: row.attempts,
  attemptsWithoutUsage: row.attempts_without_usage,
  calls: row.calls,
  unpricedCalls: row.unpriced,
  callsWithoutUsage: row.without_usage,
  costPico: BigInt(row.cost),
  directPico: BigInt(row.direct),
  noOutcomePico: BigInt(row.no_outcome),
  isEstimated: row.is_estimated,
  hasOtherAssets: row.has_other,
  pendingItems: row.pending_items,
  pendingPico: BigInt(row.pending_cost),
  pendingPricedCalls: row.pending_priced,
  outcomeTypes: row.outcome_types ?? [],
});
