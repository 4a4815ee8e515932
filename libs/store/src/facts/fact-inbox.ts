import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
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
 WHERE (not_before IS NULL OR not_before <= clock_timestamp())
   AND NOT EXISTS (SELECT FROM posting_halts h WHERE h.tenant_id = fact_inbox.tenant_id AND h.cleared_at IS NULL)
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
