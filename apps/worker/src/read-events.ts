import type { ReadEvents } from '#attribution';
import type { WorklistEntry } from '#store';

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
