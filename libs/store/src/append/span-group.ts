import type { SpanRows, TraceSummary as ReadSummary } from '#otlp';
import type { Batch, BatchCounts, Part, SetAside } from './batch.ts';
import type { TraceSummary } from './trace-summary.ts';

/** One export request in a group. */
export interface GroupEntry {
  readonly batch: Batch;
  /** Where its rows lie in the group's COPY stream. */
  readonly rowsStart: number;
  readonly rowsEnd: number;
  /** Resources and scopes that may not be stored yet. */
  readonly resources: readonly Part[];
  readonly scopes: readonly Part[];
  /** Its rejected spans. */
  readonly setAside: readonly SetAside[];
  readonly done: (counts: BatchCounts) => void;
  readonly failed: (error: unknown) => void;
}

/** Export requests that are committed together. */
export interface SpanGroup {
  readonly rows: SpanRows;
  readonly entries: GroupEntry[];
  /** By tenant and trace id; as if every row were new. */
  readonly traces: Map<string, TraceSummary>;
  /** UTC days (since 1970-01-01) on which its spans start. */
  readonly days: Set<number>;
}

/** Resources or scopes of several requests, each once. */
export function distinctParts(lists: readonly (readonly Part[])[]): Part[] {
  const parts = new Map<string, Part>();
  for (const list of lists) for (const part of list) parts.set(`${part.tenantId}/${part.id}`, part);
  return [...parts.values()];
}

/** Adds what one request says about its traces to what the requests before it in the group said. */
export function addTraces(
  traces: SpanGroup['traces'],
  tenantId: bigint,
  receivedAtUs: bigint,
  read: readonly ReadSummary[],
): void {
  const tenant = `${tenantId}/`;
  for (const one of read) {
    const key = tenant + one.traceId;
    const known = traces.get(key);
    if (known === undefined)
      traces.set(key, {
        tenantId,
        traceId: one.traceId,
        firstStartedAtUs: one.firstStartedAtUs,
        lastEndedAtUs: one.lastEndedAtUs,
        spanCount: one.spanCount,
        rootEnded: one.rootEnded,
        firstReceivedAtUs: receivedAtUs,
        lastReceivedAtUs: receivedAtUs,
      });
    else merge(known, one, receivedAtUs);
  }
}

function merge(known: TraceSummary, one: ReadSummary, receivedAtUs: bigint): void {
  known.spanCount += one.spanCount;
  known.rootEnded ||= one.rootEnded;
  if (one.firstStartedAtUs < known.firstStartedAtUs) known.firstStartedAtUs = one.firstStartedAtUs;
  if (one.lastEndedAtUs > known.lastEndedAtUs) known.lastEndedAtUs = one.lastEndedAtUs;
  if (receivedAtUs < known.firstReceivedAtUs) known.firstReceivedAtUs = receivedAtUs;
  if (receivedAtUs > known.lastReceivedAtUs) known.lastReceivedAtUs = receivedAtUs;
}
