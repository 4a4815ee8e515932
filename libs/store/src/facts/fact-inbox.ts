import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { parseRef, type Ref, type TraceId } from '#model';

/** A committed fact whose traces are not yet due. */
export interface WaitingFact {
  readonly id: bigint;
  readonly tenantId: bigint;
  readonly kind: string;
  readonly cause: string;
  readonly detail: unknown;
  readonly attempts: number;
}

/**
 * Takes waiting facts for the rest of the caller's transaction, oldest first; other workers get others.
 * `deleteFact` ends one; without it, or when the transaction fails, it waits on.
 */
export async function takeWaitingFacts(db: Queryable, limit: number): Promise<WaitingFact[]> {
  const { rows } = await db.query<{
    id: bigint;
    tenant_id: bigint;
    kind: string;
    cause: string;
    detail: unknown;
    attempts: number;
  }>({
    name: 'take-waiting-facts',
    text: `
SELECT id, tenant_id, kind, cause, detail, attempts FROM fact_inbox
 WHERE not_before IS NULL OR not_before <= clock_timestamp()
 ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    values: [limit],
  });
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    cause: row.cause,
    detail: row.detail,
    attempts: row.attempts,
  }));
}

export async function deleteFacts(db: Queryable, ids: readonly bigint[]): Promise<void> {
  await db.query({
    name: 'delete-facts',
    text: 'DELETE FROM fact_inbox WHERE id = ANY ($1::bigint[])',
    values: [ids],
  });
}

/** A fact that could not be worked through waits `delayMs`; it is never given up. */
export async function postponeFact(db: Queryable, id: bigint, delayMs: number): Promise<void> {
  await db.query({
    name: 'postpone-fact',
    text: `
UPDATE fact_inbox SET attempts = attempts + 1, not_before = clock_timestamp() + make_interval(secs => $2::double precision / 1000)
 WHERE id = $1`,
    values: [id, delayMs],
  });
}

/** Traces under each of the refs, without the details; a ref of the kind `trace` names its trace itself. */
export async function readTracesOfRefs(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<{ readonly ref: Ref; readonly traceId: TraceId }[]> {
  if (refs.length === 0) return [];
  const { rows } = await db.query<{ ref: string; trace_id: string }>({
    name: 'read-traces-of-refs',
    text: `
SELECT ref, trace_id FROM trace_refs WHERE tenant_id = $1 AND ref = ANY ($2::text[])
UNION ALL SELECT 'trace:' || tenant_id || ':' || replace(trace_id::text, '-', ''), trace_id FROM traces
           WHERE tenant_id = $1 AND trace_id = ANY ($3::uuid[])`,
    values: [tenantId, refs, refs.flatMap((ref) => (ref.startsWith('trace:') ? [parseRef(ref).key] : []))],
  });
  return rows.map((row) => ({ ref: row.ref, traceId: traceIdFromUuid(row.trace_id) }));
}

/** Traces that name a work item of this kind, or a conversation, run or trace tied to one, under a definition or not. */
export async function readTracesOfKind(db: Queryable, tenantId: bigint, kind: string): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-traces-of-kind',
    text: `
SELECT trace_id FROM trace_refs WHERE tenant_id = $1 AND starts_with(ref, $2)
UNION SELECT t.trace_id FROM work_item_aliases a JOIN trace_refs t ON t.tenant_id = $1 AND t.ref = a.ref
       WHERE a.tenant_id = $1 AND starts_with(a.work_item_ref, $2)
UNION SELECT t.trace_id FROM work_item_aliases a JOIN traces t ON t.tenant_id = $1
         AND t.trace_id = CASE WHEN starts_with(a.ref, 'trace:') THEN split_part(a.ref, ':', 3)::uuid END
       WHERE a.tenant_id = $1 AND starts_with(a.work_item_ref, $2)`,
    values: [tenantId, `${kind}:${tenantId}:`],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/**
 * Traces with a leaf that started in [from, to). Not narrowed by model: which rows a model identity rule matches
 * is for libs/pricing to say, and a posting that changes nothing posts nothing.
 */
export async function readTracesWithLeaves(
  db: Queryable,
  tenantId: bigint,
  fromUs: bigint | null,
  toUs: bigint | null,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-traces-with-leaves',
    text: `
SELECT DISTINCT trace_id FROM steps
 WHERE tenant_id = $1 AND role = 'leaf' AND started_at >= coalesce($2::timestamptz, '-infinity')
   AND started_at < coalesce($3::timestamptz, 'infinity')`,
    values: [
      tenantId,
      fromUs === null ? null : timestampFromUs(fromUs),
      toUs === null ? null : timestampFromUs(toUs),
    ],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** Traces with a span that started at or after `fromUs`, for rules that are read when steps are made. */
export async function readTracesSince(
  db: Queryable,
  tenantId: bigint,
  fromUs: bigint | null,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-traces-since',
    text: `SELECT trace_id FROM traces WHERE tenant_id = $1 AND last_ended_at >= coalesce($2::timestamptz, '-infinity')`,
    values: [tenantId, fromUs === null ? null : timestampFromUs(fromUs)],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** Work items of a kind. */
export async function readWorkItemsOfKind(db: Queryable, tenantId: bigint, kind: string): Promise<Ref[]> {
  const { rows } = await db.query<{ ref: string }>({
    name: 'read-work-items-of-kind',
    text: `
SELECT ref FROM work_items WHERE tenant_id = $1 AND starts_with(ref, $2)
UNION SELECT ref FROM outcome_events WHERE tenant_id = $1 AND starts_with(ref, $2)`,
    values: [tenantId, `${kind}:${tenantId}:`],
  });
  return rows.map((row) => row.ref);
}
