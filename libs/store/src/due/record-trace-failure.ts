import type { TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { DueTrace } from './claim-due-traces.ts';

/**
 * Why a trace stands in the worklist: its work fails again and again, it is over the limit of spans, or spans came for
 * it after others of it were let go.
 */
export type TraceFailure = 'trace_fails' | 'trace_too_long' | 'spans_let_go';

/** Shows a trace that cannot be understood in the worklist; its spans are stored, and nothing of it is lost. */
export async function recordTraceFailure(
  db: Queryable,
  claim: DueTrace,
  reason: TraceFailure,
  detail: Readonly<Record<string, string | number>>,
  nowUs: bigint,
): Promise<void> {
  await db.query({
    name: 'record-trace-failure',
    text: `
INSERT INTO set_aside AS s (tenant_id, id, kind, reason, subject, detail, since)
VALUES ($1, $2::uuid, 'rejected', $3, $4, $5, $6)
ON CONFLICT (tenant_id, id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, cleared_at = NULL`,
    values: [
      claim.tenantId,
      claim.traceId,
      reason,
      claim.traceId,
      JSON.stringify(detail),
      timestampFromUs(nowUs),
    ],
  });
}

/** Clears what `recordTraceFailure` said of traces that are worked through now. */
export async function clearTraceFailures(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  nowUs: bigint,
): Promise<void> {
  await db.query({
    name: 'clear-trace-failures',
    text: `
UPDATE set_aside SET cleared_at = $3
 WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND kind = 'rejected' AND reason IN ('trace_fails', 'trace_too_long')
   AND cleared_at IS NULL`,
    values: [tenantId, traceIds, timestampFromUs(nowUs)],
  });
}
