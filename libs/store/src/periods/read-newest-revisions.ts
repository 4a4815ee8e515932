import type { TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** The newest revision of a trace at a size of the log, and where its leaf stands. */
export interface NewestRevision {
  readonly traceId: TraceId;
  readonly revision: number;
  readonly leafIndex: number;
}

/**
 * A page of the newest revision of every trace among the first `size` leaves, by trace id.
 *
 * @param after '' = from the beginning
 * @returns `last` = the trace the next page begins after; null = there is none
 */
export async function readNewestRevisions(
  client: Client,
  tenantId: bigint,
  size: number,
  after: TraceId,
  limit: number,
): Promise<{ revisions: NewestRevision[]; last: TraceId | null }> {
  const { rows } = await client.query<{
    trace_id: string;
    revision: number | null;
    leaf_index: bigint | null;
  }>(
    `SELECT t.trace_id, (convert_from(l.entry, 'UTF8')::jsonb ->> 'revision')::integer AS revision, l.idx AS leaf_index
       FROM (SELECT trace_id FROM traces WHERE tenant_id = $1 AND trace_id > $3::uuid ORDER BY trace_id LIMIT $4) t
       LEFT JOIN LATERAL (
         SELECT idx, entry FROM leaves
          WHERE tenant_id = $1 AND subject_id = replace(t.trace_id::text, '-', '') AND kind = 'trace.revision' AND idx < $2
          ORDER BY idx DESC LIMIT 1) l ON true
      ORDER BY t.trace_id`,
    [tenantId, size, after === '' ? '00000000-0000-0000-0000-000000000000' : after, limit],
  );
  const revisions = rows.flatMap(({ trace_id: traceId, revision, leaf_index: leafIndex }) =>
    revision === null || leafIndex === null
      ? []
      : [{ traceId: traceIdFromUuid(traceId), revision, leafIndex: Number(leafIndex) }],
  );
  const last = rows.length < limit ? null : traceIdFromUuid(rows.at(-1)!.trace_id);
  return { revisions, last };
}
