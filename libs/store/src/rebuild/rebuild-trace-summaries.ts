import type { TraceId } from '#model';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Client, Queryable } from '../connection/database.ts';
import { IS_GONE } from '../partitions/span-days.ts';

/** Ids of the tenant's traces with stored spans, or with a summary, after one, ascending. */
export async function readTraceIdsToRebuild(
  db: Queryable,
  tenantId: bigint,
  afterTraceId: TraceId,
  limit: number,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>(
    `SELECT trace_id FROM (
       (SELECT DISTINCT trace_id FROM spans WHERE tenant_id = $1 AND trace_id > $2::uuid ORDER BY trace_id LIMIT $3)
       UNION
       (SELECT DISTINCT trace_id FROM span_places WHERE tenant_id = $1 AND trace_id > $2::uuid ORDER BY trace_id LIMIT $3)
       UNION
       (SELECT trace_id FROM traces WHERE tenant_id = $1 AND trace_id > $2::uuid ORDER BY trace_id LIMIT $3)) t
      ORDER BY trace_id LIMIT $3`,
    [tenantId, afterTraceId, limit],
  );
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** Spans that come while a summary is made again are added by whoever stores them: he waits for the row. */
const MISSING = `
INSERT INTO traces (tenant_id, trace_id, first_started_at, last_ended_at, span_count, root_ended, first_received_at,
                    last_received_at)
SELECT $1, trace_id, 'infinity', '-infinity', 0, false, 'infinity', '-infinity' FROM unnest($2::uuid[]) AS t (trace_id)
 ORDER BY trace_id
ON CONFLICT (tenant_id, trace_id) DO NOTHING`;

const HOLD = `
SELECT trace_id FROM traces WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) ORDER BY trace_id FOR UPDATE`;

/** By the rules of `TraceSummaries`; the newest revision and how many spans it counted stand in its leaf. */
const MADE_AGAIN = `
WITH kept AS (
  SELECT s.trace_id, s.started_at, greatest(s.ended_at, s.started_at) AS ended_at,
         s.parent_span_id IS NULL AND s.ended_at <> timestamptz 'epoch' AS root_ended, s.batch_id
    FROM spans s WHERE s.tenant_id = $1 AND s.trace_id = ANY ($2::uuid[])
   UNION ALL
  SELECT p.trace_id, u.started_at, p.last_ended_at, p.root_ended, u.batch_id
    FROM span_places p, unnest(p.started_at, p.batch_ids) AS u (started_at, batch_id)
   WHERE p.tenant_id = $1 AND p.trace_id = ANY ($2::uuid[]) AND ${IS_GONE}),
received AS (
  SELECT s.trace_id, min(s.started_at) AS first_started_at, max(s.ended_at) AS last_ended_at,
         count(*)::integer AS span_count, bool_or(s.root_ended) AS root_ended,
         min(b.received_at) AS first_received_at, max(b.received_at) AS last_received_at
    FROM kept s JOIN batches b ON b.tenant_id = $1 AND b.batch_id = s.batch_id GROUP BY s.trace_id),
told AS (
  SELECT subject_id, convert_from(entry, 'UTF8')::jsonb AS leaf FROM leaves
   WHERE tenant_id = $1 AND subject_id = ANY ($3::text[]) AND kind = 'trace.revision'
  UNION ALL
  SELECT subject_id, convert_from(body, 'UTF8')::jsonb FROM evidence_inbox
   WHERE tenant_id = $1 AND subject_id = ANY ($3::text[]) AND kind = 'trace.revision'),
revised AS (
  SELECT DISTINCT ON (subject_id) subject_id::uuid AS trace_id, (leaf ->> 'revision')::integer AS revision,
         (leaf #>> '{spans,count}')::integer AS revision_span_count
    FROM told ORDER BY subject_id, (leaf ->> 'revision')::integer DESC),
made AS (
  SELECT r.*, coalesce(v.revision, 0) AS revision, coalesce(v.revision_span_count, 0) AS revision_span_count
    FROM received r LEFT JOIN revised v USING (trace_id))
UPDATE traces t
   SET first_started_at = m.first_started_at, last_ended_at = m.last_ended_at, span_count = m.span_count,
       root_ended = m.root_ended, first_received_at = m.first_received_at, last_received_at = m.last_received_at,
       revision = m.revision, revision_span_count = m.revision_span_count
  FROM made m
 WHERE t.tenant_id = $1 AND t.trace_id = m.trace_id
   AND (t.first_started_at, t.last_ended_at, t.span_count, t.root_ended, t.first_received_at, t.last_received_at,
        t.revision, t.revision_span_count)
       IS DISTINCT FROM (m.first_started_at, m.last_ended_at, m.span_count, m.root_ended, m.first_received_at,
        m.last_received_at, m.revision, m.revision_span_count)`;

/**
 * Makes the summaries of traces again from their spans, the batches those came in and the leaves of their revisions,
 * in the caller's transaction. A summary without spans is left alone: nothing says that it is wrong.
 *
 * @returns how many were other than they are now
 */
export async function rebuildTraceSummaries(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<number> {
  await client.query(MISSING, [tenantId, traceIds]);
  await client.query(HOLD, [tenantId, traceIds]);
  const { rowCount } = await client.query(MADE_AGAIN, [tenantId, traceIds, traceIds]);
  return rowCount ?? 0;
}
