import { arbitrate, readStep, type LeafCandidate } from '#conventions';
import { RejectedInput, toRef, type Ref } from '#model';
import { inTransaction, readTraceStates, upsertTraceRefs, type DueTrace, type TraceRef } from '#store';
import { startOf, type NormaliseParts, type ReadTrace } from './read-trace.ts';

/**
 * Reads traces and publishes their joining keys, and commits: the first of the two commits of architecture 4.5.
 * Only what is published can be seen by the arbitration of another trace, so of two traces that share a call at
 * least one sees the other, whichever comes first.
 *
 * @param maxSpans of one trace
 * @returns the traces whose spans must be made into steps (again); the others are normalised already
 * @throws RejectedInput when a trace has more spans than may be understood together
 */
export async function publishCandidates(
  parts: NormaliseParts,
  tenantId: bigint,
  claims: readonly DueTrace[],
  maxSpans: number,
): Promise<ReadTrace[]> {
  const states = await readTraceStates(
    parts.db,
    tenantId,
    claims.map(({ traceId }) => traceId),
  );
  const asked = new Set(claims.filter(({ renormalise }) => renormalise).map(({ traceId }) => traceId));
  const stale = states.filter(
    (state) => asked.has(state.traceId) || state.spanCount !== state.revisionSpanCount,
  );
  if (stale.length === 0) return [];
  const tooLong = stale.find(({ spanCount }) => spanCount > maxSpans);
  if (tooLong !== undefined) {
    throw new RejectedInput(
      'too_large',
      `trace ${tooLong.traceId} has ${tooLong.spanCount} spans, over the limit of ${maxSpans} (OL_MAX_TRACE_SPANS)`,
    );
  }
  const received = await parts.spans.read(
    parts.db,
    tenantId,
    stale.map(({ traceId }) => traceId),
  );
  const traces = stale.flatMap((state): ReadTrace[] => {
    const spans = received.get(state.traceId);
    if (spans === undefined) return [];
    const drafts = spans.map(({ span }) => readStep(span));
    const { candidates } = arbitrate(drafts, []);
    return [{ state, received: spans, drafts, candidates: candidatesByRef(tenantId, candidates) }];
  });
  const refs = traces.flatMap((trace) =>
    [...trace.candidates].map(([ref, detail]): TraceRef => ({
      ref,
      traceId: trace.state.traceId,
      startedAtUs: startOf(trace),
      detail,
    })),
  );
  if (refs.length > 0) await inTransaction(parts.db, (client) => upsertTraceRefs(client, tenantId, refs));
  return traces;
}

function candidatesByRef(tenantId: bigint, candidates: readonly LeafCandidate[]): Map<Ref, LeafCandidate[]> {
  const byRef = new Map<Ref, LeafCandidate[]>();
  for (const candidate of candidates) {
    for (const { kind, key } of candidate.keys) {
      const ref = toRef(kind, tenantId, key);
      const list = byRef.get(ref);
      if (list === undefined) byRef.set(ref, [candidate]);
      else list.push(candidate);
    }
  }
  return byRef;
}
