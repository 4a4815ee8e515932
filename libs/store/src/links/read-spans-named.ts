import type { SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, spanIdToInt8 } from '../connection/hex-id.ts';

/** Which of these spans the trace has, by its steps; `null` asks only whether it has any. */
export async function readSpansNamed(
  client: Client,
  tenantId: bigint,
  traceId: TraceId,
  spanIds: readonly SpanId[] | null,
): Promise<SpanId[]> {
  const { rows } = await client.query<{ span_id: bigint }>(
    `SELECT DISTINCT span_id FROM steps
      WHERE tenant_id = $1 AND trace_id = $2 AND ($3::bigint[] IS NULL OR span_id = ANY ($3)) LIMIT 1000`,
    [tenantId, traceId, spanIds === null ? null : spanIds.map(spanIdToInt8)],
  );
  return rows.map((row) => spanIdFromInt8(row.span_id));
}
