import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** Attempts of one number within their work item, of one group and one placement. USD in pico. */
export interface AttemptResultRow {
  /** null = of all groups. */
  readonly group: readonly (string | null)[] | null;
  /** 1 = the first attempt at the item, by start. */
  readonly number: number;
  /** Where the attempts' cost sits: `outcome`, `waste:retry`, ... (`attempts.placement`). */
  readonly placement: string;
  readonly outcomeTypes: readonly string[];
  readonly attempts: number;
  /** Attempts whose boundary was inferred. */
  readonly estimated: number;
  readonly unknownCalls: number;
  /** Calls whose whole cost is known. 0: what is known of the cost, if anything, is a part of it. */
  readonly pricedCalls: number;
  readonly costPico: bigint;
}

/**
 * The attempts at the settled items of the population, counted by group, number and placement, and over all groups. An
 * attempt is in exactly one group.
 */
export async function readAttemptResults(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<AttemptResultRow[]> {
  const { cells, group, values } = costCells(tenantId, query);
  const { rows } = await client.query<Row>(
    `${cells}, numbered AS (
  SELECT ${group} AS grp, i.outcome_type, t.placement, t.is_estimated, t.unpriced + t.without_usage AS unknown_calls,
         t.calls, t.cost,
         row_number() OVER (PARTITION BY t.work_item_ref ORDER BY t.started_at, t.attempt_id) AS number
    FROM attempt t JOIN item i ON i.ref = t.work_item_ref
   WHERE i.is_settled
)
SELECT grp, grouping(grp) = 1 AS is_total, number::int AS number, placement, count(*)::int AS attempts,
       array_agg(DISTINCT outcome_type) AS outcome_types, count(*) FILTER (WHERE is_estimated)::int AS estimated,
       sum(unknown_calls)::int AS unknown_calls, sum(calls - unknown_calls)::int AS priced_calls, sum(cost) AS cost
  FROM numbered GROUP BY GROUPING SETS ((grp, number, placement), (number, placement))
 ORDER BY is_total DESC, grp, number, placement`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    number: row.number,
    placement: row.placement,
    outcomeTypes: row.outcome_types,
    attempts: row.attempts,
    estimated: row.estimated,
    unknownCalls: row.unknown_calls,
    pricedCalls: row.priced_calls,
    costPico: BigInt(row.cost),
  }));
}

interface Row {
  grp: (string | null)[];
  is_total: boolean;
  number: number;
  placement: string;
  attempts: number;
  outcome_types: string[];
  estimated: number;
  unknown_calls: number;
  priced_calls: number;
  cost: string;
}
