import type { Queryable } from '../connection/database.ts';
import type { TraceId } from '#model';

/**
 * Makes traces due at once for a new reason, in the caller's transaction. A trace that is being worked on stays
 * due after that work, because its version moves on.
 *
 * @param cause the fact, as it will stand on the transactions it posts
 * @param renormalise whether their steps must be made again from the spans
 */
export async function makeTracesDue(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  cause: string,
  renormalise = false,
): Promise<void> {
  if (traceIds.length === 0) return;
  await db.query({
    name: 'make-traces-due',
    text: `
INSERT INTO due_traces AS d (tenant_id, trace_id, due_at, first_received_at, root_ended, cause, renormalise)
SELECT $1, trace_id, clock_timestamp(), clock_timestamp(), true, $3, $4
  FROM unnest($2::uuid[]) AS t (trace_id) ORDER BY trace_id
ON CONFLICT (tenant_id, trace_id) DO UPDATE
   SET due_at = least(d.due_at, excluded.due_at), cause = excluded.cause, version = d.version + 1,
       renormalise = d.renormalise OR excluded.renormalise`,
    values: [tenantId, [...new Set(traceIds)].sort(), cause, renormalise],
  });
}
