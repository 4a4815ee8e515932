import type { TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { STAMP_COLUMNS, toStamp, type LeafStamp, type StampRow } from './leaf-stamp.ts';

/** A step record as it stood at a size of the log. */
export interface StepAt {
  readonly traceId: TraceId;
  /** Canonical text; `parseStep` of #trails reads it. */
  readonly record: string;
  /** The revision this record came with. */
  readonly revision: number;
  readonly leaf: LeafStamp;
  /** The revision that the span was first known in. */
  readonly firstLeaf: LeafStamp;
}

/**
 * The steps of these traces in the newest revision whose leaf is one of the first `size`, by start and span. A trace
 * without such a leaf has none. The answer for one size never changes.
 */
export async function readStepsAt(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<StepAt[]> {
  if (traceIds.length === 0) return [];
  const stamps = await readRevisionStamps(client, tenantId, traceIds, size);
  const newest = [...stamps].map(([traceId, ofTrace]) => [traceId, Math.max(...ofTrace.keys())] as const);
  const { rows } = await client.query<{
    trace_id: string;
    revision: number;
    first_revision: number;
    record: string;
  }>({
    name: 'read-steps-at',
    text: `
SELECT DISTINCT ON (s.trace_id, s.started_at, s.span_id) s.trace_id, s.revision, s.record,
       min(s.revision) OVER (PARTITION BY s.trace_id, s.started_at, s.span_id) AS first_revision
  FROM unnest($2::uuid[], $3::integer[]) AS n (trace_id, revision)
  JOIN steps s ON s.tenant_id = $1 AND s.trace_id = n.trace_id AND s.revision <= n.revision
 ORDER BY s.trace_id, s.started_at, s.span_id, s.revision DESC`,
    values: [tenantId, newest.map(([traceId]) => traceId), newest.map(([, revision]) => revision)],
  });
  return rows.map((row): StepAt => {
    const traceId = traceIdFromUuid(row.trace_id);
    const ofTrace = stamps.get(traceId)!;
    return {
      traceId,
      record: row.record,
      revision: row.revision,
      leaf: ofTrace.get(row.revision)!,
      firstLeaf: ofTrace.get(row.first_revision)!,
    };
  });
}

async function readRevisionStamps(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<Map<TraceId, Map<number, LeafStamp>>> {
  const { rows } = await client.query<StampRow & { subject_id: string; revision: number }>({
    name: 'read-revision-stamps',
    text: `
SELECT l.subject_id, (convert_from(l.entry, 'UTF8')::jsonb ->> 'revision')::integer AS revision, ${STAMP_COLUMNS}
  FROM leaves l
 WHERE l.tenant_id = $1 AND l.subject_id = ANY ($2::text[]) AND l.idx < $3 AND l.kind = 'trace.revision'
 ORDER BY l.idx`,
    values: [tenantId, traceIds, size],
  });
  const stamps = new Map<TraceId, Map<number, LeafStamp>>();
  for (const row of rows) {
    const ofTrace = stamps.get(row.subject_id) ?? new Map<number, LeafStamp>();
    ofTrace.set(row.revision, toStamp(row));
    stamps.set(row.subject_id, ofTrace);
  }
  return stamps;
}
