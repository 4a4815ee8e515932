import { copyOut } from '../connection/copy-out.ts';
import type { Client, Database, Queryable } from '../connection/database.ts';
import { traceIdFromUuid, uuidArrayLiteral, uuidFromDigits } from '../connection/hex-id.ts';
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
  db: Database | Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<StoredSpan[]> {
  const { first, last } = await readBounds(db, tenantId, traceIds);
  if (first === null || last === null) return [];
  const spans: StoredSpan[] = [];
  await copyOut(
    db,
    `
SELECT trace_id, span_id, parent_span_id, signal, resource_id, scope_id, batch_id, position, bytes, cut_at IS NOT NULL
  FROM spans
 WHERE tenant_id = ${tenantId} AND trace_id = ANY (${uuidArrayLiteral(traceIds)})
   AND started_at >= to_timestamp((${first} - 1000000) / 1000000) AND started_at <= to_timestamp((${last} + 1000000) / 1000000)
 ORDER BY trace_id, span_id, started_at`,
    (row) => {
      spans.push({
        traceId: row.uuid(0, asDigits),
        spanId: row.hex(1),
        parentSpanId: row.isNull(2) ? null : row.hex(2),
        isLog: row.smallint(3) === 1,
        resourceId: row.uuid(4, uuidFromDigits),
        scopeId: row.uuid(5, uuidFromDigits),
        batchId: row.uuid(6, uuidFromDigits),
        position: row.integer(7),
        bytes: row.bytea(8),
        isCut: row.boolean(9),
      });
    },
  );
  return spans;
}

async function readBounds(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<{ first: bigint | null; last: bigint | null }> {
  const { rows } = await db.query<{ first: bigint | null; last: bigint | null }>({
    name: 'read-trace-bounds',
    text: `
SELECT min(first_started_at) AS first, max(last_ended_at) AS last
  FROM traces WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  return rows[0]!;
}

const asDigits = (digits: string): string => digits;
