import { parseRef, type Ref, type SpanId, type Step, type TraceId } from '#model';
import type { AttemptFact, EntryFact, StepFact } from './trail-facts.ts';

/** A step of the trail, and whether it belongs to other work items as well. */
export interface StepOfItem extends StepFact {
  readonly isShared: boolean;
}

/**
 * The steps of these traces that belong to a work item, read from records alone, so that a size gives one answer for
 * ever: every step of a trace that worked on no other item; of a trace at several items those whose cost was posted to
 * it, and otherwise those that the nearest name above them gives to it, or that no name gives to another. Steps that a
 * declared rule made overhead belong to it where they stand in a trace of it: they happened.
 *
 * @param merged items that were merged into it: what names them names it
 */
export function stepsOfItem(
  ref: Ref,
  merged: readonly Ref[],
  steps: readonly StepFact[],
  attempts: readonly AttemptFact[],
  entries: readonly EntryFact[],
): StepOfItem[] {
  const itemsOf = new Map<TraceId, Set<Ref>>();
  for (const { traceId, workItemRef } of attempts) add(itemsOf, traceId, workItemRef);
  const costsOf = new Map<string, Set<Ref>>();
  for (const { postingId, usageSpanId, workItemRef } of entries)
    if (workItemRef !== null) add(costsOf, `${postingId} ${usageSpanId}`, workItemRef);
  const named = new NamesAbove(steps, itemsOf, new Map(merged.map((other) => [other, ref])));
  return steps.flatMap((fact): StepOfItem[] => {
    const items = itemsOf.get(fact.step.traceId);
    if (items === undefined || !items.has(ref)) return [];
    if (items.size === 1) return [{ ...fact, isShared: false }];
    const costs = costsOf.get(`${fact.step.traceId} ${fact.step.spanId}`);
    const owners = costs ?? named.of(fact.step) ?? items;
    return owners.has(ref) ? [{ ...fact, isShared: owners.size > 1 }] : [];
  });
}

class NamesAbove {
  private readonly byId = new Map<string, Step>();

  constructor(
    steps: readonly StepFact[],
    private readonly itemsOf: ReadonlyMap<TraceId, ReadonlySet<Ref>>,
    private readonly survivors: ReadonlyMap<Ref, Ref>,
  ) {
    for (const { step } of steps) this.byId.set(`${step.traceId} ${step.spanId}`, step);
  }

  /** @returns null where neither the step nor one above it names an item of the trace */
  of(step: Step): ReadonlySet<Ref> | null {
    const seen = new Set<SpanId>();
    for (let at: Step | undefined = step; at !== undefined && !seen.has(at.spanId);) {
      seen.add(at.spanId);
      const names = this.namesOf(at);
      if (names.size > 0) return names;
      at = at.parentSpanId === null ? undefined : this.byId.get(`${at.traceId} ${at.parentSpanId}`);
    }
    return null;
  }

  private namesOf(step: Step): ReadonlySet<Ref> {
    const candidates = [...this.itemsOf.get(step.traceId)!, ...this.survivors.keys()];
    const named = candidates.filter((ref) => {
      const { kind, key } = parseRef(ref);
      return step.workItemKeys.some((name) => name.kind === kind && name.key === key);
    });
    return new Set(named.map((ref) => this.survivors.get(ref) ?? ref));
  }
}

function add<Key>(map: Map<Key, Set<Ref>>, key: Key, ref: Ref): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([ref]));
  else set.add(ref);
}
