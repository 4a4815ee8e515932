import type { Queryable } from '../connection/database.ts';
import type { DueTrace } from './claim-due-traces.ts';

/**
 * Ends claims in the transaction that did the work. A trace that got a newer reason meanwhile stays due, free
 * to be claimed at once.
 */
export async function completeDueTraces(
  db: Queryable,
  tenantId: bigint,
  claims: readonly DueTrace[],
): Promise<void> {
  const values = [tenantId, claims.map(({ traceId }) => traceId), claims.map(({ version }) => version)];
  const { rowCount } = await db.query({
    name: 'complete-due-traces',
    text: `
DELETE FROM due_traces d USING unnest($2::uuid[], $3::bigint[]) AS c (trace_id, version)
 WHERE d.tenant_id = $1 AND d.trace_id = c.trace_id AND d.version = c.version`,
    values,
  });
  if (rowCount === claims.length) return;
  await db.query({
    name: 'release-due-traces',
    text: `
UPDATE due_traces d SET leased_until = NULL, failures = 0
 WHERE d.tenant_id = $1 AND d.trace_id = ANY ($2::uuid[])`,
    values: values.slice(0, 2),
  });
}
