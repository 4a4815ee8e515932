import { parseRef, type Ref, type TraceId } from '#model';
import { leastCommonMultiple, type Follow } from './follow-items.ts';
import { partsOf } from './attempt-parts.ts';
import type { ResolvedStep, ResolvedTrace, StepShare } from './resolved-trace.ts';

/**
 * Lets the steps of a resolved trace belong to the items that their items were merged into or split over. The links
 * stay as they are: they say what the spans name. Weights stay exact, over a common whole.
 *
 * What is left at an item that a step names is an empty list of parts: so it is known that the trace names it.
 *
 * An attempt keeps its key, so that one conversation stays one attempt; a number that only the item it was given for
 * tells apart is told apart by that item.
 */
export function followTrace(traceId: TraceId, trace: ResolvedTrace, follow: Follow): ResolvedTrace {
  const isMoved = [...trace.parts.keys()].some(
    (ref) => follow.destinations(ref)[0]!.ref !== ref || isSplit(ref, follow),
  );
  if (!isMoved) return trace;
  const steps = trace.steps.map((resolved): ResolvedStep => ({
    ...resolved,
    shares: followShares(resolved.shares, follow),
  }));
  const parts = partsOf(traceId, steps);
  for (const ref of trace.parts.keys()) if (!parts.has(ref)) parts.set(ref, []);
  return { ...trace, steps, parts };
}

const isSplit = (ref: Ref, follow: Follow): boolean => follow.destinations(ref).length > 1;

function followShares(shares: readonly StepShare[], follow: Follow): readonly StepShare[] {
  const ways = shares.map((share) => ({ share, to: follow.destinations(share.workItemRef) }));
  const whole = ways.reduce((product, { to }) => leastCommonMultiple(product, to[0]!.whole), 1n);
  const moved = new Map<string, StepShare>();
  for (const { share, to } of ways)
    for (const { ref, weight, whole: ofWay } of to) {
      const made: StepShare = {
        ...share,
        workItemRef: ref,
        attemptKey: keyAt(share, ref),
        weight: share.weight * weight * (whole / ofWay),
      };
      const id = `${ref}\n${made.attemptKeyKind}:${made.attemptKey}`;
      const known = moved.get(id);
      moved.set(id, known === undefined ? made : joined(known, made));
    }
  return [...moved].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, share]) => share);
}

/** Two ways to one attempt: together they are known no better than the less sure one. */
const joined = (a: StepShare, b: StepShare): StepShare => ({
  ...a,
  weight: a.weight + b.weight,
  confidenceBps: a.confidenceBps < b.confidenceBps ? a.confidenceBps : b.confidenceBps,
});

function keyAt({ workItemRef, attemptKeyKind, attemptKey }: StepShare, ref: Ref): string {
  if (workItemRef === ref || attemptKeyKind !== 'attempt') return attemptKey;
  const { kind, key } = parseRef(workItemRef);
  return `${kind}:${key}/${attemptKey}`;
}
