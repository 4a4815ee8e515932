import type { ItemMoments } from '#economics';

/** What intervals of the cost of calls, and of the loaded cost, are told from. */
export interface BothMoments {
  readonly calls: ItemMoments;
  /** With cost lines and used overhead; each item's stand in the group of its first attempt. */
  readonly loaded: ItemMoments;
}

/** Columns of a `kind` of cells, over a cell `c` and what was paid beside it, `b`. */
export const MOMENTS_OF_KIND = `
         sum(c.cost * c.cost) AS squares, sum(c.cost * c.cost * c.cost) AS cubes, max(c.cost) AS maximum,
         ${loadedOf('c.cost + coalesce(b.amount, 0)')}`;

/** The same of items that are in several cells, of which each counts once in the total. */
const MOMENTS_OF_MANY = `sum(cost) AS cost, sum(cost * cost) AS squares, sum(cost * cost * cost) AS cubes, max(cost) AS maximum,
         ${loadedOf('loaded')}`;

function loadedOf(cost: string): string {
  return `sum(${cost}) AS loaded, sum((${cost}) * (${cost})) AS loaded_squares,
         sum((${cost}) * (${cost}) * (${cost})) AS loaded_cubes, max(${cost}) AS loaded_maximum`;
}

const SUMS = `sum(items)::bigint AS items, coalesce(sum(items) FILTER (WHERE is_achieved), 0)::bigint AS outcomes,
         sum(cost) AS sum, sum(squares) AS squares, sum(cubes) AS cubes, max(maximum) AS maximum,
         coalesce(sum(cost) FILTER (WHERE is_achieved), 0) AS achieved_sum,
         sum(loaded) AS loaded_sum, sum(loaded_squares) AS loaded_squares, sum(loaded_cubes) AS loaded_cubes,
         max(loaded_maximum) AS loaded_maximum,
         coalesce(sum(loaded) FILTER (WHERE is_achieved), 0) AS loaded_achieved_sum`;

/**
 * The expression `moment` after `cellKinds`: a row for each group with settled items, and one over all of them if
 * there are any, in which each item counts once.
 */
export const MOMENTS = `, counted_item AS (
  SELECT is_achieved, items, cost, squares, cubes, maximum, loaded, loaded_squares, loaded_cubes, loaded_maximum
    FROM kind WHERE is_settled AND NOT is_many
  UNION ALL
  SELECT is_achieved, count(*), ${MOMENTS_OF_MANY}
    FROM (SELECT c.ref, c.phase = 'achieved' AS is_achieved, sum(c.cost) AS cost, sum(c.cost + coalesce(b.amount, 0)) AS loaded
            FROM many_cell c LEFT JOIN beside b ON b.ref = c.ref AND b.grp = c.grp
           WHERE c.is_settled GROUP BY 1, 2) i
   GROUP BY is_achieved
), moment AS (
  SELECT grp, false AS is_total, ${SUMS} FROM kind WHERE is_settled GROUP BY grp
  UNION ALL
  SELECT NULL, true, ${SUMS} FROM counted_item HAVING count(*) > 0
)`;

/** The columns of a `moment`, which no other table of a report has. */
export const MOMENT_COLUMNS = [
  'items',
  'outcomes',
  'sum',
  'squares',
  'cubes',
  'maximum',
  'achieved_sum',
  'loaded_sum',
  'loaded_squares',
  'loaded_cubes',
  'loaded_maximum',
  'loaded_achieved_sum',
]
  .map((column) => `m.${column} AS m_${column}`)
  .join(', ');

export interface MomentsRow {
  m_items: bigint;
  m_outcomes: bigint;
  m_sum: string;
  m_squares: string;
  m_cubes: string;
  m_maximum: string;
  m_achieved_sum: string;
  m_loaded_sum: string;
  m_loaded_squares: string;
  m_loaded_cubes: string;
  m_loaded_maximum: string;
  m_loaded_achieved_sum: string;
}

export const toMoments = (row: MomentsRow): BothMoments => ({
  calls: {
    items: row.m_items,
    outcomes: row.m_outcomes,
    sum: BigInt(row.m_sum),
    sumOfSquares: BigInt(row.m_squares),
    sumOfCubes: BigInt(row.m_cubes),
    achievedSum: BigInt(row.m_achieved_sum),
    maximum: BigInt(row.m_maximum),
  },
  loaded: {
    items: row.m_items,
    outcomes: row.m_outcomes,
    sum: BigInt(row.m_loaded_sum),
    sumOfSquares: BigInt(row.m_loaded_squares),
    sumOfCubes: BigInt(row.m_loaded_cubes),
    achievedSum: BigInt(row.m_loaded_achieved_sum),
    maximum: BigInt(row.m_loaded_maximum),
  },
});
