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
    `${cells}, ${itemLines(query.size)}, booked AS (
  SELECT ref, coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account < '54'), 0) AS lines,
         coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account >= '54'), 0) AS overhead,
         coalesce(bool_or(asset <> 'USD/12' AND amount <> 0), false) AS has_other
    FROM line GROUP BY ref
), loaded AS MATERIALIZED (
  SELECT i.ref, coalesce(i.human_ms, 0) AS human_ms, coalesce(i.unpriced_lines, 0) AS unpriced,
         coalesce(i.assumed_lines, 0) AS assumed, coalesce(b.lines, 0) AS lines, coalesce(b.overhead, 0) AS overhead,
         coalesce(b.has_other, false) AS has_other
    FROM item i LEFT JOIN booked b ON b.ref = i.ref
   WHERE i.is_settled AND (i.human_ms <> 0 OR i.unpriced_lines <> 0 OR b.ref IS NOT NULL)
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

/** The expression `beside` (ref, grp, amount, has_other): what was paid for an item beside calls, in its first group. */
export const loadedSql = (size: number | null, group: string): string => `, ${itemLines(size)}, beside AS (
  SELECT i.ref, ${group} AS grp, b.amount, b.has_other
    FROM (SELECT ref, sum(amount) FILTER (WHERE asset = 'USD/12') AS amount,
                 bool_or(asset <> 'USD/12' AND amount <> 0) AS has_other FROM line GROUP BY ref) b
    JOIN item i ON i.ref = b.ref
    LEFT JOIN (SELECT work_item_ref, substr(min(keys COLLATE "C"), 57)::text[] AS keys
                 FROM part WHERE work_item_ref IN (SELECT ref FROM line) GROUP BY work_item_ref) t ON t.work_item_ref = b.ref
)`;

interface Row {
  grp: (string | null)[];
  lines: string;
  overhead: string;
  human_ms: string;
  unpriced: bigint;
  assumed: bigint;
  has_other: boolean;
}
