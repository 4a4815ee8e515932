import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { DueTrace } from './claim-due-traces.ts';

/** Shows a trace that fails again and again in the worklist; its spans are stored and it is still tried. */
export async function recordTraceFailure(
  db: Queryable,
  claim: DueTrace,
  reason: string,
  nowUs: bigint,
): Promise<void> {
  await db.query({
    name: 'record-trace-failure',
    text: `
INSERT INTO set_aside AS s (tenant_id, id, kind, reason, subject, detail, since)
VALUES ($1, $2::uuid, 'rejected', 'trace_fails', $3, $4, $5)
ON CONFLICT (tenant_id, id) DO UPDATE SET detail = excluded.detail, cleared_at = NULL`,
    values: [
      claim.tenantId,
      claim.traceId,
      claim.traceId,
      JSON.stringify({ error: reason.slice(0, 2000), failures: claim.failures + 1 }),
      timestampFromUs(nowUs),
    ],
  });
}
