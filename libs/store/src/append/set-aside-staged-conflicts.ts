import type { AppendSession } from './append-session.ts';
import type { Batch } from './batch.ts';
import { isSame, isStored } from './staged-spans.ts';
import { timestampOfUs } from './trace-summary.ts';

/**
 * $1, $2: batch ids and when they were received, microseconds. The id is a UUIDv8 of the SHA-256 over key, bytes,
 * resource and scope: the same conflict sent again is the same row.
 */
const SQL = `
INSERT INTO set_aside (tenant_id, id, kind, reason, subject, detail, bytes, since)
SELECT tenant_id, overlay(overlay(left(digest, 32) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid,
       'conflicting', 'the same span was stored before with other ' || array_to_string(differs, ', '),
       replace(trace_id::text, '-', '') || '/' || lpad(to_hex(span_id), 16, '0'),
       jsonb_build_object('startedAt', started_at, 'batchId', batch_id, 'position', position, 'differs', differs,
                          'resourceId', resource_id, 'scopeId', scope_id,
                          'storedBatchId', stored_batch_id, 'storedPosition', stored_position),
       bytes, received_at
  FROM (SELECT st.*, s.batch_id AS stored_batch_id, s.position AS stored_position,
               ${timestampOfUs('b.received')} AS received_at,
               array_remove(ARRAY[CASE WHEN s.bytes <> st.bytes THEN 'bytes' END,
                                  CASE WHEN s.resource_id <> st.resource_id THEN 'resource' END,
                                  CASE WHEN s.scope_id <> st.scope_id THEN 'scope' END], NULL) AS differs,
               encode(sha256(int8send(st.tenant_id) || uuid_send(st.trace_id) || int8send(st.span_id)
                             || timestamptz_send(st.started_at) || uuid_send(st.resource_id)
                             || uuid_send(st.scope_id) || sha256(st.bytes)), 'hex') AS digest
          FROM pg_temp.spans_stage st
          JOIN spans s USING (tenant_id, trace_id, span_id, started_at)
          JOIN unnest($1::uuid[], $2::bigint[]) AS b (batch_id, received) ON b.batch_id = st.batch_id
         WHERE NOT ${isStored} AND NOT ${isSame}) AS conflict
 ORDER BY tenant_id, digest, batch_id, position
ON CONFLICT (tenant_id, id) DO NOTHING`;

/** After `insertStagedSpans`: keeps the staged spans that contradict a stored one. Idempotent. */
export async function setAsideStagedConflicts(
  session: AppendSession,
  batches: readonly Batch[],
): Promise<void> {
  await session.query('set_aside_staged_conflicts', SQL, [
    batches.map((batch) => batch.batchId),
    batches.map((batch) => batch.receivedAtUs),
  ]);
}
