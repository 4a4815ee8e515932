import { arbitrate, readLog, readStep } from '#conventions';
import { parseRef, toRef, type Ref } from '#model';
import {
  insertTraceRefs,
  inTransaction,
  readRefsOfTraces,
  readTraceStates,
  upsertTraceRefs,
  type DueTrace,
  type TraceRef,
  type TraceState,
} from '#store';
import { startOf, type NormaliseParts, type ReadTrace } from './read-trace.ts';

/**
 * Reads traces and publishes their joining keys, and commits: the first of the two commits of architecture 4.5.
 * Only what is published can be seen by the arbitration of another trace, so of two traces that share a call at
 * least one sees the other, whichever comes first.
 *
 * @param maxSpans of one trace; a longer one keeps the steps it has
 * @returns the traces whose spans must be made into steps (again); the others are normalised already
 */
export async function publishCandidates(
  parts: NormaliseParts,
  tenantId: bigint,
  claims: readonly DueTrace[],
  maxSpans: number,
): Promise<{
  readonly traces: readonly ReadTrace[];
  readonly tooLong: readonly TraceState[];
  /** Of which spans were let go: they keep the steps they have, whatever came since. */
  readonly letGo: readonly TraceState[];
}> {
  const states = await readTraceStates(
    parts.db,
    tenantId,
    claims.map(({ traceId }) => traceId),
  );
  const asked = new Set(claims.filter(({ renormalise }) => renormalise).map(({ traceId }) => traceId));
  const tooLong = states.filter(({ spanCount }) => spanCount > maxSpans);
  const stale = states.filter(
    (state) =>
      state.spanCount <= maxSpans &&
      (asked.has(state.traceId) || state.spanCount !== state.revisionSpanCount),
  );
  if (stale.length === 0) return { traces: [], tooLong, letGo: [] };
  const received = await parts.spans.read(
    parts.db,
    tenantId,
    stale.map(({ traceId }) => traceId),
  );
  // Read after they were counted, there are never fewer, unless some were let go.
  const isWhole = (state: TraceState) => (received.get(state.traceId)?.length ?? 0) >= state.spanCount;
  const letGo = stale.filter((state) => !isWhole(state));
  const traces = stale.filter(isWhole).flatMap((state): ReadTrace[] => {
    const spans = received.get(state.traceId);
    if (spans === undefined) return [];
    const drafts = spans.map(({ span, log }) => (log === null ? readStep(span) : readLog(log)));
    const { steps: alone, candidates, runningTotals } = arbitrate(drafts, []);
    const byKey = candidates.flatMap((one) =>
      one.keys.map(({ kind, key }) => [toRef(kind, tenantId, key), one] as const),
    );
    const byAgent = runningTotals.map((one) => [toRef('running_total', tenantId, one.agent), one] as const);
    return [
      {
        state,
        received: spans,
        drafts,
        alone,
        candidates: listsByRef(byKey),
        runningTotals: listsByRef(byAgent),
      },
    ];
  });
  await addWithdrawnKeys(parts, tenantId, traces);
  const [first, again] = [true, false].map((isFirst) =>
    traces.filter(({ state }) => (state.revision === 0) === isFirst).flatMap(refsOf),
  );
  if (first!.length + again!.length > 0)
    await inTransaction(parts.db, async (client) => {
      await insertTraceRefs(client, tenantId, first!);
      await upsertTraceRefs(client, tenantId, again!);
    });
  return { traces, tooLong, letGo };
}

const refsOf = (trace: ReadTrace): TraceRef[] =>
  [...trace.candidates, ...trace.runningTotals].map(([ref, detail]) => ({
    ref,
    traceId: trace.state.traceId,
    startedAtUs: startOf(trace),
    detail,
  }));

/**
 * Late spans may turn what was a call into a container, or tell whose agent it was: the keys from before are published
 * once more, with nothing under them.
 */
async function addWithdrawnKeys(parts: NormaliseParts, tenantId: bigint, traces: ReadTrace[]): Promise<void> {
  const again = new Map(
    traces.filter(({ state }) => state.revision > 0).map((trace) => [trace.state.traceId, trace]),
  );
  const before = await readRefsOfTraces(
    parts.db,
    tenantId,
    [...again.keys()],
    ['response', 'request', 'prompt', 'running_total'],
  );
  for (const { traceId, ref } of before) {
    const { candidates, runningTotals } = again.get(traceId)!;
    const published: Map<Ref, readonly unknown[]> =
      parseRef(ref).kind === 'running_total' ? runningTotals : candidates;
    if (!published.has(ref)) published.set(ref, []);
  }
}

function listsByRef<Item>(entries: readonly (readonly [Ref, Item])[]): Map<Ref, readonly Item[]> {
  const lists = new Map<Ref, Item[]>();
  for (const [ref, item] of entries) {
    const list = lists.get(ref);
    if (list === undefined) lists.set(ref, [item]);
    else list.push(item);
  }
  return lists;
}
