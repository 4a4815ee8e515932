import type { TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';

/** A new reason to look at a trace. */
export interface DueReason {
  readonly traceId: TraceId;
  /** The fact, as it will stand on the transactions it posts. */
  readonly cause: string;
  /** Whether the steps must be made again from the spans. */
  readonly renormalise: boolean;
}

/**
 * Makes traces due at once, in the caller's transaction. A trace that is being worked on stays due after that
 * work, because its version moves on. Of several reasons for one trace the last cause stands.
 */
export async function makeTracesDue(
  db: Queryable,
  tenantId: bigint,
  reasons: readonly DueReason[],
): Promise<void> {
  if (reasons.length === 0) return;
  const byTrace = new Map<TraceId, DueReason>();
  for (const reason of reasons) {
    const known = byTrace.get(reason.traceId);
    byTrace.set(reason.traceId, {
      ...reason,
      renormalise: reason.renormalise || known?.renormalise === true,
    });
  }
  const sorted = [...byTrace.values()].sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
  await db.query({
    name: 'make-traces-due',
    text: `
INSERT INTO due_traces AS d (tenant_id, trace_id, due_at, first_received_at, root_ended, cause, renormalise)
SELECT $1, trace_id, clock_timestamp(), clock_timestamp(), true, cause, renormalise
  FROM unnest($2::uuid[], $3::text[], $4::boolean[]) AS t (trace_id, cause, renormalise)
ON CONFLICT (tenant_id, trace_id) DO UPDATE
   SET due_at = least(d.due_at, excluded.due_at), cause = excluded.cause, version = d.version + 1,
       renormalise = d.renormalise OR excluded.renormalise`,
    values: [
      tenantId,
      sorted.map(({ traceId }) => traceId),
      sorted.map(({ cause }) => cause),
      sorted.map(({ renormalise }) => renormalise),
    ],
  });
}
