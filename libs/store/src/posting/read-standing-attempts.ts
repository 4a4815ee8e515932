import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import type { Ref, TraceId } from '#model';

/** What stands for the attempts of work items, to see which traces a changed item must move. */
export interface StandingAttempt {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly workItemRef: Ref;
  readonly placement: string;
  readonly startedAtUs: bigint;
}

/** The attempts that stand for these traces. */
export function readStandingAttemptsOfTraces(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<StandingAttempt[]> {
  return readStanding(db, 'read-standing-attempts-of-traces', 'trace_id = ANY ($2::uuid[])', [
    tenantId,
    traceIds,
  ]);
}

/** The attempts that stand for these work items, over all traces. */
export function readStandingAttempts(
  db: Queryable,
  tenantId: bigint,
  workItemRefs: readonly Ref[],
): Promise<StandingAttempt[]> {
  return readStanding(db, 'read-standing-attempts', 'work_item_ref = ANY ($2::text[])', [
    tenantId,
    workItemRefs,
  ]);
}

async function readStanding(
  db: Queryable,
  name: string,
  condition: string,
  values: readonly unknown[],
): Promise<StandingAttempt[]> {
  const { rows } = await db.query<{
    trace_id: string;
    attempt_id: string;
    work_item_ref: string;
    placement: string;
    started_at: bigint;
  }>({
    name,
    text: `SELECT trace_id, attempt_id, work_item_ref, placement, started_at FROM attempts WHERE tenant_id = $1 AND ${condition}`,
    values: [...values],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    attemptId: row.attempt_id,
    workItemRef: row.work_item_ref,
    placement: row.placement,
    startedAtUs: row.started_at,
  }));
}
