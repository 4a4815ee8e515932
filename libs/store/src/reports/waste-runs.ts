import type { CostCells } from './cost-cells.ts';

/**
 * The runs of the settled items of a population, as a CTE `run` after those of `costCells`: a run whose posted cost is
 * not what was judged waits for its next verdict, and nothing of it is told apart. An attempt that is one row, of an
 * item that has no other, has one verdict at most; the others have no `trace_id`.
 *
 * Each join ends at a barrier (MATERIALIZED): of tables without statistics, as in the first minutes of a service, the
 * planner expects one row each, nests all of them in one another, and repeats the sums for every row of the rest. The
 * joins with verdicts are outer ones, because the planner takes a key of two columns for one row in all.
 */
export const runsSql = ({ group, loneGroup }: CostCells): string => `, judged AS MATERIALIZED (
  SELECT a.work_item_ref, a.attempt_id, sum(r.total) AS total, sum(r.essential) AS essential, sum(r.waste) AS waste,
         sum(r.with_content) AS with_content, sum(r.after_warning) AS after_warning, sum(r.billed_input) AS billed_input,
         sum(r.unique_input) AS unique_input, sum(r.cache_read) AS cache_read
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
    LEFT JOIN run_waste r ON r.tenant_id = $1 AND r.trace_id = a.trace_id AND r.attempt_id = a.attempt_id
   WHERE i.is_settled AND i.is_many
   GROUP BY 1, 2
), run AS MATERIALIZED (
  SELECT ${loneGroup} AS grp, a.work_item_ref, a.attempt_id, a.trace_id, a.cost, a.placement LIKE 'waste:%' AS is_failed,
         r.total IS NOT NULL AND r.total = a.cost AS is_judged, r.essential, r.waste, r.with_content, r.after_warning,
         r.billed_input, r.unique_input, r.cache_read
    FROM item i
    JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
    LEFT JOIN run_waste r ON r.tenant_id = $1 AND r.trace_id = a.trace_id AND r.attempt_id = a.attempt_id
   WHERE i.is_settled AND NOT i.is_many
  UNION ALL
  SELECT ${group}, t.work_item_ref, t.attempt_id, NULL, t.cost, t.placement LIKE 'waste:%',
         j.total IS NOT NULL AND j.total = t.cost, j.essential, j.waste, j.with_content, j.after_warning,
         j.billed_input, j.unique_input, j.cache_read
    FROM joined t JOIN item i ON i.ref = t.work_item_ref
    LEFT JOIN judged j ON j.work_item_ref = t.work_item_ref AND j.attempt_id = t.attempt_id
   WHERE i.is_settled
)`;
