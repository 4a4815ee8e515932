import type { LeafCandidate } from '#conventions';
import { toRef, type Ref } from '#model';
import { readTraceRefs, type Client, type TraceRef } from '#store';
import { groupBy } from './group-by.ts';
import { startOf, type ReadTrace } from './read-trace.ts';

/** How many hops from key to key are followed, and how many traces of one key: some emitters repeat a constant id. */
const MAX_HOPS = 8;
const MAX_TRACES_OF_A_KEY = 64;

/**
 * What is published under the joining keys of these traces, and under the keys of those found, until no new key
 * comes: a trace that knows a call by one id and another that knows it by a second one are joined by a third.
 */
export async function readSharedCalls(
  client: Client,
  tenantId: bigint,
  traces: readonly ReadTrace[],
): Promise<Map<Ref, readonly TraceRef[]>> {
  const shared = new Map<Ref, readonly TraceRef[]>();
  const own = rowsOf(traces);
  const traceIds = traces.map(({ state }) => state.traceId);
  let asked = new Set(own.keys());
  for (let hop = 0; hop < MAX_HOPS && asked.size > 0; hop += 1) {
    const found = groupBy(await readTraceRefs(client, tenantId, [...asked], traceIds), ({ ref }) => ref);
    const next = new Set<Ref>();
    for (const ref of asked) {
      const rows = [...(own.get(ref) ?? []), ...(found.get(ref) ?? [])];
      if (rows.length > 1) rows.sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
      shared.set(ref, rows.slice(0, MAX_TRACES_OF_A_KEY));
      for (const row of rows) for (const key of keysIn(tenantId, row)) next.add(key);
    }
    asked = new Set([...next].filter((ref) => !shared.has(ref)));
  }
  return shared;
}

/** What these traces published themselves a moment ago, as it stands in the database. */
function rowsOf(traces: readonly ReadTrace[]): Map<Ref, TraceRef[]> {
  return groupBy(
    traces.flatMap((trace) => {
      const startedAtUs = startOf(trace);
      const { traceId } = trace.state;
      return [...trace.candidates].map(([ref, detail]): TraceRef => ({ ref, traceId, startedAtUs, detail }));
    }),
    ({ ref }) => ref,
  );
}

/** What another trace published under a joining key of calls; written by `publishCandidates` and nobody else. */
export const candidatesIn = ({ detail }: TraceRef): readonly LeafCandidate[] =>
  isCandidates(detail) ? detail : [];
const isCandidates = (detail: unknown): detail is readonly LeafCandidate[] => Array.isArray(detail);
const keysIn = (tenantId: bigint, row: TraceRef): Ref[] =>
  candidatesIn(row).flatMap(({ keys }) => keys.map(({ kind, key }) => toRef(kind, tenantId, key)));

/** Rows of other traces that share a call with this one, directly or through a third. */
export function neighboursOf(
  tenantId: bigint,
  trace: ReadTrace,
  shared: ReadonlyMap<Ref, readonly TraceRef[]>,
): readonly TraceRef[] {
  const reached = new Set(trace.candidates.keys());
  const neighbours: TraceRef[] = [];
  for (const ref of reached) {
    for (const row of shared.get(ref) ?? []) {
      if (row.traceId === trace.state.traceId) continue;
      neighbours.push(row);
      for (const next of keysIn(tenantId, row)) reached.add(next);
    }
  }
  return neighbours;
}
