import type { Ref, Step, TraceId } from '#model';
import type { AttemptKeyKind, AttemptPart } from './derive-attempts.ts';
import type { ResolvedStep } from './resolved-trace.ts';

/** By what a step's attempt is told apart: a number, else the conversation, else the top agent, else the trace. */
export function attemptKeyOf(
  attemptNumber: string | null,
  conversation: string | null,
  topAgent: Step | null,
  traceId: TraceId,
): { attemptKeyKind: AttemptKeyKind; attemptKey: string } {
  if (attemptNumber !== null) return { attemptKeyKind: 'attempt', attemptKey: attemptNumber };
  if (conversation !== null) return { attemptKeyKind: 'conversation', attemptKey: conversation };
  return topAgent === null
    ? { attemptKeyKind: 'trace', attemptKey: traceId }
    : { attemptKeyKind: 'agent', attemptKey: `${traceId}/${topAgent.spanId}` };
}

/** What each work item's attempts look like from one trace. */
export function partsOf(traceId: TraceId, steps: readonly ResolvedStep[]): Map<Ref, AttemptPart[]> {
  const parts = new Map<Ref, Map<string, AttemptPart>>();
  for (const { step, shares } of steps) {
    const [startedAtUs, endedAtUs] = [step.startedAtNs / 1000n, (step.endedAtNs + 999n) / 1000n];
    for (const share of shares) {
      const ofRef = parts.get(share.workItemRef) ?? new Map<string, AttemptPart>();
      parts.set(share.workItemRef, ofRef);
      const id = `${share.attemptKeyKind}:${share.attemptKey}`;
      const known = ofRef.get(id);
      ofRef.set(id, {
        traceId,
        keyKind: share.attemptKeyKind,
        key: share.attemptKey,
        startedAtUs: known !== undefined && known.startedAtUs < startedAtUs ? known.startedAtUs : startedAtUs,
        endedAtUs: known !== undefined && known.endedAtUs > endedAtUs ? known.endedAtUs : endedAtUs,
      });
    }
  }
  return new Map(
    [...parts].map(([ref, ofRef]) => [
      ref,
      [...ofRef.values()].sort((a, b) => (`${a.keyKind}:${a.key}` < `${b.keyKind}:${b.key}` ? -1 : 1)),
    ]),
  );
}
