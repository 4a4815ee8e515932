import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import type { SpanId, TraceId } from '#model';

/** A stored span or log record with what is needed to decode it. */
export interface StoredSpan {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly parentSpanId: SpanId | null;
  /** What `bytes` holds. */
  readonly isLog: boolean;
  readonly resourceId: string;
  readonly scopeId: string;
  readonly batchId: string;
  readonly position: number;
  readonly bytes: Buffer;
  /** Content that it was received with was cut since. */
  readonly isCut: boolean;
}

export interface TraceState {
  readonly traceId: TraceId;
  readonly spanCount: number;
  readonly revision: number;
  readonly revisionSpanCount: number;
}

/** Summary rows of traces; one that was never received has none. */
export async function readTraceStates(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<TraceState[]> {
  const { rows } = await db.query<{
    trace_id: string;
    span_count: number;
    revision: number;
    revision_span_count: number;
  }>({
    name: 'read-trace-states',
    text: `
SELECT trace_id, span_count, revision, revision_span_count
  FROM traces WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    spanCount: row.span_count,
    revision: row.revision,
    revisionSpanCount: row.revision_span_count,
  }));
}

/**
 * Every stored span of the traces, ordered by trace, span and start. Only the day partitions the traces touch
 * are read: their bounds come from `traces`.
 */
export async function readTraceSpans(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<StoredSpan[]> {
  const bounds = await db.query<{ first: bigint | null; last: bigint | null }>({
    name: 'read-trace-bounds',
    text: `
SELECT min(first_started_at) AS first, max(last_ended_at) AS last
  FROM traces WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  const { first, last } = bounds.rows[0]!;
  if (first === null || last === null) return [];
  const { rows } = await db.query<{
    trace_id: string;
    span_id: bigint;
    resource_id: string;
    scope_id: string;
    batch_id: string;
    position: number;
    parent_span_id: bigint | null;
    signal: number;
    bytes: Buffer;
    is_cut: boolean;
  }>({
    name: 'read-trace-spans',
    text: `
SELECT trace_id, span_id, resource_id, scope_id, batch_id, position, parent_span_id, signal, bytes, cut_at IS NOT NULL AS is_cut
  FROM spans
 WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])
   AND started_at >= to_timestamp(($3::bigint - 1000000) / 1000000) AND started_at <= to_timestamp(($4::bigint + 1000000) / 1000000)
 ORDER BY trace_id, span_id, started_at`,
    values: [tenantId, traceIds, first, last],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    spanId: spanIdFromInt8(row.span_id),
    parentSpanId: row.parent_span_id === null ? null : spanIdFromInt8(row.parent_span_id),
    isLog: row.signal === 1,
    resourceId: row.resource_id,
    scopeId: row.scope_id,
    batchId: row.batch_id,
    position: row.position,
    bytes: row.bytes,
    isCut: row.is_cut,
  }));
}
