import type { EventName, OutcomeEffect, OutcomeEvent } from '#model';
import { orderEvents } from './order-events.ts';

/** An event as it was sent: what its verb does is for the definitions to say. */
export type UnreadEvent = Omit<OutcomeEvent, 'effect'>;

export type CorrectionProblem =
  'names_no_event' | 'unknown_event' | 'corrects_a_correction' | 'withdraws_a_withdrawal';

export interface CorrectedEvents<Event extends UnreadEvent> {
  /** As they stand now: withdrawn ones left out, corrected ones with what was put in the place of what they said. */
  readonly standing: readonly Event[];
  /** Corrections and withdrawals that have an effect. */
  readonly used: readonly Event[];
  /** Those that have none. */
  readonly setAside: readonly { readonly event: Event; readonly reason: CorrectionProblem }[];
}

/**
 * Applies the corrections and withdrawals among the events of one work item, whatever order they came in. A
 * withdrawn event is as if it had never been told; a withdrawn correction too. Several corrections of one event
 * apply in their business order, each to what it names. Nothing stored is changed.
 *
 * @param effectOf what an event's verb does; null where no definition says
 */
export function applyCorrections<Event extends UnreadEvent>(
  events: readonly Event[],
  effectOf: (event: Event) => OutcomeEffect | null,
): CorrectedEvents<Event> {
  const effects = new Map(events.map((event) => [event, effectOf(event)]));
  const known = new Map(events.map((event) => [keyOf(event), event]));
  const setAside: { event: Event; reason: CorrectionProblem }[] = [];
  const used: Event[] = [];
  const withdrawn = new Set<Event>();
  for (const event of events.filter((each) => effects.get(each) === 'superseded')) {
    const named = readName(event.refersTo?.supersedes ?? null, known);
    if (typeof named === 'string') setAside.push({ event, reason: named });
    else if (effects.get(named) === 'superseded') setAside.push({ event, reason: 'withdraws_a_withdrawal' });
    else {
      withdrawn.add(named);
      used.push(event);
    }
  }
  const corrections = new Map<Event, Event[]>();
  for (const event of events.filter((each) => effects.get(each) === 'corrected' && !withdrawn.has(each))) {
    const named = readName(event.refersTo?.corrects ?? null, known);
    const effect = typeof named === 'string' ? null : effects.get(named);
    if (typeof named === 'string') setAside.push({ event, reason: named });
    else if (effect === 'corrected' || effect === 'superseded')
      setAside.push({ event, reason: 'corrects_a_correction' });
    else {
      corrections.set(named, [...(corrections.get(named) ?? []), event]);
      used.push(event);
    }
  }
  const standing = events
    .filter((event) => !withdrawn.has(event) && !isAboutEvents(effects.get(event)))
    .map((event) => correct(event, corrections.get(event) ?? []));
  return { standing, used, setAside };
}

const isAboutEvents = (effect: OutcomeEffect | null | undefined): boolean =>
  effect === 'corrected' || effect === 'superseded';

const keyOf = ({ source, eventId }: EventName): string => `${source}\n${eventId}`;

function readName<Event>(
  name: EventName | null,
  known: ReadonlyMap<string, Event>,
): Event | CorrectionProblem {
  if (name === null) return 'names_no_event';
  return known.get(keyOf(name)) ?? 'unknown_event';
}

function correct<Event extends UnreadEvent>(event: Event, corrections: readonly Event[]): Event {
  const ordered = orderEvents(corrections.map((each) => ({ ...each, effect: 'corrected' as const })));
  return ordered.reduce((corrected, each) => ({ ...corrected, ...each.refersTo?.corrects?.to }), event);
}
