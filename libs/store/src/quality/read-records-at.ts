import type { SpanAddress } from '#model';
import { spanIdToInt8 } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';

/** The newest step records of spans anywhere; a span without a step is left out. */
export async function readRecordsAt(
  db: Queryable,
  tenantId: bigint,
  addresses: readonly SpanAddress[],
): Promise<string[]> {
  if (addresses.length === 0) return [];
  const { rows } = await db.query<{ record: string }>({
    name: 'read-records-at',
    text: `
SELECT DISTINCT ON (s.trace_id, s.span_id, s.started_at) s.record
  FROM unnest($2::uuid[], $3::bigint[]) AS a (trace_id, span_id)
  JOIN steps s ON s.tenant_id = $1 AND s.trace_id = a.trace_id AND s.span_id = a.span_id
 ORDER BY s.trace_id, s.span_id, s.started_at, s.revision DESC`,
    values: [
      tenantId,
      addresses.map(({ traceId }) => traceId),
      addresses.map(({ spanId }) => spanIdToInt8(spanId)),
    ],
  });
  return rows.map(({ record }) => record);
}
