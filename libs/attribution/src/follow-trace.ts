import { parseRef, type Ref, type TraceId } from '#model';
import { leastCommonMultiple, type Follow } from './follow-items.ts';
import { partsOf } from './attempt-parts.ts';
import type { ResolvedStep, ResolvedTrace, StepShare } from './resolved-trace.ts';

/**
 * Lets the steps of a resolved trace belong to the items that their items were merged into or split over. The links
 * stay as they are: they say what the spans name. Weights stay exact, over a common whole.
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
  return { ...trace, steps, parts: partsOf(traceId, steps) };
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
      moved.set(id, known === undefined ? made : { ...known, weight: known.weight + made.weight });
    }
  return [...moved].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, share]) => share);
}

function keyAt({ workItemRef, attemptKeyKind, attemptKey }: StepShare, ref: Ref): string {
  if (workItemRef === ref || attemptKeyKind !== 'attempt') return attemptKey;
  const { kind, key } = parseRef(workItemRef);
  return `${kind}:${key}/${attemptKey}`;
}
