import type { Queryable } from '../connection/database.ts';
import { partitionOf, type Day } from './span-days.ts';

/** Why the spans of a day are needed still. */
export type SpanDayHold =
  | 'traces_due'
  | 'traces_not_assembled'
  | 'requests_not_sealed'
  | 'months_not_closed'
  | 'rules_being_worked_through'
  | 'exports_being_built'
  | 'erasures_not_done';

/**
 * What stands against letting go of a day, each with how many there are; empty = nothing does. Reads the whole
 * partition's key.
 *
 * `months_not_closed` counts tenants: until a month is closed its spans can be read again by other rules.
 */
export async function readSpanDayHolds(db: Queryable, day: Day): Promise<Map<SpanDayHold, number>> {
  const partition = partitionOf(day);
  const { rows } = await db.query<{ hold: SpanDayHold; n: bigint }>(
    `WITH held AS MATERIALIZED (SELECT DISTINCT tenant_id, trace_id FROM ${partition}),
          sent AS MATERIALIZED (SELECT DISTINCT tenant_id, batch_id FROM ${partition}),
          who AS MATERIALIZED (SELECT DISTINCT tenant_id FROM held)
     SELECT * FROM (
       SELECT 'traces_due' AS hold, count(*) AS n FROM held JOIN due_traces USING (tenant_id, trace_id)
       UNION ALL
       SELECT 'traces_not_assembled', count(*) FROM held LEFT JOIN traces t USING (tenant_id, trace_id)
        WHERE t.revision_span_count IS DISTINCT FROM t.span_count
       UNION ALL
       SELECT 'requests_not_sealed', count(*) FROM sent LEFT JOIN batches b USING (tenant_id, batch_id)
        WHERE b.leaf_index IS NULL
       UNION ALL
       SELECT 'months_not_closed', count(*) FROM who
        WHERE NOT EXISTS (SELECT FROM periods p WHERE p.tenant_id = who.tenant_id AND p.closed_at IS NOT NULL
                             AND p.period >= $1)
       UNION ALL
       SELECT 'rules_being_worked_through', count(*) FROM who JOIN causes c USING (tenant_id)
        WHERE c.done_at IS NULL AND c.mode = 'post'
       UNION ALL
       SELECT 'exports_being_built', count(*) FROM who JOIN exports e USING (tenant_id)
        WHERE e.state IN ('waiting', 'building')
       UNION ALL
       SELECT 'erasures_not_done', count(*) FROM who JOIN erasures e USING (tenant_id)
        WHERE e.decision = 'approved' AND e.done_at IS NULL) AS holds
      WHERE n > 0`,
    [day.slice(0, 7)],
  );
  return new Map(rows.map(({ hold, n }) => [hold, Number(n)]));
}
