import type { Queryable } from '../connection/database.ts';
import type { DueTrace } from './claim-due-traces.ts';

/** Puts a trace whose work failed back, later by `delayMs`. */
export async function postponeDueTrace(db: Queryable, claim: DueTrace, delayMs: number): Promise<void> {
  await db.query({
    name: 'postpone-due-trace',
    text: `
UPDATE due_traces
   SET leased_until = NULL, due_at = clock_timestamp() + make_interval(secs => $3::double precision / 1000)
 WHERE tenant_id = $1 AND trace_id = $2::uuid`,
    values: [claim.tenantId, claim.traceId, delayMs],
  });
}
