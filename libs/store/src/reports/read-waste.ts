import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';
import { runsSql } from './waste-runs.ts';

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

/** Amounts of a run of which `cell_sum` has a column. */
const AMOUNTS: readonly (readonly [column: string, amount: string, condition: string])[] = [
  ['cost', 'cost', 'true'],
  ['judged', 'cost', 'is_judged'],
  ['failed', 'cost', 'is_failed'],
  ['essential', 'essential', 'is_judged AND NOT is_failed'],
  ['waste', 'waste', 'is_judged AND NOT is_failed'],
  ['with_content', 'with_content', 'is_judged'],
  ['after_warning', 'after_warning', 'is_judged AND is_failed'],
  ['billed_input', 'billed_input', 'true'],
  ['unique_input', 'unique_input', 'true'],
  ['cache_read', 'cache_read', 'true'],
];
const ofOneRun = AMOUNTS.map(
  ([column, amount, condition]) =>
    `CASE WHEN ${condition} THEN coalesce(${amount}, 0) ELSE 0 END AS ${column}`,
);
const ofRuns = AMOUNTS.map(
  ([column, amount, condition]) => `coalesce(sum(${amount}) FILTER (WHERE ${condition}), 0) AS ${column}`,
);
const ofAll = AMOUNTS.map(([column]) => `sum(${column}) AS ${column}`);

/**
 * `cell_sum`: an item in a group; `trace_id` is null where it may be in others. `total_item`: each item once; amounts
 * of groups sum to the total, items do not.
 */
const SUMS = `, cell_sum AS MATERIALIZED (
  SELECT grp, work_item_ref, false AS is_many, ${ofOneRun.join(', ')}
    FROM run WHERE trace_id IS NOT NULL
  UNION ALL
  SELECT grp, work_item_ref, true, ${ofRuns.join(', ')}
    FROM run WHERE trace_id IS NULL GROUP BY grp, work_item_ref
), by_group AS (
  SELECT grp, count(*) AS items, max(failed + waste) AS top_waste, count(*) FILTER (WHERE NOT is_many) AS lone_items,
         max(failed + waste) FILTER (WHERE NOT is_many) AS lone_waste, ${ofAll.join(', ')}
    FROM cell_sum GROUP BY grp
), many_item AS (
  SELECT work_item_ref, sum(cost) AS cost, sum(failed + waste) AS waste FROM cell_sum WHERE is_many GROUP BY 1
), total AS (
  SELECT (sum(lone_items) + (SELECT count(*) FROM many_item))::int AS items,
         greatest(max(lone_waste), (SELECT max(waste) FROM many_item)) AS top_waste, ${ofAll.join(', ')}
    FROM by_group HAVING count(*) > 0
), top_of_group AS (
  SELECT c.grp, (array_agg(c.cost ORDER BY c.work_item_ref COLLATE "C"))[1] AS cost
    FROM cell_sum c JOIN by_group g ON g.grp = c.grp AND g.top_waste = c.failed + c.waste GROUP BY c.grp
), top_of_all AS (
  SELECT (array_agg(cost ORDER BY work_item_ref COLLATE "C"))[1] AS cost FROM (
    SELECT c.work_item_ref, c.cost FROM cell_sum c JOIN total t ON t.top_waste = c.failed + c.waste WHERE NOT c.is_many
    UNION ALL
    SELECT m.work_item_ref, m.cost FROM many_item m JOIN total t ON t.top_waste = m.waste) i
)`;

/** By group, and the total first. */
export async function readWasteSums(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<WasteSumRow[]> {
  const made = costCells(tenantId, query);
  const columns = AMOUNTS.map(([column]) => `s.${column}`).join(', ');
  const { rows } = await client.query<SumRow>(
    `${made.cells}${runsSql(made)}${SUMS}
SELECT NULL::text[] AS grp, true AS is_total, s.items, s.top_waste, t.cost AS top_cost, ${columns}
  FROM total s CROSS JOIN top_of_all t
UNION ALL
SELECT s.grp, false, s.items::int, s.top_waste, t.cost, ${columns}
  FROM by_group s JOIN top_of_group t ON t.grp = s.grp
 ORDER BY is_total DESC, grp`,
    made.values,
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

const FOUND = `count(*) AS findings, count(*) FILTER (WHERE f.found IS NULL) AS unknown, sum(f.waste) AS waste,
         sum(f.found) AS found`;

/**
 * By group, rule, reason and state. All findings of the tenant are put beside the runs, and those of no run left out of
 * the sums: of an inner join by a key of two columns the planner expects a row or two, and sorts what comes.
 */
export async function readWasteRules(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<WasteRuleRow[]> {
  const made = costCells(tenantId, query);
  const { rows } = await client.query<RuleRow>(
    `${made.cells}${runsSql(made)}, found_alone AS MATERIALIZED (
  SELECT r.grp, r.is_failed, f.rule, f.reason, f.state, ${FOUND}
    FROM waste_findings f
    LEFT JOIN run r ON r.trace_id = f.trace_id AND r.attempt_id = f.attempt_id AND r.is_judged
   WHERE f.tenant_id = $1
   GROUP BY 1, 2, 3, 4, 5
), found AS (
  SELECT * FROM found_alone WHERE grp IS NOT NULL
  UNION ALL
  SELECT r.grp, r.is_failed, f.rule, f.reason, f.state, ${FOUND}
    FROM run r
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = r.work_item_ref AND a.attempt_id = r.attempt_id
    JOIN waste_findings f ON f.tenant_id = $1 AND f.trace_id = a.trace_id AND f.attempt_id = a.attempt_id
   WHERE r.is_judged AND r.trace_id IS NULL
   GROUP BY 1, 2, 3, 4, 5
)
SELECT grp, grouping(grp) = 1 AS is_total, rule, reason, state, sum(findings)::int AS findings,
       sum(unknown)::int AS unknown, coalesce(sum(waste) FILTER (WHERE NOT is_failed), 0) AS waste,
       coalesce(sum(waste) FILTER (WHERE is_failed), 0) AS in_failed, coalesce(sum(found), 0) AS found
  FROM found
 GROUP BY GROUPING SETS ((grp, rule, reason, state), (rule, reason, state))
 ORDER BY is_total DESC, grp, rule, reason, state`,
    made.values,
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
  const made = costCells(tenantId, query);
  const { cells, values, bind } = made;
  const { rows } = await client.query<DeadRow>(
    `${cells}${runsSql(made)}, offered AS (
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
