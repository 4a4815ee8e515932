import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** What one settled work item cost in one group. USD in pico. */
export interface ItemCostRow {
  readonly group: readonly (string | null)[];
  readonly ref: Ref;
  readonly outcomeType: string;
  readonly isAchieved: boolean;
  readonly attempts: number;
  /** Calls whose cost is not known: the item's cost is a lower bound. */
  readonly unknownCalls: number;
  readonly costPico: bigint;
}

/**
 * Every settled item of the population, once for each group it is in, by group, then cost, then ref. Items that no
 * spend is linked to are among them, at 0.
 *
 * @param limit rows at most; one more than that tells that there are more
 */
export async function readItemCosts(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  limit: number,
): Promise<ItemCostRow[]> {
  const { cells, values, bind } = costCells(tenantId, query);
  const { rows } = await client.query<Row>(
    `${cells}
SELECT grp, ref, outcome_type, phase = 'achieved' AS is_achieved, attempts::int AS attempts,
       (unpriced + without_usage)::int AS unknown_calls, cost
  FROM cell WHERE is_settled ORDER BY grp, cost, ref COLLATE "C" LIMIT ${bind(limit)}`,
    values,
  );
  return rows.map((row) => ({
    group: row.grp,
    ref: row.ref,
    outcomeType: row.outcome_type,
    isAchieved: row.is_achieved,
    attempts: row.attempts,
    unknownCalls: row.unknown_calls,
    costPico: BigInt(row.cost),
  }));
}

interface Row {
  grp: (string | null)[];
  ref: Ref;
  outcome_type: string;
  is_achieved: boolean;
  attempts: number;
  unknown_calls: number;
  cost: string;
}
