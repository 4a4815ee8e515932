import type { OutcomeEffect, OutcomeEvent } from '#model';

/** At the same instant what follows from a settlement comes after it: nothing is reopened before it is settled. */
const RANK: Readonly<Record<OutcomeEffect, number>> = {
  noted: 5,
  attempt_failed: 10,
  handed_off: 20,
  achieved: 30,
  failed: 40,
  cancelled: 41,
  expired: 42,
  reopened: 50,
  split_from: 60,
  merged_into: 61,
  corrected: 70,
  superseded: 71,
};

/** The sort key of an event; compared field by field, so the order is total and transitive. */
interface Place<Event extends OutcomeEvent> {
  readonly event: Event;
  readonly sequence: string;
  atUs: bigint;
  rank: number;
}

/**
 * The one order of the events of a work item, whatever the order of their arrival (architecture 5.6):
 * events of a source that supplies CloudEvents `sequence` keep that sequence (a later one is never placed
 * before an earlier one, even if its clock went back); otherwise by time, verb rank, source and id.
 *
 * @returns a new array; equal sets of events give equal arrays
 */
export function orderEvents<Event extends OutcomeEvent>(events: readonly Event[]): Event[] {
  const places = events.map((event): Place<Event> => ({
    event,
    sequence: sequenceKey(event.sequence),
    atUs: event.occurredAtUs,
    rank: RANK[event.effect],
  }));
  for (const list of bySource(places).values()) {
    list.sort((a, b) => compare(a.sequence, b.sequence) || comparePlaces(a, b));
    for (let i = 1; i < list.length; i++) {
      const [before, here] = [list[i - 1]!, list[i]!];
      if (here.atUs > before.atUs) continue;
      here.atUs = before.atUs;
      here.rank = Math.max(here.rank, before.rank);
    }
  }
  return places.sort(comparePlaces).map(({ event }) => event);
}

function bySource<Event extends OutcomeEvent>(places: readonly Place<Event>[]): Map<string, Place<Event>[]> {
  const sources = new Map<string, Place<Event>[]>();
  for (const place of places) {
    if (place.event.sequence === null) continue;
    const list = sources.get(place.event.source);
    if (list === undefined) sources.set(place.event.source, [place]);
    else list.push(place);
  }
  return sources;
}

function comparePlaces(a: Place<OutcomeEvent>, b: Place<OutcomeEvent>): number {
  return (
    compare(a.atUs, b.atUs) ||
    compare(a.rank, b.rank) ||
    compare(a.event.source, b.event.source) ||
    compare(a.sequence, b.sequence) ||
    compare(a.event.eventId, b.event.eventId)
  );
}

/** Integer sequences (CloudEvents sequencetype Integer) compare as integers and stand before text ones. */
function sequenceKey(sequence: string | null): string {
  if (sequence === null) return '';
  return /^\d{1,40}$/.test(sequence) ? `0${sequence.padStart(40, '0')}` : `1${sequence}`;
}

const compare = <T extends bigint | number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
