import type { AppendSession } from './append-session.ts';
import { plainArray, timestampOfUs, type TraceSummary } from './trace-summary.ts';

/** $1 ... $8: one array per column, sorted by key. */
const SQL = `
INSERT INTO traces AS t (tenant_id, trace_id, first_started_at, last_ended_at, span_count, root_ended,
                         first_received_at, last_received_at)
SELECT tenant_id, trace_id,
       ${timestampOfUs('first_started')},
       ${timestampOfUs('last_ended')},
       span_count, root_ended,
       ${timestampOfUs('first_received')},
       ${timestampOfUs('last_received')}
  FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::integer[], $6::boolean[], $7::bigint[], $8::bigint[])
       AS s (tenant_id, trace_id, first_started, last_ended, span_count, root_ended, first_received, last_received)
ON CONFLICT (tenant_id, trace_id) DO UPDATE SET
  first_started_at  = least(t.first_started_at, excluded.first_started_at),
  last_ended_at     = greatest(t.last_ended_at, excluded.last_ended_at),
  span_count        = t.span_count + excluded.span_count,
  root_ended        = t.root_ended OR excluded.root_ended,
  first_received_at = least(t.first_received_at, excluded.first_received_at),
  last_received_at  = greatest(t.last_received_at, excluded.last_received_at)`;

/** Adds newly stored spans to their traces. Not idempotent: call it for spans that this transaction stored. */
export async function upsertTraces(
  session: AppendSession,
  summaries: readonly TraceSummary[],
): Promise<void> {
  await session.query('upsert_traces', SQL, [
    plainArray(summaries.map((trace) => trace.tenantId)),
    plainArray(summaries.map((trace) => trace.traceId)),
    plainArray(summaries.map((trace) => trace.firstStartedAtUs)),
    plainArray(summaries.map((trace) => trace.lastEndedAtUs)),
    plainArray(summaries.map((trace) => trace.spanCount)),
    plainArray(summaries.map((trace) => trace.rootEnded)),
    plainArray(summaries.map((trace) => trace.firstReceivedAtUs)),
    plainArray(summaries.map((trace) => trace.lastReceivedAtUs)),
  ]);
}
