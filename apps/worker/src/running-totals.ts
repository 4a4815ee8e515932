import type { RunningTotal } from '#conventions';
import type { TraceId } from '#model';
import { readRunningTotals, type Client, type TraceRef } from '#store';
import { startOf, type ReadTrace } from './read-trace.ts';

/**
 * How many traces of an agent are looked at before and after one. What a total gained is told by the one before it, so
 * one would do, were it not for traces that hold several invocations and lie within each other.
 */
const TRACES_AROUND = 16;

/** What other traces published under the agents of each of these, the traces next to it in time. */
export async function readTotalsAround(
  client: Client,
  tenantId: bigint,
  traces: readonly ReadTrace[],
): Promise<Map<TraceId, readonly TraceRef[]>> {
  const around = new Map<TraceId, readonly TraceRef[]>();
  for (const trace of traces) {
    const rows: TraceRef[] = [];
    for (const ref of trace.runningTotals.keys())
      rows.push(...(await readRunningTotals(client, tenantId, ref, startOf(trace), TRACES_AROUND)));
    const { traceId } = trace.state;
    if (rows.length > 0)
      around.set(
        traceId,
        rows.filter((row) => row.traceId !== traceId),
      );
  }
  return around;
}

/** What another trace published of an agent; written by `publishCandidates` and nobody else. */
export const totalsIn = ({ detail }: TraceRef): readonly RunningTotal[] => (isTotals(detail) ? detail : []);
const isTotals = (detail: unknown): detail is readonly RunningTotal[] => Array.isArray(detail);

/** Those of the traces whose totals may have gained something else now: none that ended before this one began. */
export function tracesAfter(trace: ReadTrace, around: readonly TraceRef[]): TraceId[] {
  const startedAtNs = startOf(trace) * 1000n;
  return around
    .filter((row) => totalsIn(row).some(({ endedAtNs }) => BigInt(endedAtNs) >= startedAtNs))
    .map(({ traceId }) => traceId);
}
