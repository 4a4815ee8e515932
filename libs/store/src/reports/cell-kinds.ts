import { cellTables } from './cost-cells.ts';
import { MOMENTS_OF_KIND } from './item-moments.ts';

/**
 * SQL of the expression `kind` after those of `costCells`: the cells by whatever the figures of a group tell apart, so
 * that those are sums of a few rows. The two tables of cells are summed each for itself, because of a table that is
 * put together of two the planner takes nearly every row for a group, and sorts.
 *
 * @param size leaves of the log the books are read at; null = as they stand
 * @param withMoments with what `MOMENTS` is made of; then the expression `beside` must be there
 */
export const cellKinds = (size: number | null, withMoments: boolean): string => `, kind AS (${cellTables(size)
  .map(
    ({ table, isMany }) => `
  SELECT c.grp, c.outcome_type, c.is_settled, c.phase = 'achieved' AS is_achieved, c.tier, ${isMany} AS is_many,
         count(*) AS items, count(*) FILTER (WHERE c.attempts = 0) AS without_spend, sum(c.attempts) AS attempts,
         sum(c.attempts_without_usage) AS attempts_without_usage, sum(c.calls) AS calls, sum(c.unpriced) AS unpriced,
         sum(c.without_usage) AS without_usage, sum(c.cost) AS cost, sum(c.direct) AS direct,
         bool_or(c.is_estimated) AS is_estimated, bool_or(c.has_other) AS has_other,
         bool_or(c.is_allocated) AS is_allocated, sum(c.below_low) AS below_low, sum(c.doubt_bps) AS doubt_bps${
           withMoments ? `,${MOMENTS_OF_KIND}` : ''
         }
    FROM ${table} c${withMoments ? ' LEFT JOIN beside b ON b.ref = c.ref AND b.grp = c.grp' : ''}
   GROUP BY 1, 2, 3, 4, 5`,
  )
  .join('\n  UNION ALL')}
)`;
