import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** What the cost of the settled items of a group is made of; null = of all groups. USD in pico. */
export interface WasteSumRow {
  readonly group: readonly (string | null)[] | null;
  /** Items that any spend is linked to. */
  readonly items: number;
  readonly costPico: bigint;
  /** Of attempts that stand judged as they are posted now. */
  readonly judgedPico: bigint;
  /** Of attempts that bought nothing, as the ledger places them. */
  readonly failedRunPico: bigint;
  readonly essentialPico: bigint;
  /** What rules prove, in the other attempts. */
  readonly ruleWastePico: bigint;
  readonly withContentPico: bigint;
  /** In attempts that bought nothing: after their first warning. */
  readonly afterWarningPico: bigint;
  readonly billedInputTokens: bigint;
  readonly uniqueInputTokens: bigint;
  readonly cacheReadTokens: bigint;
  /** The item with the most waste: its waste and its cost. */
  readonly topWastePico: bigint;
  readonly topCostPico: bigint;
}

/** Findings of a rule for one reason; null = of all groups. USD in pico. */
export interface WasteRuleRow {
  readonly group: readonly (string | null)[] | null;
  readonly rule: string;
  readonly reason: string;
  readonly state: string;
  readonly findings: number;
  /** Findings whose cost is not known. */
  readonly unknown: number;
  /** What they take of the cost of attempts that did not fail, and of those that did. */
  readonly wastePico: bigint;
  readonly inFailedPico: bigint;
  /** What they would be about if no other rule said anything. */
  readonly foundPico: bigint;
}

/**
 * The runs of the settled items of a population, as a CTE `run` after those of `costCells`: a run whose posted cost is
 * not what was judged waits for its next verdict, and nothing of it is told apart.
 *
 * Each join ends at a barrier (MATERIALIZED): of tables without statistics, as in the first minutes of a service, the
 * planner expects one row each, nests all of them in one another, and repeats the sums for every row of the rest.
 */
const runsSql = (group: string): string => `, judged AS MATERIALIZED (
  SELECT a.work_item_ref, a.attempt_id, sum(r.total) AS total, sum(r.essential) AS essential, sum(r.waste) AS waste,
         sum(r.with_content) AS with_content, sum(r.after_warning) AS after_warning, sum(r.billed_input) AS billed_input,
         sum(r.unique_input) AS unique_input, sum(r.cache_read) AS cache_read
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
    JOIN run_waste r ON r.tenant_id = $1 AND r.trace_id = a.trace_id AND r.attempt_id = a.attempt_id
   WHERE i.is_settled
   GROUP BY 1, 2
), run AS MATERIALIZED (
  SELECT ${group} AS grp, t.work_item_ref, t.attempt_id, t.cost, t.placement LIKE 'waste:%' AS is_failed,
         j.total IS NOT NULL AND j.total = t.cost AS is_judged, j.essential, j.waste, j.with_content, j.after_warning,
         j.billed_input, j.unique_input, j.cache_read
    FROM attempt t JOIN item i ON i.ref = t.work_item_ref
    LEFT JOIN judged j ON j.work_item_ref = t.work_item_ref AND j.attempt_id = t.attempt_id
   WHERE i.is_settled
)`;

/** By group, and the total first. */
export async function readWasteSums(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<WasteSumRow[]> {
  const { cells, group, values } = costCells(tenantId, query);
  const { rows } = await client.query<SumRow>(
    `${cells}${runsSql(group)}, by_item AS (
  SELECT grp, grouping(grp) = 1 AS is_total, work_item_ref, sum(cost) AS cost,
         coalesce(sum(cost) FILTER (WHERE is_judged), 0) AS judged,
         coalesce(sum(cost) FILTER (WHERE is_failed), 0) AS failed,
         coalesce(sum(essential) FILTER (WHERE is_judged AND NOT is_failed), 0) AS essential,
         coalesce(sum(waste) FILTER (WHERE is_judged AND NOT is_failed), 0) AS waste,
         coalesce(sum(with_content) FILTER (WHERE is_judged), 0) AS with_content,
         coalesce(sum(after_warning) FILTER (WHERE is_judged AND is_failed), 0) AS after_warning,
         coalesce(sum(billed_input), 0) AS billed_input, coalesce(sum(unique_input), 0) AS unique_input,
         coalesce(sum(cache_read), 0) AS cache_read
    FROM run GROUP BY GROUPING SETS ((grp, work_item_ref), (work_item_ref))
)
SELECT grp, is_total, count(*)::int AS items, sum(cost) AS cost, sum(judged) AS judged, sum(failed) AS failed,
       sum(essential) AS essential, sum(waste) AS waste, sum(with_content) AS with_content,
       sum(after_warning) AS after_warning, sum(billed_input) AS billed_input, sum(unique_input) AS unique_input,
       sum(cache_read) AS cache_read, max(failed + waste) AS top_waste,
       (array_agg(cost ORDER BY failed + waste DESC, work_item_ref COLLATE "C"))[1] AS top_cost
  FROM by_item GROUP BY is_total, grp ORDER BY is_total DESC, grp`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    items: row.items,
    costPico: BigInt(row.cost),
    judgedPico: BigInt(row.judged),
    failedRunPico: BigInt(row.failed),
    essentialPico: BigInt(row.essential),
    ruleWastePico: BigInt(row.waste),
    withContentPico: BigInt(row.with_content),
    afterWarningPico: BigInt(row.after_warning),
    billedInputTokens: BigInt(row.billed_input),
    uniqueInputTokens: BigInt(row.unique_input),
    cacheReadTokens: BigInt(row.cache_read),
    topWastePico: BigInt(row.top_waste),
    topCostPico: BigInt(row.top_cost),
  }));
}

interface SumRow {
  grp: (string | null)[];
  is_total: boolean;
  items: number;
  cost: string;
  judged: string;
  failed: string;
  essential: string;
  waste: string;
  with_content: string;
  after_warning: string;
  billed_input: string;
  unique_input: string;
  cache_read: string;
  top_waste: string;
  top_cost: string;
}

/** By group, rule, reason and state. */
export async function readWasteRules(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<WasteRuleRow[]> {
  const { cells, group, values } = costCells(tenantId, query);
  const { rows } = await client.query<RuleRow>(
    `${cells}${runsSql(group)}, finding AS MATERIALIZED (
  SELECT a.work_item_ref, a.attempt_id, f.rule, f.reason, f.state, f.found, f.waste
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
    JOIN waste_findings f ON f.tenant_id = $1 AND f.trace_id = a.trace_id AND f.attempt_id = a.attempt_id
   WHERE i.is_settled
)
SELECT r.grp, grouping(r.grp) = 1 AS is_total, f.rule, f.reason, f.state, count(*)::int AS findings,
       count(*) FILTER (WHERE f.found IS NULL)::int AS unknown,
       coalesce(sum(f.waste) FILTER (WHERE NOT r.is_failed), 0) AS waste,
       coalesce(sum(f.waste) FILTER (WHERE r.is_failed), 0) AS in_failed, coalesce(sum(f.found), 0) AS found
  FROM run r JOIN finding f ON f.work_item_ref = r.work_item_ref AND f.attempt_id = r.attempt_id
 WHERE r.is_judged
 GROUP BY GROUPING SETS ((r.grp, f.rule, f.reason, f.state), (f.rule, f.reason, f.state))
 ORDER BY is_total DESC, r.grp, f.rule, f.reason, f.state`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    rule: row.rule,
    reason: row.reason,
    state: row.state,
    findings: row.findings,
    unknown: row.unknown,
    wastePico: BigInt(row.waste),
    inFailedPico: BigInt(row.in_failed),
    foundPico: BigInt(row.found),
  }));
}

interface RuleRow {
  grp: (string | null)[];
  is_total: boolean;
  rule: string;
  reason: string;
  state: string;
  findings: number;
  unknown: number;
  waste: string;
  in_failed: string;
  found: string;
}

/** A tool that was offered and never called in the runs of a workflow, by group; null = of all. USD in pico. */
export interface DeadToolRow {
  readonly group: readonly (string | null)[] | null;
  readonly workflow: string;
  readonly tool: string;
  /** Attempts that bought an outcome and were told of it. */
  readonly successfulRuns: number;
  readonly essentialPico: bigint;
  readonly unprovenPico: bigint;
  readonly inFailedPico: bigint;
}

/**
 * W10 over the population: tools that were offered in so many successful attempts of a workflow, and called in none.
 *
 * @param required tools that are offered by policy
 */
export async function readDeadTools(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  fewestRuns: number,
  required: readonly string[],
): Promise<DeadToolRow[]> {
  const offered = await client.query(
    'SELECT 1 FROM run_waste WHERE tenant_id = $1 AND offered IS NOT NULL LIMIT 1',
    [tenantId],
  );
  if (offered.rows.length === 0) return [];
  const { cells, group, values, bind } = costCells(tenantId, query);
  const { rows } = await client.query<DeadRow>(
    `${cells}${runsSql(group)}, offered AS (
  SELECT r.grp, a.workflow, o.tool, o.calls, o.essential, o.unproven, r.is_failed, a.placement = 'outcome' AS is_success
    FROM run r
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = r.work_item_ref AND a.attempt_id = r.attempt_id
    JOIN run_waste w ON w.tenant_id = $1 AND w.trace_id = a.trace_id AND w.attempt_id = a.attempt_id
   CROSS JOIN LATERAL jsonb_to_recordset(w.offered) AS o (tool text, calls bigint, essential numeric, unproven numeric)
   WHERE r.is_judged AND w.offered IS NOT NULL
), dead AS (
  SELECT workflow, tool, (count(*) FILTER (WHERE is_success))::int AS successful
    FROM offered WHERE tool <> ALL (${bind(required)}::text[])
   GROUP BY 1, 2 HAVING sum(calls) = 0 AND count(*) FILTER (WHERE is_success) >= ${bind(fewestRuns)}
)
SELECT o.grp, grouping(o.grp) = 1 AS is_total, d.workflow, d.tool, d.successful,
       coalesce(sum(o.essential) FILTER (WHERE NOT o.is_failed), 0) AS essential,
       coalesce(sum(o.unproven) FILTER (WHERE NOT o.is_failed), 0) AS unproven,
       coalesce(sum(o.essential + o.unproven) FILTER (WHERE o.is_failed), 0) AS in_failed
  FROM offered o JOIN dead d ON d.workflow = o.workflow AND d.tool = o.tool
 GROUP BY GROUPING SETS ((o.grp, d.workflow, d.tool, d.successful), (d.workflow, d.tool, d.successful))
 ORDER BY is_total DESC, o.grp, d.workflow, d.tool`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    workflow: row.workflow,
    tool: row.tool,
    successfulRuns: row.successful,
    essentialPico: BigInt(row.essential),
    unprovenPico: BigInt(row.unproven),
    inFailedPico: BigInt(row.in_failed),
  }));
}

interface DeadRow {
  grp: (string | null)[];
  is_total: boolean;
  workflow: string;
  tool: string;
  successful: number;
  essential: string;
  unproven: string;
  in_failed: string;
}
