import { attemptNumberOf, dimensionsOf, findWorkItemKeys, overheadPoolOf, type Rules } from '#attribution';
import {
  arbitrate,
  readContentParts,
  readDecisions,
  type ArbitratedStep,
  type LeafCandidate,
  type RunningTotal,
} from '#conventions';
import { completeStep, type Span, type Step, type TraceId } from '#model';
import { inTransaction, makeTracesDue } from '#store';
import { spanFinder, type NormaliseParts, type ReadTrace } from './read-trace.ts';
import { readTotalsAround, totalsIn, tracesAfter } from './running-totals.ts';
import { candidatesIn, neighboursOf, readSharedCalls } from './shared-calls.ts';
import { writeRevisions, type WrittenRevision } from './write-revisions.ts';

/**
 * Arbitrates traces whose candidates are published, against those of other traces, and writes their step
 * records, joining keys and revision leaves in one transaction. Traces that share a call with one whose steps
 * changed are made due, and those with a later running total of its agents. A revision that changes nothing is not made, so this comes to rest.
 *
 * @returns the revisions that were committed, by trace
 */
export async function normaliseTraces(
  parts: NormaliseParts,
  tenantId: bigint,
  traces: readonly ReadTrace[],
): Promise<ReadonlyMap<TraceId, WrittenRevision>> {
  if (traces.length === 0) return new Map();
  return inTransaction(parts.db, async (client) => {
    const shared = await readSharedCalls(client, tenantId, traces);
    const totals = await readTotalsAround(client, tenantId, traces);
    const { rules } = await parts.rulebooks.read(client, tenantId);
    const stepsByTrace = new Map(
      traces.map((trace) => [
        trace.state.traceId,
        stepsOf(
          trace,
          neighboursOf(tenantId, trace, shared).flatMap(candidatesIn),
          (totals.get(trace.state.traceId) ?? []).flatMap(totalsIn),
          rules,
        ),
      ]),
    );
    const written = await writeRevisions(
      client,
      tenantId,
      traces,
      stepsByTrace,
      rules,
      parts.contentKeys,
      parts.nowUs(),
    );
    const affected = traces
      .filter(({ state }) => written.has(state.traceId))
      .flatMap((trace) => [
        ...neighboursOf(tenantId, trace, shared).map(({ traceId }) => traceId),
        ...tracesAfter(trace, totals.get(trace.state.traceId) ?? []),
      ])
      .map((traceId) => ({ traceId, cause: 'arbitration', renormalise: true }));
    await makeTracesDue(client, tenantId, affected);
    return written;
  });
}

function stepsOf(
  trace: ReadTrace,
  others: readonly LeafCandidate[],
  totals: readonly RunningTotal[],
  rules: Rules,
): Step[] {
  const receivedAs = spanFinder(trace.received);
  return arbitrated(trace, others, totals).map((step): Step => {
    const { span } = receivedAs(step);
    const reading = rules.readingAt(step.startedAtNs / 1000n);
    const found = {
      workItemKeys: findWorkItemKeys(span, reading, () =>
        readContentParts(span, step.kind === 'tool_call' ? step.tool : null),
      ),
      attemptNumber: attemptNumberOf(span),
      overheadPool: overheadPoolOf(span, reading.overhead),
      dimensions: dimensionsOf(span, reading.dimensions),
    };
    return completeStep(withDecisions(step, span), found, undefined);
  });
}

function arbitrated(
  { drafts, alone }: ReadTrace,
  others: readonly LeafCandidate[],
  totals: readonly RunningTotal[],
): readonly ArbitratedStep[] {
  if (others.length === 0 && totals.length === 0) return alone;
  const distinct = new Map(others.map((other) => [`${other.traceId}/${other.spanId}`, other]));
  return arbitrate(drafts, [...distinct.values()], totals).steps;
}

/** The step with what its span says of decisions; a step of a span that says nothing stays as it is. */
function withDecisions<Read extends Pick<Step, 'tool' | 'flags'>>(
  step: Read,
  span: Span,
): Read & Pick<Step, 'decisions'> {
  const said = readDecisions(span);
  const { decisions, isPartlyRefused, ...ofTool } = said;
  if (Object.keys(said).length === 1 && !isPartlyRefused) return step;
  return {
    ...step,
    ...(decisions === undefined ? {} : { decisions }),
    tool: step.tool === null ? null : { ...step.tool, ...ofTool },
    flags: isPartlyRefused ? [...step.flags, 'decision_partly_refused'].sort() : step.flags,
  };
}
