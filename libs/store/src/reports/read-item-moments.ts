import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';
import { itemLines } from './read-loaded-costs.ts';

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

/**
 * What intervals of cost per outcome are told from, by group and over all groups. Groups without items have no row.
 *
 * @param isLoaded with cost lines and used overhead; each item's stand in the group of its first attempt
 */
export async function readItemMoments(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  isLoaded = false,
): Promise<ItemMomentsRow[]> {
  const { cells, group, values } = costCells(tenantId, query);
  const { rows } = await client.query<Row>(
    `${cells}${isLoaded ? loadedSql(query.size, group) : ''}, own AS (
  ${isLoaded ? LOADED_ITEMS : CELL_ITEMS}
), counted AS (
  SELECT grp, is_total, ref, phase, cost FROM own
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

const CELL_ITEMS = `SELECT grp, false AS is_total, ref, phase, cost FROM cell WHERE is_settled`;

const LOADED_ITEMS = `SELECT c.grp, false AS is_total, c.ref, c.phase, c.cost + coalesce(b.amount, 0) AS cost
    FROM cell c LEFT JOIN beside b ON b.ref = c.ref AND b.grp = c.grp WHERE c.is_settled`;

/** The expression `beside` (ref, grp, amount, has_other): what was paid for an item beside calls, in its first group. */
export const loadedSql = (size: number | null, group: string): string => `, ${itemLines(size)}, beside AS (
  SELECT i.ref, ${group} AS grp, b.amount, b.has_other
    FROM (SELECT ref, sum(amount) FILTER (WHERE asset = 'USD/12') AS amount,
                 bool_or(asset <> 'USD/12' AND amount <> 0) AS has_other FROM line GROUP BY ref) b
    JOIN item i ON i.ref = b.ref
    LEFT JOIN (SELECT work_item_ref, substr(min(keys COLLATE "C"), 57)::text[] AS keys
                 FROM part GROUP BY work_item_ref) t ON t.work_item_ref = b.ref
)`;

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
