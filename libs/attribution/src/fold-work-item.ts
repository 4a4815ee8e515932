import type { OutcomeEvent, WorkItemPhase } from '#model';
import { orderEvents } from './order-events.ts';

/** One stretch of work that ended in a settlement and may have been reopened since. */
export interface Settlement {
  readonly generation: number;
  readonly phase: Exclude<WorkItemPhase, 'open'>;
  readonly atUs: bigint;
  /** `source/eventId` of the event that settled it. */
  readonly eventKey: string;
  /** When it was reopened; null while it stands. */
  readonly reopenedAtUs: bigint | null;
}

/** What became of a work item, read from its events. */
export interface WorkItemState {
  readonly phase: WorkItemPhase;
  /** Business time of the newest change of phase; null while nothing settled or reopened it. */
  readonly phaseAtUs: bigint | null;
  /** 1, and one more for each reopening. */
  readonly generation: number;
  readonly settlements: readonly Settlement[];
  /** Times at which a new attempt begins when neither an attempt number nor a conversation says so; ascending, distinct. */
  readonly boundariesUs: readonly bigint[];
  /** What the standing outcome is worth, as the event that achieved it said; null without one. */
  readonly value: OutcomeEvent['value'];
}

/**
 * Folds the events of one work item, in their business order, into its state. Pure: any order and any
 * repetition of the same events gives the same state.
 *
 * A second settlement of the same kind changes nothing. A settlement without an outcome after an achieved one
 * counts as a reopening at that instant; an achieved one after a settlement without replaces it.
 */
export function foldWorkItem(events: readonly OutcomeEvent[]): WorkItemState {
  const settlements: Settlement[] = [];
  const boundaries = new Set<bigint>();
  const seen = new Set<string>();
  let phase: WorkItemPhase = 'open';
  let phaseAtUs: bigint | null = null;
  let value: OutcomeEvent['value'] = null;

  const reopen = (atUs: bigint): void => {
    settlements.push({ ...settlements.pop()!, reopenedAtUs: atUs });
    phase = 'open';
    phaseAtUs = atUs;
    value = null;
  };
  const settle = (to: Settlement['phase'], event: OutcomeEvent): void => {
    if (phase === to) return;
    const atUs = later(event.occurredAtUs, settlements.at(-1)?.reopenedAtUs ?? null);
    if (phase === 'achieved') reopen(atUs);
    else if (phase !== 'open') settlements.pop();
    phase = to;
    phaseAtUs = atUs;
    settlements.push({
      generation: settlements.length + 1,
      phase: to,
      atUs,
      eventKey: `${event.source}/${event.eventId}`,
      reopenedAtUs: null,
    });
    value = to === 'achieved' ? event.value : null;
  };

  for (const event of orderEvents(events)) {
    const key = `${event.source}\n${event.eventId}`;
    if (seen.has(key)) continue;
    seen.add(key);
    boundaries.add(event.occurredAtUs);
    if (event.effect === 'reopened') {
      if (phase !== 'open') reopen(later(event.occurredAtUs, phaseAtUs));
    } else if (event.effect !== 'attempt_failed' && event.effect !== 'handed_off') {
      settle(event.effect, event);
    }
  }
  return {
    phase,
    phaseAtUs,
    generation: phase === 'open' ? settlements.length + 1 : settlements.length,
    settlements,
    boundariesUs: [...boundaries].sort((a, b) => (a < b ? -1 : 1)),
    value,
  };
}

/** A sequenced event may carry a clock that went back: phases still follow one another. */
const later = (atUs: bigint, notBeforeUs: bigint | null): bigint =>
  notBeforeUs !== null && notBeforeUs > atUs ? notBeforeUs : atUs;
