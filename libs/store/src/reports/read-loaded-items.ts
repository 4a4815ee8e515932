import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';
import { loadedSql } from './read-loaded-costs.ts';

/** What one settled work item cost in one group, everything included. USD in pico. */
export interface LoadedItemRow {
  readonly group: readonly (string | null)[];
  readonly ref: Ref;
  /** Random; names the item in the evidence log. */
  readonly surrogateId: string;
  readonly outcomeType: string;
  readonly isAchieved: boolean;
  readonly firstAttemptAtUs: bigint | null;
  readonly finalAtUs: bigint;
  readonly attempts: number;
  readonly callsPico: bigint;
  /** Calls, cost lines and used overhead. */
  readonly loadedPico: bigint;
  /** Part of the cost is in no amount here: calls or lines without a price or usage, or other currencies. */
  readonly isIncomplete: boolean;
}

/**
 * Every settled item of the population with its loaded cost, once for each group it is in; cost lines and overhead stand
 * in the group of its first attempt. By ref, then group.
 *
 * @param limit rows at most; one more than is wanted tells that there are more
 */
export async function readLoadedItems(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  limit: number,
): Promise<LoadedItemRow[]> {
  const { cells, group, values, bind } = costCells(tenantId, query);
  const { rows } = await client.query<Row>(
    `${cells}${loadedSql(query.size, group)}
SELECT c.grp, c.ref, w.surrogate_id, c.outcome_type, c.phase = 'achieved' AS is_achieved, w.first_attempt_at, w.final_at,
       c.attempts::int AS attempts, c.cost, c.cost + coalesce(b.amount, 0) AS loaded,
       c.unpriced + c.without_usage > 0 OR c.has_other OR w.unpriced_lines > 0 OR coalesce(b.has_other, false) AS is_incomplete
  FROM cell c
  JOIN work_items w ON w.tenant_id = $1 AND w.ref = c.ref
  LEFT JOIN beside b ON b.ref = c.ref AND b.grp = c.grp
 WHERE c.is_settled ORDER BY c.ref COLLATE "C", c.grp LIMIT ${bind(limit)}`,
    values,
  );
  return rows.map((row) => ({
    group: row.grp,
    ref: row.ref,
    surrogateId: row.surrogate_id,
    outcomeType: row.outcome_type,
    isAchieved: row.is_achieved,
    firstAttemptAtUs: row.first_attempt_at,
    finalAtUs: row.final_at,
    attempts: row.attempts,
    callsPico: BigInt(row.cost),
    loadedPico: BigInt(row.loaded),
    isIncomplete: row.is_incomplete,
  }));
}

interface Row {
  grp: (string | null)[];
  ref: Ref;
  surrogate_id: string;
  outcome_type: string;
  is_achieved: boolean;
  first_attempt_at: bigint | null;
  final_at: bigint;
  attempts: number;
  cost: string;
  loaded: string;
  is_incomplete: boolean;
}
