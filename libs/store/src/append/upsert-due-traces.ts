import type { AppendSession } from './append-session.ts';
import { plainArray, timestampOfUs, type TraceSummary } from './trace-summary.ts';

/** When a trace with new spans is looked at. */
export interface DueTimes {
  /** After the last span of a trace whose root has ended, ms. */
  readonly traceQuietMs: number;
  /** After the first span that was not looked at yet, whatever else comes, ms. */
  readonly traceMaxWaitMs: number;
}

/**
 * $1 ... $4: one array per column, sorted by key; $5 quiet ms, $6 maximal wait ms. Runs after the `traces` rows of
 * the same spans are written, because a late child must know that its root ended in an earlier request.
 *
 * A row that already stands: the time moves with the newest span, never past first_received_at + the maximal wait;
 * a fact that is waiting keeps its cause and is never put off. A lease is left alone: the claim ends by version.
 */
const SQL = `
INSERT INTO due_traces AS d (tenant_id, trace_id, due_at, first_received_at, root_ended, cause)
SELECT tenant_id, trace_id,
       least(first_received + $6::bigint * interval '1 millisecond',
             CASE WHEN root_ended THEN last_received + $5::bigint * interval '1 millisecond' END),
       first_received, root_ended, 'spans'
  FROM (SELECT s.tenant_id, s.trace_id, t.root_ended,
               ${timestampOfUs('s.first_received')} AS first_received,
               ${timestampOfUs('s.last_received')} AS last_received
          FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
               AS s (tenant_id, trace_id, first_received, last_received, n)
          JOIN traces t USING (tenant_id, trace_id)
         ORDER BY s.n) AS due
ON CONFLICT (tenant_id, trace_id) DO UPDATE SET
  root_ended = d.root_ended OR excluded.root_ended,
  version    = d.version + 1,
  due_at     = least(CASE WHEN d.cause <> 'spans' THEN d.due_at END,
                     excluded.due_at,
                     d.first_received_at + $6::bigint * interval '1 millisecond')`;

/** Makes the traces of newly stored spans due. Advances the version of a row that already stands. */
export async function upsertDueTraces(
  session: AppendSession,
  summaries: readonly TraceSummary[],
  times: DueTimes,
): Promise<void> {
  await session.query('upsert_due_traces', SQL, [
    plainArray(summaries.map((trace) => trace.tenantId)),
    plainArray(summaries.map((trace) => trace.traceId)),
    plainArray(summaries.map((trace) => trace.firstReceivedAtUs)),
    plainArray(summaries.map((trace) => trace.lastReceivedAtUs)),
    times.traceQuietMs,
    times.traceMaxWaitMs,
  ]);
}
