import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** Outputs longer than 19 of 20 of successful ones of the same agent, model and workflow; null = of all groups. USD in pico. */
export interface OverlongRow {
  readonly group: readonly (string | null)[] | null;
  readonly outputs: number;
  /** What was written above that length cost. */
  readonly surplusPico: bigint;
}

/**
 * W13 over the population. The length that 95 % of the successful outputs stay within is a length that occurred; fewer
 * than so many of them tell nothing. Looks at every call: not for a page that has to be fast.
 */
export async function readOverlongOutputs(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  fewestOutputs: number,
): Promise<OverlongRow[]> {
  const { cells, group, values, bind } = costCells(tenantId, query);
  const { rows } = await client.query<{
    grp: (string | null)[];
    is_total: boolean;
    outputs: number;
    surplus: string;
  }>(
    `${cells}, run AS MATERIALIZED (
  SELECT ${group} AS grp, t.work_item_ref, t.attempt_id, t.placement = 'outcome' AS is_success
    FROM item i JOIN attempt t ON t.work_item_ref = i.ref WHERE i.is_settled
), output AS (
  SELECT r.grp, a.workflow, o.step, o.tokens, o.pico, r.is_success
    FROM run r
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = r.work_item_ref AND a.attempt_id = r.attempt_id
    JOIN run_waste w ON w.tenant_id = $1 AND w.trace_id = a.trace_id AND w.attempt_id = a.attempt_id
   CROSS JOIN LATERAL unnest(w.output_steps, w.output_tokens, w.output_pico) AS o (step, tokens, pico)
), usual AS (
  SELECT workflow, step, percentile_disc(0.95) WITHIN GROUP (ORDER BY tokens) AS tokens
    FROM output WHERE is_success GROUP BY 1, 2 HAVING count(*) >= ${bind(fewestOutputs)}
)
SELECT o.grp, grouping(o.grp) = 1 AS is_total, count(*)::int AS outputs,
       sum(div(o.pico * (o.tokens - u.tokens), o.tokens)) AS surplus
  FROM output o JOIN usual u ON u.workflow = o.workflow AND u.step = o.step AND o.tokens > u.tokens
 GROUP BY GROUPING SETS ((o.grp), ()) ORDER BY is_total DESC, o.grp`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    outputs: row.outputs,
    surplusPico: row.surplus === null ? 0n : BigInt(row.surplus),
  }));
}

/** W16: calls at intervals for no work item, that began in the period. USD in pico. */
export interface IdleCalls {
  readonly calls: number;
  readonly unknown: number;
  readonly costPico: bigint;
}

/** @param fromDay, toDay UTC days, the latter exclusive */
export async function readIdleCalls(
  client: Client,
  tenantId: bigint,
  fromDay: string,
  toDay: string,
): Promise<IdleCalls> {
  const { rows } = await client.query<{ calls: number; unknown: number; cost: string }>(
    `SELECT count(*)::int AS calls, count(*) FILTER (WHERE found IS NULL)::int AS unknown, coalesce(sum(waste), 0) AS cost
       FROM waste_findings
      WHERE tenant_id = $1 AND rule = 'W16' AND state = 'proven'
        AND started_at >= $2::date::timestamptz AND started_at < $3::date::timestamptz`,
    [tenantId, fromDay, toDay],
  );
  const { calls, unknown, cost } = rows[0]!;
  return { calls, unknown, costPico: BigInt(cost) };
}
