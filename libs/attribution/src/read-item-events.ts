import { OWN_SOURCE, type OutcomeEffect, type OutcomeEvent, type Ref } from '#model';
import { applyCorrections, type CorrectionProblem } from './apply-corrections.ts';
import type { Follow } from './follow-items.ts';
import type { UnreadOutcomeEvent } from './link-facts.ts';
import type { ReadVerb, Rules } from './rules.ts';

/** An event as it was sent, with the id that names it in leaves. */
export type SentEvent = UnreadOutcomeEvent & { readonly surrogateId: string };

/** Why an event moves nothing. */
export type SetAsideReason =
  | NonNullable<ReadVerb['setAsideReason']>
  | CorrectionProblem
  | 'names_no_item'
  | 'merge_circle'
  | 'split_circle';

/** The events of a work item as the definitions known now read them. */
export interface ReadEvents {
  readonly counted: readonly (OutcomeEvent & { readonly surrogateId: string })[];
  /** How many events the item has that mean something; those this service recorded itself are not among them. */
  readonly count: number;
  /** Those that mean nothing, by the definition in force when they happened or by what they refer to. */
  readonly setAside: readonly (SentEvent & { readonly reason: SetAsideReason })[];
}

/**
 * Reads each event, corrected, by its own business time, so that it counts the same whether it, its correction or the
 * definition came first. Pure; in any order.
 */
export function readItemEvents(stored: readonly SentEvent[], rules: Rules): ReadEvents {
  const read = (event: SentEvent): ReadVerb =>
    rules.readVerb(event.kind, event.verb, event.occurredAtUs, event.source);
  const corrected = applyCorrections(stored, (event) => read(event).effect);
  const counted: ReadEvents['counted'][number][] = [];
  const setAside = corrected.setAside.map(({ event, reason }) => ({
    ...event,
    reason: reason as SetAsideReason,
  }));
  for (const event of corrected.standing) {
    const { effect, setAsideReason, definition } = read(event);
    if (effect === null) setAside.push({ ...event, reason: setAsideReason });
    else if (namesNoItem(event, effect)) setAside.push({ ...event, reason: 'names_no_item' });
    else counted.push({ ...event, effect, tier: event.tier ?? tierOf(definition.tiers, event.verb) });
  }
  const count = [...counted, ...corrected.used].filter(({ source }) => source !== OWN_SOURCE).length;
  return { counted, count, setAside };
}

function namesNoItem({ refersTo }: SentEvent, effect: OutcomeEffect): boolean {
  if (effect === 'merged_into') return (refersTo?.mergedInto ?? null) === null;
  return effect === 'split_from' && (refersTo?.splitFrom ?? null) === null;
}

const tierOf = <Tier>(tiers: Readonly<Record<string, Tier>>, verb: string): Tier | null =>
  Object.hasOwn(tiers, verb) ? (tiers[verb] ?? null) : null;

/** Those that say of an item what goes round in a circle have no effect either. */
export function withCircles(read: ReadEvents, ref: Ref, follow: Follow): ReadEvents {
  const circles = read.counted.flatMap((event): ReadEvents['setAside'] => {
    if (event.effect === 'merged_into' && follow.isMergeVoid(ref))
      return [{ ...event, reason: 'merge_circle' }];
    return event.effect === 'split_from' && follow.isSplitVoid(ref)
      ? [{ ...event, reason: 'split_circle' }]
      : [];
  });
  return circles.length === 0 ? read : { ...read, setAside: [...read.setAside, ...circles] };
}
