import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import type { TraceId } from '#model';

/** A claim on a due trace; it ends by `completeDueTraces` or when the lease runs out. */
export interface DueTrace {
  readonly tenantId: bigint;
  readonly traceId: TraceId;
  /** Compared when the claim is completed: a newer reason keeps the trace due. */
  readonly version: bigint;
  readonly cause: string;
  /** Claims since the last one that was completed, this one included. */
  readonly failures: number;
  /** A rule or another trace's witness changed: the spans are read again even when none is new. */
  readonly renormalise: boolean;
}

/**
 * Leases due traces to this worker, the longest due first. Concurrent workers get disjoint traces.
 * A lease that runs out is claimed again: work on a trace is idempotent. Each claim counts as a failure until it is
 * completed, and the lease doubles with it, so that a trace whose work kills its worker comes back ever later.
 */
export async function claimDueTraces(db: Queryable, limit: number, leaseMs: number): Promise<DueTrace[]> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    trace_id: string;
    version: bigint;
    cause: string;
    failures: number;
    renormalise: boolean;
  }>({
    name: 'claim-due-traces',
    text: `
WITH c AS MATERIALIZED (
  SELECT tenant_id, trace_id FROM due_traces
   WHERE due_at <= clock_timestamp() AND (leased_until IS NULL OR leased_until < clock_timestamp())
     AND NOT EXISTS (SELECT FROM posting_halts h WHERE h.tenant_id = due_traces.tenant_id AND h.cleared_at IS NULL)
   ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE due_traces d
   SET leased_until = clock_timestamp() + make_interval(secs => $2::double precision / 1000 * 2 ^ least(d.failures, 6)),
       failures = d.failures + 1
  FROM c WHERE d.tenant_id = c.tenant_id AND d.trace_id = c.trace_id
RETURNING d.tenant_id, d.trace_id, d.version, d.cause, d.failures, d.renormalise`,
    values: [limit, leaseMs],
  });
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    traceId: traceIdFromUuid(row.trace_id),
    version: row.version,
    cause: row.cause,
    failures: row.failures,
    renormalise: row.renormalise,
  }));
}
