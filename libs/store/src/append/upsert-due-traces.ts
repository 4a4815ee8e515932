import type { AppendSession } from './append-session.ts';
import { plainArray, type TraceSummary } from './trace-summary.ts';

/** When a trace with new spans is looked at. */
export interface DueTimes {
  /** After the last span of a trace whose root has ended, ms. */
  readonly traceQuietMs: number;
  /** After the first span that was not looked at yet, whatever else comes, ms. */
  readonly traceMaxWaitMs: number;
}

/**
 * $1, $2: one array per column, sorted by key; $3 quiet ms, $4 maximal wait ms. Runs after the `traces` rows of
 * the same spans are written, because a late child must know that its root ended in an earlier request.
 *
 * By the clock of the database, which the claim reads too: by that of the receiver, what came while it ran an hour ahead
 * waited an hour (test/faults, clock jumps).
 *
 * A row that already stands: the time moves with the newest span, never past first_received_at + the maximal wait;
 * a fact that is waiting keeps its cause and is never put off. A lease is left alone: the claim ends by version.
 */
const SQL = `
INSERT INTO due_traces AS d (tenant_id, trace_id, due_at, first_received_at, root_ended, cause)
SELECT tenant_id, trace_id,
       least(stored + $4::bigint * interval '1 millisecond',
             CASE WHEN root_ended THEN stored + $3::bigint * interval '1 millisecond' END),
       stored, root_ended, 'spans'
  FROM (SELECT s.tenant_id, s.trace_id, t.root_ended, statement_timestamp() AS stored
          FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS s (tenant_id, trace_id, n)
          JOIN traces t USING (tenant_id, trace_id)
         ORDER BY s.n) AS due
ON CONFLICT (tenant_id, trace_id) DO UPDATE SET
  root_ended = d.root_ended OR excluded.root_ended,
  version    = d.version + 1,
  due_at     = least(CASE WHEN d.cause <> 'spans' THEN d.due_at END,
                     excluded.due_at,
                     d.first_received_at + $4::bigint * interval '1 millisecond')`;

/** Makes the traces of newly stored spans due. Advances the version of a row that already stands. */
export async function upsertDueTraces(
  session: AppendSession,
  summaries: readonly TraceSummary[],
  times: DueTimes,
): Promise<void> {
  await session.query('upsert_due_traces', SQL, [
    plainArray(summaries.map((trace) => trace.tenantId)),
    plainArray(summaries.map((trace) => trace.traceId)),
    times.traceQuietMs,
    times.traceMaxWaitMs,
  ]);
}
