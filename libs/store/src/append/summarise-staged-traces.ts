import type { AppendSession } from './append-session.ts';
import type { Batch } from './batch.ts';
import { isStored } from './staged-spans.ts';
import type { TraceSummary } from './trace-summary.ts';

/** $1, $2: batch ids and when they were received, microseconds. The reader's own summaries (TraceSummaries) by the same rules. */
const SQL = `
SELECT st.tenant_id, replace(st.trace_id::text, '-', '') AS trace_id,
       (extract(epoch FROM min(st.started_at)) * 1000000)::bigint AS first_started,
       (extract(epoch FROM max(greatest(st.ended_at, st.started_at))) * 1000000)::bigint AS last_ended,
       count(*)::integer AS span_count,
       bool_or(st.parent_span_id IS NULL AND st.ended_at <> timestamptz 'epoch') AS root_ended,
       min(b.received) AS first_received, max(b.received) AS last_received
  FROM pg_temp.spans_stage st
  JOIN spans s USING (tenant_id, trace_id, span_id, started_at)
  JOIN unnest($1::uuid[], $2::bigint[]) AS b (batch_id, received) ON b.batch_id = st.batch_id
 WHERE ${isStored}
 GROUP BY st.tenant_id, st.trace_id`;

interface Row {
  tenant_id: bigint;
  trace_id: string;
  first_started: bigint;
  last_ended: bigint;
  span_count: number;
  root_ended: boolean;
  first_received: bigint;
  last_received: bigint;
}

/** After `insertStagedSpans`: what the staged spans that were stored add to their traces. */
export async function summariseStagedTraces(
  session: AppendSession,
  batches: readonly Batch[],
): Promise<TraceSummary[]> {
  const { rows } = await session.query<Row>('summarise_staged_traces', SQL, [
    batches.map((batch) => batch.batchId),
    batches.map((batch) => batch.receivedAtUs),
  ]);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    traceId: row.trace_id,
    firstStartedAtUs: row.first_started,
    lastEndedAtUs: row.last_ended,
    spanCount: row.span_count,
    rootEnded: row.root_ended,
    firstReceivedAtUs: row.first_received,
    lastReceivedAtUs: row.last_received,
  }));
}
