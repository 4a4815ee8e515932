import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** Sums over the settled items of a group: exact, in pico, pico² and pico³. */
export interface ItemMomentsRow {
  /** null = over all groups, each item counted once. */
  readonly group: readonly (string | null)[] | null;
  readonly moments: {
    readonly items: bigint;
    readonly outcomes: bigint;
    readonly sum: bigint;
    readonly sumOfSquares: bigint;
    readonly sumOfCubes: bigint;
    readonly achievedSum: bigint;
    readonly maximum: bigint;
  };
}

/** What intervals of cost per outcome are told from, by group and over all groups. Groups without items have no row. */
export async function readItemMoments(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<ItemMomentsRow[]> {
  const { cells, values } = costCells(tenantId, query);
  const { rows } = await client.query<Row>(
    `${cells}, own AS (
  SELECT grp, false AS is_total, ref, phase, cost FROM cell WHERE is_settled
), counted AS (
  SELECT * FROM own
  UNION ALL
  SELECT NULL, true, ref, phase, sum(cost) FROM own GROUP BY ref, phase
)
SELECT grp, is_total, count(*) AS items, count(*) FILTER (WHERE phase = 'achieved') AS outcomes, sum(cost) AS sum,
       sum(cost * cost) AS sum_of_squares, sum(cost * cost * cost) AS sum_of_cubes,
       coalesce(sum(cost) FILTER (WHERE phase = 'achieved'), 0) AS achieved_sum, max(cost) AS maximum
  FROM counted GROUP BY grp, is_total`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    moments: {
      items: row.items,
      outcomes: row.outcomes,
      sum: BigInt(row.sum),
      sumOfSquares: BigInt(row.sum_of_squares),
      sumOfCubes: BigInt(row.sum_of_cubes),
      achievedSum: BigInt(row.achieved_sum),
      maximum: BigInt(row.maximum),
    },
  }));
}

interface Row {
  grp: (string | null)[];
  is_total: boolean;
  items: bigint;
  outcomes: bigint;
  sum: string;
  sum_of_squares: string;
  sum_of_cubes: string;
  achieved_sum: string;
  maximum: string;
}
