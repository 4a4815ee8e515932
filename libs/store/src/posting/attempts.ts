import { timestampFromUs } from '../connection/timestamp.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import type { Ref, TraceId } from '#model';

/** The part of an attempt that stands in one trace, with what reports group it by. */
export interface AttemptRow {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly workItemRef: Ref;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
  readonly keyKind: string;
  readonly grade: string;
  readonly placement: string;
  readonly workflow: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly modelCalls: number;
  readonly unpricedCalls: number;
  readonly callsWithoutUsage: number;
}

/**
 * Makes the attempts of these traces be exactly `rows`, in the caller's transaction; rows of attempts that are
 * gone are removed. A projection: nothing but the newest state is kept.
 */
export async function replaceAttempts(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  rows: readonly AttemptRow[],
): Promise<void> {
  await db.query({
    name: 'delete-stale-attempts',
    text: `
DELETE FROM attempts a
 WHERE a.tenant_id = $1 AND a.trace_id = ANY ($2::uuid[])
   AND NOT EXISTS (SELECT FROM unnest($3::uuid[], $4::uuid[]) AS k (trace_id, attempt_id)
                    WHERE k.trace_id = a.trace_id AND k.attempt_id = a.attempt_id)`,
    values: [tenantId, traceIds, rows.map((row) => row.traceId), rows.map((row) => row.attemptId)],
  });
  if (rows.length === 0) return;
  const sorted = [...rows].sort((a, b) =>
    a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : a.attemptId < b.attemptId ? -1 : 1,
  );
  await db.query({
    name: 'upsert-attempts',
    text: `
INSERT INTO attempts (tenant_id, trace_id, attempt_id, work_item_ref, started_at, ended_at, key_kind, grade, placement,
                      workflow, agent, model, provider, dimensions, model_calls, unpriced_calls, calls_without_usage)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[],
                         $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::jsonb[], $15::integer[],
                         $16::integer[], $17::integer[])
ON CONFLICT (tenant_id, trace_id, attempt_id) DO UPDATE SET
  work_item_ref = excluded.work_item_ref, started_at = excluded.started_at, ended_at = excluded.ended_at,
  key_kind = excluded.key_kind, grade = excluded.grade, placement = excluded.placement, workflow = excluded.workflow,
  agent = excluded.agent, model = excluded.model, provider = excluded.provider, dimensions = excluded.dimensions,
  model_calls = excluded.model_calls, unpriced_calls = excluded.unpriced_calls,
  calls_without_usage = excluded.calls_without_usage`,
    values: [
      tenantId,
      sorted.map((row) => row.traceId),
      sorted.map((row) => row.attemptId),
      sorted.map((row) => row.workItemRef),
      sorted.map((row) => timestampFromUs(row.startedAtUs)),
      sorted.map((row) => timestampFromUs(row.endedAtUs)),
      sorted.map((row) => row.keyKind),
      sorted.map((row) => row.grade),
      sorted.map((row) => row.placement),
      sorted.map((row) => row.workflow),
      sorted.map((row) => row.agent),
      sorted.map((row) => row.model),
      sorted.map((row) => row.provider),
      sorted.map((row) => JSON.stringify(row.dimensions)),
      sorted.map((row) => row.modelCalls),
      sorted.map((row) => row.unpricedCalls),
      sorted.map((row) => row.callsWithoutUsage),
    ],
  });
}

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
