import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/**
 * The usage of a step record `s`, as `s.record::jsonb -> 'usage'` has it. Records are canonical JSON (RFC 8785): keys are
 * sorted, so that `usageFrom` follows `usage`, and within a string no quote stands without a backslash. To read all of
 * a record as jsonb takes ten times as long, and was most of what this report took.
 */
const USAGE_OF_RECORD = `split_part(split_part(s.record, ',"usageFrom":', 1), ',"usage":', -1)::jsonb`;

/** Tokens of the calls at the settled items of a group. */
export interface GroupTokensRow {
  readonly group: readonly (string | null)[];
  readonly tokens: bigint;
  /** Calls whose tokens nobody knows. */
  readonly callsWithoutTokens: bigint;
}

/**
 * Tokens of all classes by group, read from the newest step records of the calls whose cost stands on the settled items
 * of the population. A call that is shared by several attempts counts for each by its part of the cost, rounded once a
 * group. It reads every record of the population: ask for it where it is wanted.
 */
export async function readGroupTokens(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<GroupTokensRow[]> {
  const { cells, group, values } = costCells(tenantId, query);
  const { rows } = await client.query<{ grp: (string | null)[]; tokens: string; without: bigint }>(
    `${cells}, run AS MATERIALIZED (
  SELECT ${group} AS grp, t.work_item_ref, t.attempt_id
    FROM item i JOIN attempt t ON t.work_item_ref = i.ref WHERE i.is_settled
), charged AS MATERIALIZED (
  SELECT r.grp, e.posting_id, e.usage_span_id, sum(e.amount) AS amount
    FROM run r
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = r.work_item_ref AND a.attempt_id = r.attempt_id
    JOIN ledger_entries e ON e.tenant_id = $1 AND e.posting_id = a.trace_id AND e.attempt_id = a.attempt_id
         AND e.account >= '5100' AND e.account < '5400'
   GROUP BY 1, 2, 3 HAVING sum(e.amount) <> 0
), told AS (
  SELECT DISTINCT ON (trace_id, span_id) trace_id, span_id,
         (SELECT sum(b.count::numeric) FROM jsonb_each_text(usage -> 'tokens') AS b (bucket, count)
           WHERE jsonb_typeof(usage) = 'object') AS tokens
    FROM (SELECT s.trace_id, s.span_id, s.revision, ${USAGE_OF_RECORD} AS usage
            FROM (SELECT DISTINCT posting_id, usage_span_id FROM charged) c
            JOIN steps s ON s.tenant_id = $1 AND s.trace_id = c.posting_id AND s.span_id = c.usage_span_id) s
   ORDER BY trace_id, span_id, revision DESC
), call AS (
  SELECT c.grp, t.tokens, c.amount / sum(c.amount) OVER (PARTITION BY c.posting_id, c.usage_span_id) AS part
    FROM charged c LEFT JOIN told t ON t.trace_id = c.posting_id AND t.span_id = c.usage_span_id
)
SELECT grp, round(coalesce(sum(tokens * part), 0)) AS tokens, count(*) FILTER (WHERE tokens IS NULL) AS without
  FROM call GROUP BY grp ORDER BY grp`,
    values,
  );
  return rows.map((row) => ({
    group: row.grp,
    tokens: BigInt(row.tokens),
    callsWithoutTokens: row.without,
  }));
}
