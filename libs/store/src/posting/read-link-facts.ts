import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import type { Ref, SpanId, TraceId } from '#model';

/** Of these work items those that an outcome event, or a declared key of any trace, names. */
export async function readRegisteredItems(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<Set<Ref>> {
  if (refs.length === 0) return new Set();
  const { rows } = await db.query<{ ref: string }>({
    name: 'read-registered-items',
    text: `
SELECT ref FROM outcome_events WHERE tenant_id = $1 AND ref = ANY ($2::text[])
UNION SELECT ref FROM trace_refs WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND naming = 'declared'`,
    values: [tenantId, refs],
  });
  return new Set(rows.map(({ ref }) => ref));
}

/**
 * What outcome events say work items weigh (`data.weight`, a whole number from 1): the word of the latest event in
 * business time that says so.
 */
export async function readOutcomeWeights(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<Map<Ref, bigint>> {
  if (refs.length === 0) return new Map();
  const { rows } = await db.query<{ ref: string; weight: bigint }>({
    name: 'read-outcome-weights',
    text: `
SELECT DISTINCT ON (ref) ref, (attributes -> 'data' ->> 'weight')::bigint AS weight FROM outcome_events
 WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND attributes -> 'data' ->> 'weight' ~ '^[1-9][0-9]{0,8}$'
 ORDER BY ref, occurred_at DESC, source DESC, event_id DESC`,
    values: [tenantId, refs],
  });
  return new Map(rows.map(({ ref, weight }) => [ref, weight]));
}

/** A person's word about whose steps of a trace are. */
export interface StoredLinkDecision {
  readonly traceId: TraceId;
  readonly decisionId: string;
  readonly workItemRef: Ref;
  readonly action: 'link' | 'unlink';
  readonly spanIds: readonly SpanId[] | null;
  readonly attemptId: string | null;
  readonly reason: string;
  readonly recordedAtUs: bigint;
  readonly recordedBy: string;
}

/** Every decision about these traces, in the order they were recorded. */
export async function readLinkDecisions(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<StoredLinkDecision[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await db.query<{
    trace_id: string;
    decision_id: string;
    work_item_ref: string;
    action: 'link' | 'unlink';
    span_ids: bigint[] | null;
    attempt_id: string | null;
    reason: string;
    recorded_at: bigint;
    recorded_by: string;
  }>({
    name: 'read-link-decisions',
    text: `
SELECT trace_id, decision_id, work_item_ref, action, span_ids, attempt_id, reason, recorded_at, recorded_by
  FROM link_decisions WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) ORDER BY recorded_at, decision_id, trace_id`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    decisionId: row.decision_id,
    workItemRef: row.work_item_ref,
    action: row.action,
    spanIds: row.span_ids === null ? null : row.span_ids.map(spanIdFromInt8),
    attemptId: row.attempt_id,
    reason: row.reason,
    recordedAtUs: row.recorded_at,
    recordedBy: row.recorded_by,
  }));
}
