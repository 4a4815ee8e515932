import type { Queryable } from '../connection/database.ts';
import type { DueTrace } from './claim-due-traces.ts';

/** Ends claims that no work was begun on, as if they had not been made. */
export async function handBackDueTraces(
  db: Queryable,
  tenantId: bigint,
  claims: readonly DueTrace[],
): Promise<void> {
  await db.query({
    name: 'hand-back-due-traces',
    text: `
UPDATE due_traces SET leased_until = NULL, failures = greatest(failures - 1, 0)
 WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, claims.map(({ traceId }) => traceId)],
  });
}
