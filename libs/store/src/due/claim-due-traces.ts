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
 * The tenant after one, in a circle, that has a due trace which nobody works on: tenants take turns, whoever of them has
 * more.
 *
 * @param afterTenantId of the turn before; 0 at the beginning
 * @param waitedMs only of what has been due for so long
 * @returns null where nothing is due
 */
export async function readNextDueTenant(
  db: Queryable,
  afterTenantId: bigint,
  waitedMs = 0,
): Promise<bigint | null> {
  const { rows } = await db.query<{ tenant_id: bigint }>({
    name: 'read-next-due-tenant',
    text: `
SELECT t.tenant_id FROM tenants t
 CROSS JOIN LATERAL (SELECT FROM due_traces d WHERE d.tenant_id = t.tenant_id
                        AND d.due_at <= clock_timestamp() - $2::integer * interval '1 millisecond'
                        AND (d.leased_until IS NULL OR d.leased_until < clock_timestamp())
                      ORDER BY d.due_at LIMIT 1) AS due
 WHERE NOT EXISTS (SELECT FROM posting_halts h WHERE h.tenant_id = t.tenant_id AND h.cleared_at IS NULL)
 ORDER BY t.tenant_id <= $1, t.tenant_id LIMIT 1`,
    values: [afterTenantId, waitedMs],
  });
  return rows[0]?.tenant_id ?? null;
}

/**
 * Leases due traces of a tenant to this worker, the longest due first. Concurrent workers get disjoint traces.
 * A lease that runs out is claimed again: work on a trace is idempotent. Each claim counts as a failure until it is
 * completed, and the lease doubles with it, so that a trace whose work kills its worker comes back ever later.
 */
export async function claimDueTraces(
  db: Queryable,
  tenantId: bigint,
  limit: number,
  leaseMs: number,
): Promise<DueTrace[]> {
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
   WHERE tenant_id = $3 AND due_at <= clock_timestamp() AND (leased_until IS NULL OR leased_until < clock_timestamp())
     AND NOT EXISTS (SELECT FROM posting_halts h WHERE h.tenant_id = due_traces.tenant_id AND h.cleared_at IS NULL)
   ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE due_traces d
   SET leased_until = clock_timestamp() + make_interval(secs => $2::double precision / 1000 * 2 ^ least(d.failures, 6)),
       failures = d.failures + 1
  FROM c WHERE d.tenant_id = c.tenant_id AND d.trace_id = c.trace_id
RETURNING d.tenant_id, d.trace_id, d.version, d.cause, d.failures, d.renormalise`,
    values: [limit, leaseMs, tenantId],
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
