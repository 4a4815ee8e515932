import type { SpanId, TraceId } from '#model';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';

/** A span whose bytes are not kept any more. */
export interface SpanPlace {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly batchId: string;
  readonly position: number;
}

/** The spans of these traces that were let go, or are just being let go. Unordered. */
export async function readSpanPlaces(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<SpanPlace[]> {
  const { rows } = await db.query<{
    trace_id: string;
    span_id: bigint;
    batch_id: string;
    position: number;
  }>({
    name: 'read-span-places',
    text: `
SELECT p.trace_id, u.span_id, u.batch_id, u.position
  FROM span_places p, unnest(p.span_ids, p.batch_ids, p.positions) AS u (span_id, batch_id, position)
 WHERE p.tenant_id = $1 AND p.trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    spanId: spanIdFromInt8(row.span_id),
    batchId: row.batch_id,
    position: row.position,
  }));
}
