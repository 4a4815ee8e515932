import type { Ref, TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** An attempt in a trace, and how its work item stands. */
export interface RunToJudge {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly workItemRef: Ref;
  readonly startedAtUs: bigint;
  readonly placement: string;
  readonly phase: string;
  /** When the work item got into that phase. */
  readonly phaseAtUs: bigint | null;
}

/** The attempts of traces by trace and start, and the revision each trace stands at. */
export async function readRunsToJudge(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<{ readonly runs: RunToJudge[]; readonly revisions: Map<TraceId, number> }> {
  const runs = await db.query<{
    trace_id: string;
    attempt_id: string;
    work_item_ref: Ref;
    started_at: bigint;
    placement: string;
    phase: string;
    phase_at: bigint | null;
  }>({
    name: 'read-runs-to-judge',
    text: `
SELECT a.trace_id, a.attempt_id, a.work_item_ref, a.started_at, a.placement, w.phase, w.phase_at
  FROM attempts a JOIN work_items w ON w.tenant_id = a.tenant_id AND w.ref = a.work_item_ref
 WHERE a.tenant_id = $1 AND a.trace_id = ANY ($2::uuid[])
 ORDER BY a.trace_id, a.started_at, a.attempt_id`,
    values: [tenantId, traceIds],
  });
  const traces = await db.query<{ trace_id: string; revision: number }>({
    name: 'read-revisions-to-judge',
    text: 'SELECT trace_id, revision FROM traces WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])',
    values: [tenantId, traceIds],
  });
  return {
    runs: runs.rows.map((row) => ({
      traceId: traceIdFromUuid(row.trace_id),
      attemptId: row.attempt_id,
      workItemRef: row.work_item_ref,
      startedAtUs: row.started_at,
      placement: row.placement,
      phase: row.phase,
      phaseAtUs: row.phase_at,
    })),
    revisions: new Map(traces.rows.map((row) => [traceIdFromUuid(row.trace_id), row.revision])),
  };
}
