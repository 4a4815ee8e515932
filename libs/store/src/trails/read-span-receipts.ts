import type { SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { STAMP_COLUMNS, toStamp, type LeafStamp, type StampRow } from './leaf-stamp.ts';

/** The receipt that a span came with. */
export interface SpanReceipt {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly leaf: LeafStamp;
}

/**
 * Of each span of these traces the leaf of the export request that brought it, where it is one of the first `size`.
 * Spans that were let go have theirs still. Unordered.
 */
export async function readSpanReceipts(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<SpanReceipt[]> {
  if (traceIds.length === 0) return [];
  const bounds = await client.query<{ first: bigint | null; last: bigint | null }>({
    name: 'read-trace-bounds',
    text: `
SELECT min(first_started_at) AS first, max(last_ended_at) AS last
  FROM traces WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  const { first, last } = bounds.rows[0]!;
  if (first === null || last === null) return [];
  const { rows } = await client.query<StampRow & { trace_id: string; span_id: bigint; started_at: bigint }>({
    name: 'read-span-receipts',
    text: `
SELECT s.trace_id, s.span_id, s.started_at, ${STAMP_COLUMNS}
  FROM (SELECT trace_id, span_id, started_at, batch_id FROM spans
         WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])
           AND started_at >= to_timestamp(($4::bigint - 1000000) / 1000000) AND started_at <= to_timestamp(($5::bigint + 1000000) / 1000000)
         UNION
        SELECT p.trace_id, u.span_id, u.started_at, u.batch_id
          FROM span_places p, unnest(p.span_ids, p.started_at, p.batch_ids) AS u (span_id, started_at, batch_id)
         WHERE p.tenant_id = $1 AND p.trace_id = ANY ($2::uuid[])) s
  JOIN batches b ON b.tenant_id = $1 AND b.batch_id = s.batch_id AND b.leaf_index < $3
  JOIN leaves l ON l.tenant_id = $1 AND l.idx = b.leaf_index`,
    values: [tenantId, traceIds, size, first, last],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    spanId: spanIdFromInt8(row.span_id),
    startedAtUs: row.started_at,
    leaf: toStamp(row),
  }));
}
