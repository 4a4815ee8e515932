import type { Client } from '../connection/database.ts';
import { cellKinds } from './cell-kinds.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';
import { MOMENT_COLUMNS, MOMENTS, toMoments, type BothMoments, type MomentsRow } from './item-moments.ts';
import { loadedSql } from './read-loaded-costs.ts';

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
  /** Part of the cost was split by a declared rule. */
  readonly isAllocated: boolean;
  /** Cost on links of a confidence under 0.95, and Σ cost x (10,000 - confidence in ten-thousandths). */
  readonly belowLowPico: bigint;
  readonly doubtBpsPico: bigint;
  /** Cost in other currencies is linked to the group; it is in no amount here. */
  readonly hasOtherAssets: boolean;
  readonly pendingItems: bigint;
  readonly pendingPico: bigint;
  readonly pendingPricedCalls: bigint;
  /** Of all work items, in the total alone. */
  readonly outcomeTypes: readonly string[];
  /** Of the settled ones. */
  readonly settledTypes: readonly string[];
  /** Outcomes by tier; the others have none. */
  readonly confirmed: bigint;
  readonly assumed: bigint;
  readonly contained: bigint;
  readonly assisted: bigint;
  /** Of the pending items: achieved, and within the waiting window. */
  readonly maturingItems: bigint;
  readonly maturingPico: bigint;
  readonly maturingPricedCalls: bigint;
  /** null where they were not asked for, and of a group without settled items. */
  readonly moments: BothMoments | null;
}

/**
 * One row per group, sorted by group, and the total first.
 *
 * Dimensions of an attempt are those of its earliest part. A work item counts in every group one of its attempts
 * is in; cost and attempts count in exactly one.
 *
 * @param withMoments with what the intervals of each row are told from, which takes a little longer
 */
export async function readCostPerOutcome(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  withMoments = false,
): Promise<CostPerOutcomeRow[]> {
  const { cells, group, values } = costCells(tenantId, query);
  const { rows } = await client.query<Row>(
    withMoments
      ? `${cells}${loadedSql(query.size, group)}${cellKinds(query.size, true)}${GROUPS}${MOMENTS}, figure AS (${TOTAL_AND_GROUPS}
)
SELECT f.*, ${MOMENT_COLUMNS}
  FROM figure f LEFT JOIN moment m ON m.is_total = f.is_total AND coalesce(m.grp, '{}') = coalesce(f.grp, '{}')
 ORDER BY f.is_total DESC, f.grp`
      : `${cells}${cellKinds(query.size, false)}${GROUPS}${TOTAL_AND_GROUPS}
 ORDER BY is_total DESC, grp`,
    values,
  );
  return rows.map(toRow);
}

const IS_MATURING = 'NOT is_settled AND is_achieved';
const count = (condition: string): string => `coalesce(sum(items) FILTER (WHERE ${condition}), 0)::bigint`;
/** Over `items` of a kind: what is counted apart in the total. */
const COUNTS = `${count('is_settled')} AS work_items, ${count('is_settled AND is_achieved')} AS outcomes,
         ${count('NOT is_settled')} AS pending_items,
         ${count(`is_settled AND is_achieved AND tier = 'confirmed'`)} AS confirmed,
         ${count(`is_settled AND is_achieved AND tier = 'assumed'`)} AS assumed,
         ${count(`is_settled AND is_achieved AND tier = 'contained'`)} AS contained,
         ${count(`is_settled AND is_achieved AND tier = 'assisted'`)} AS assisted,
         ${count(IS_MATURING)} AS maturing_items,
         array_agg(DISTINCT outcome_type) FILTER (WHERE is_settled) AS settled_types`;

const GROUPS = `, by_group AS (
  SELECT grp, ${COUNTS},
         coalesce(sum(without_spend) FILTER (WHERE is_settled), 0)::bigint AS without_spend,
         coalesce(sum(without_spend) FILTER (WHERE is_settled AND is_achieved), 0)::bigint AS outcomes_without_spend,
         coalesce(sum(attempts) FILTER (WHERE is_settled), 0) AS attempts,
         coalesce(sum(attempts_without_usage) FILTER (WHERE is_settled), 0) AS attempts_without_usage,
         coalesce(sum(calls) FILTER (WHERE is_settled), 0) AS calls,
         coalesce(sum(unpriced) FILTER (WHERE is_settled), 0) AS unpriced,
         coalesce(sum(without_usage) FILTER (WHERE is_settled), 0) AS without_usage,
         coalesce(sum(cost) FILTER (WHERE is_settled), 0) AS cost,
         coalesce(sum(direct) FILTER (WHERE is_settled AND is_achieved), 0) AS direct,
         coalesce(sum(cost) FILTER (WHERE is_settled AND NOT is_achieved), 0) AS no_outcome,
         coalesce(bool_or(is_estimated) FILTER (WHERE is_settled), false) AS is_estimated,
         coalesce(bool_or(has_other) FILTER (WHERE is_settled), false) AS has_other,
         coalesce(bool_or(is_allocated) FILTER (WHERE is_settled), false) AS is_allocated,
         coalesce(sum(below_low) FILTER (WHERE is_settled), 0) AS below_low,
         coalesce(sum(doubt_bps) FILTER (WHERE is_settled), 0) AS doubt_bps,
         coalesce(sum(cost) FILTER (WHERE NOT is_settled), 0) AS pending_cost,
         coalesce(sum(calls - unpriced - without_usage) FILTER (WHERE NOT is_settled), 0) AS pending_priced,
         coalesce(sum(cost) FILTER (WHERE ${IS_MATURING}), 0) AS maturing_cost,
         coalesce(sum(calls - unpriced - without_usage) FILTER (WHERE ${IS_MATURING}), 0) AS maturing_priced
    FROM kind GROUP BY grp
), item_kind AS (
  SELECT outcome_type, is_settled, is_achieved, tier, items FROM kind WHERE NOT is_many
  UNION ALL
  SELECT outcome_type, is_settled, phase = 'achieved', tier, count(*) FROM item WHERE is_many GROUP BY 1, 2, 3, 4
), counted AS (
  SELECT ${COUNTS}, array_agg(DISTINCT outcome_type) AS outcome_types FROM item_kind
)`;

/** The total over `by_group`, each work item counted once, and the groups after it. */
const TOTAL_AND_GROUPS = `
SELECT NULL::text[] AS grp, true AS is_total, c.work_items, c.outcomes, s.without_spend, s.outcomes_without_spend,
       s.attempts, s.attempts_without_usage, s.calls, s.unpriced, s.without_usage, s.cost, s.direct, s.no_outcome,
       s.is_estimated, s.has_other, s.is_allocated, s.below_low, s.doubt_bps, c.pending_items, s.pending_cost, s.pending_priced, c.outcome_types,
       c.settled_types, c.confirmed, c.assumed, c.contained, c.assisted, c.maturing_items, s.maturing_cost, s.maturing_priced
  FROM counted c, (
    SELECT coalesce(sum(without_spend), 0)::bigint AS without_spend,
           coalesce(sum(outcomes_without_spend), 0)::bigint AS outcomes_without_spend,
           coalesce(sum(attempts), 0)::bigint AS attempts,
           coalesce(sum(attempts_without_usage), 0)::bigint AS attempts_without_usage,
           coalesce(sum(calls), 0)::bigint AS calls, coalesce(sum(unpriced), 0)::bigint AS unpriced,
           coalesce(sum(without_usage), 0)::bigint AS without_usage, coalesce(sum(cost), 0) AS cost,
           coalesce(sum(direct), 0) AS direct, coalesce(sum(no_outcome), 0) AS no_outcome,
           coalesce(bool_or(is_estimated), false) AS is_estimated, coalesce(bool_or(has_other), false) AS has_other,
           coalesce(bool_or(is_allocated), false) AS is_allocated, coalesce(sum(below_low), 0) AS below_low,
           coalesce(sum(doubt_bps), 0) AS doubt_bps,
           coalesce(sum(pending_cost), 0) AS pending_cost, coalesce(sum(pending_priced), 0)::bigint AS pending_priced,
           coalesce(sum(maturing_cost), 0) AS maturing_cost,
           coalesce(sum(maturing_priced), 0)::bigint AS maturing_priced
      FROM by_group) s
UNION ALL
SELECT grp, false, work_items, outcomes, without_spend, outcomes_without_spend, attempts::bigint,
       attempts_without_usage::bigint, calls::bigint, unpriced::bigint, without_usage::bigint, cost, direct, no_outcome,
       is_estimated, has_other, is_allocated, below_low, doubt_bps, pending_items, pending_cost, pending_priced::bigint,
       NULL, settled_types, confirmed, assumed, contained, assisted, maturing_items, maturing_cost, maturing_priced::bigint
  FROM by_group`;

interface Row extends Partial<MomentsRow> {
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
  is_allocated: boolean;
  below_low: string;
  doubt_bps: string;
  pending_items: bigint;
  pending_cost: string;
  pending_priced: bigint;
  outcome_types: string[] | null;
  settled_types: string[] | null;
  confirmed: bigint;
  assumed: bigint;
  contained: bigint;
  assisted: bigint;
  maturing_items: bigint;
  maturing_cost: string;
  maturing_priced: bigint;
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
  isAllocated: row.is_allocated,
  belowLowPico: BigInt(row.below_low),
  doubtBpsPico: BigInt(row.doubt_bps),
  pendingItems: row.pending_items,
  pendingPico: BigInt(row.pending_cost),
  pendingPricedCalls: row.pending_priced,
  outcomeTypes: row.outcome_types ?? [],
  settledTypes: row.settled_types ?? [],
  confirmed: row.confirmed,
  assumed: row.assumed,
  contained: row.contained,
  assisted: row.assisted,
  maturingItems: row.maturing_items,
  maturingPico: BigInt(row.maturing_cost),
  maturingPricedCalls: row.maturing_priced,
  moments: hasMoments(row) ? toMoments(row) : null,
});

const hasMoments = (row: Partial<MomentsRow>): row is MomentsRow => (row.m_items ?? null) !== null;
