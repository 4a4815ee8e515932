import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';
import { groupSql, timeKeys } from './group-keys.ts';

/** What was paid for the settled items of a group beside the calls of agents; USD in pico. */
export interface LoadedCostRow {
  readonly group: readonly (string | null)[];
  readonly linesPico: bigint;
  /** The used part of overhead pools. */
  readonly overheadPico: bigint;
  readonly humanMs: bigint;
  readonly unpricedLines: bigint;
  readonly assumedLines: bigint;
  /** Cost in other currencies; it is in no amount here. */
  readonly hasOtherAssets: boolean;
}

/**
 * Cost lines and used overhead of the work items that `readCostPerOutcome` counts as settled, by group. Each item is
 * in exactly one: that of its first attempt, so rows sum to the total. Groups without any have no row.
 */
export async function readLoadedCosts(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<LoadedCostRow[]> {
  const { cells, values } = costCells(tenantId, query);
  const moment = query.view === 'settled' ? 'i.final_at' : 'i.first_attempt_at';
  const group = groupSql(query.groupBy, 't.keys', {
    outcome_type: 'i.outcome_type',
    ...timeKeys(moment),
  });
  const { rows } = await client.query<Row>(
    `${cells}, ${itemLines(query.size)}, said AS (
  SELECT i.ref, coalesce(w.human_ms, 0) AS human_ms, coalesce(w.unpriced_lines, 0) AS unpriced,
         coalesce(w.assumed_lines, 0) AS assumed
    FROM item i JOIN work_items w ON w.tenant_id = $1 AND w.ref = i.ref
   WHERE i.is_settled
), loaded AS (
  SELECT s.ref, s.human_ms, s.unpriced, s.assumed,
         coalesce(sum(l.amount) FILTER (WHERE l.asset = 'USD/12' AND l.account < '54'), 0) AS lines,
         coalesce(sum(l.amount) FILTER (WHERE l.asset = 'USD/12' AND l.account >= '54'), 0) AS overhead,
         coalesce(bool_or(l.asset <> 'USD/12' AND l.amount <> 0), false) AS has_other
    FROM said s LEFT JOIN line l ON l.ref = s.ref
   GROUP BY s.ref, s.human_ms, s.unpriced, s.assumed
  HAVING s.human_ms <> 0 OR s.unpriced <> 0 OR count(l.ref) > 0
), first_keys AS (
  SELECT work_item_ref, substr(min(keys COLLATE "C"), 57)::text[] AS keys
    FROM part WHERE work_item_ref IN (SELECT ref FROM loaded) GROUP BY work_item_ref
)
SELECT ${group} AS grp, sum(d.lines) AS lines, sum(d.overhead) AS overhead, sum(d.human_ms) AS human_ms,
       sum(d.unpriced)::bigint AS unpriced, sum(d.assumed)::bigint AS assumed, bool_or(d.has_other) AS has_other
  FROM loaded d JOIN item i ON i.ref = d.ref LEFT JOIN first_keys t ON t.work_item_ref = d.ref
 GROUP BY 1 ORDER BY 1`,
    values,
  );
  return rows.map((row) => ({
    group: row.grp,
    linesPico: BigInt(row.lines),
    overheadPico: BigInt(row.overhead),
    humanMs: BigInt(row.human_ms),
    unpricedLines: row.unpriced,
    assumedLines: row.assumed,
    hasOtherAssets: row.has_other,
  }));
}

/**
 * SQL of what was booked for the settled items beside the calls of agents: the expression `line` (ref, account, asset,
 * amount) for the WITH clause of `costCells`.
 */
export const itemLines = (size: number | null): string => `line AS (
  ${size === null ? STANDING : AS_POSTED}
)`;

const STANDING = `SELECT p.ref, p.account, p.asset, sum(p.amount) AS amount
    FROM item_positions p JOIN item i ON i.ref = p.ref AND i.is_settled
   WHERE p.tenant_id = $1 GROUP BY 1, 2, 3`;

const AS_POSTED = `SELECT e.work_item_ref AS ref, e.account, e.asset, sum(e.amount) AS amount
    FROM ledger_entries e JOIN item i ON i.ref = e.work_item_ref AND i.is_settled
   WHERE e.tenant_id = $1 AND e.account ~ '^5[1234]10:' GROUP BY 1, 2, 3`;

interface Row {
  grp: (string | null)[];
  lines: string;
  overhead: string;
  human_ms: string;
  unpriced: bigint;
  assumed: bigint;
  has_other: boolean;
}
