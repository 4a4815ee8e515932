import type { Step, TraceId } from '#model';
import { readNewestSteps, readTraceStates, type Client } from '#store';
import { parseStep } from '#trails';
import type { WrittenRevision } from './write-revisions.ts';

/**
 * The newest steps of traces, as committed by now, ordered by trace, start and span. A trace without steps has no entry.
 *
 * A revision is never changed, but by an erasure, which makes its traces due again. So one that the caller wrote, and
 * that is still the newest, is taken from memory: only its number is read.
 */
export async function readStandingSteps(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  written: ReadonlyMap<TraceId, WrittenRevision>,
): Promise<Map<TraceId, readonly Step[]>> {
  const asked = traceIds.filter((traceId) => written.has(traceId));
  const states = asked.length === 0 ? [] : await readTraceStates(client, tenantId, asked);
  const steps = new Map<TraceId, Step[]>();
  for (const { traceId, revision } of states) {
    const known = written.get(traceId)!;
    if (known.revision === revision && known.steps.length > 0) steps.set(traceId, inOrder(known.steps));
  }
  const unknown = traceIds.filter((traceId) => !steps.has(traceId));
  for (const row of await readNewestSteps(client, tenantId, unknown)) {
    const step = parseStep(row.record);
    const list = steps.get(row.traceId);
    if (list === undefined) steps.set(row.traceId, [step]);
    else list.push(step);
  }
  return new Map([...steps].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As `readNewestSteps` orders them: its starts are microseconds, and its span ids signed. */
function inOrder(steps: readonly Step[]): Step[] {
  const keyed = steps.map((step) => ({
    step,
    startedAtUs: step.startedAtNs / 1000n,
    spanId: `${step.spanId < '8' ? 1 : 0}${step.spanId}`,
  }));
  keyed.sort((a, b) =>
    a.startedAtUs !== b.startedAtUs ? (a.startedAtUs < b.startedAtUs ? -1 : 1) : a.spanId < b.spanId ? -1 : 1,
  );
  return keyed.map(({ step }) => step);
}
