import type { ReadVerb, Rules } from '#attribution';
import type { OutcomeEvent } from '#model';
import type { StoredOutcomeEvent, WorklistEntry } from '#store';

/** The events of a work item as the definitions known now read them. */
export interface ReadEvents {
  readonly counted: readonly OutcomeEvent[];
  /** Those without an effect by the definition in force when they happened: they move nothing. */
  readonly setAside: readonly (StoredOutcomeEvent & { readonly reason: SetAsideReason })[];
}
type SetAsideReason = NonNullable<ReadVerb['setAsideReason']>;

/** Reads each event by its own business time, so that it counts the same whether it or the definition came first. */
export function readEvents(stored: readonly StoredOutcomeEvent[], rules: Rules): ReadEvents {
  const counted: OutcomeEvent[] = [];
  const setAside: (StoredOutcomeEvent & { reason: SetAsideReason })[] = [];
  for (const event of stored) {
    const { effect, setAsideReason } = rules.readVerb(event.kind, event.verb, event.occurredAtUs);
    if (effect === null) setAside.push({ ...event, reason: setAsideReason });
    else counted.push({ ...event, effect });
  }
  return { counted, setAside };
}

/** What the worklist calls an event. */
export const subjectOf = ({ surrogateId }: { readonly surrogateId: string }): string =>
  `outcome:${surrogateId}`;

/** The entries of events that are set aside: the same that the intake writes when it already knows. */
export const setAsideEntries = ({ setAside }: ReadEvents, key: string): WorklistEntry[] =>
  setAside.map((event) => ({
    id: event.surrogateId,
    kind: 'unmatched_outcome',
    reason: event.reason,
    subject: subjectOf(event),
    detail: { kind: event.kind, key, verb: event.verb, source: event.source, id: event.eventId },
  }));
