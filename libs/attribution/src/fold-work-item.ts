import {
  OWN_SOURCE,
  type OutcomeDefinition,
  type OutcomeEvent,
  type OutcomeTier,
  type OutcomeValue,
  type Ref,
  type WorkItemPhase,
} from '#model';
import { nextDeadline, type Deadline, type Interval, type Stretch } from './next-deadline.ts';
import { orderEvents } from './order-events.ts';

/** One stretch of work that ended in a settlement and may have been reopened since. */
export interface Settlement {
  readonly generation: number;
  readonly phase: Exclude<WorkItemPhase, 'open' | 'merged' | 'split'>;
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
  readonly value: OutcomeValue | null;
  /** How far the standing outcome is known to be one; null without one, or where nobody says. */
  readonly tier: OutcomeTier | null;
  /** The newest quality stated since the item was last reopened. */
  readonly quality: string | null;
  /** Where the newest standing event of that kind sends its cost, and when; circles are for `followItems` to void. */
  readonly mergedInto: { readonly survivor: Ref; readonly atUs: bigint } | null;
  readonly splitFrom: { readonly origin: Ref; readonly weight: bigint; readonly atUs: bigint } | null;
  /** What this service has to record when that time has come, unless something happens before; null = nothing. */
  readonly deadline: Deadline | null;
}

/** What a fold needs besides the events. */
export interface FoldContext {
  /** First start and last end of what was worked at the item. */
  readonly work: readonly Interval[];
  /** The definition of the item's kind in force at a business time. */
  readonly definitionAt: (atUs: bigint) => OutcomeDefinition | null;
}
const EVENTS_ALONE: FoldContext = { work: [], definitionAt: () => null };

/**
 * Folds the events of one work item, in their business order, into its state. Pure: any order and any
 * repetition of the same events gives the same state.
 *
 * A second settlement of the same kind changes nothing but tier and quality. A settlement without an outcome after an
 * achieved one counts as a reopening at that instant; an achieved one after a settlement without replaces it. An
 * achieving event counts once every verb its definition requires has happened since the last reopening.
 *
 * Events of `OWN_SOURCE` say that a deadline was found to have passed: they count only where what is known now still
 * leads to that very deadline, so that a late event or trace undoes them.
 *
 * @param events corrected and read: those of `corrected` and `superseded` have no effect any more
 */
export function foldWorkItem(
  events: readonly OutcomeEvent[],
  context: FoldContext = EVENTS_ALONE,
): WorkItemState {
  const fold = new Fold(events, context);
  fold.run();
  return fold.state();
}

class Fold {
  private readonly recorded = new Map<string, OutcomeEvent>();
  private readonly events: readonly OutcomeEvent[];
  private readonly activity: readonly Interval[];
  private readonly boundaries = new Set<bigint>();
  private readonly settlements: Settlement[] = [];
  private phase: Settlement['phase'] | 'open' = 'open';
  private phaseAtUs: bigint | null = null;
  private isOwnSettlement = false;
  private value: OutcomeValue | null = null;
  private tier: OutcomeTier | null = null;
  private quality: string | null = null;
  private mergedInto: WorkItemState['mergedInto'] = null;
  private splitFrom: WorkItemState['splitFrom'] = null;
  private deadline: Deadline | null = null;
  private isDeadlineFirm = false;
  /** Since the item was last reopened: */
  private seenVerbs = new Set<string>();
  private unmet: OutcomeEvent | null = null;
  private stretch: Stretch;

  constructor(
    events: readonly OutcomeEvent[],
    private readonly context: FoldContext,
  ) {
    const distinct = new Map(events.map((event) => [`${event.source}\n${event.eventId}`, event]));
    const ordered = orderEvents([...distinct.values()]);
    for (const event of ordered)
      if (event.source === OWN_SOURCE) this.recorded.set(`${event.verb} ${event.occurredAtUs}`, event);
    this.events = ordered.filter(({ source }) => source !== OWN_SOURCE);
    this.activity = [
      ...context.work,
      ...this.events.map(({ occurredAtUs }) => ({ startedAtUs: occurredAtUs, endedAtUs: occurredAtUs })),
    ].sort((a, b) => (a.startedAtUs < b.startedAtUs ? -1 : a.startedAtUs > b.startedAtUs ? 1 : 0));
    this.stretch = { beganAtUs: this.activity[0]?.startedAtUs ?? null, silentSince: null };
  }

  run(): void {
    let clockUs: bigint | null = null;
    for (const event of this.events) {
      clockUs = later(event.occurredAtUs, clockUs);
      this.passDeadline(clockUs);
      this.apply(event);
      this.stretch = { ...this.stretch, silentSince: { verb: event.verb, atUs: clockUs } };
    }
    this.passDeadline(null);
  }

  state(): WorkItemState {
    return {
      phase: this.phase,
      phaseAtUs: this.phaseAtUs,
      generation: this.phase === 'open' ? this.settlements.length + 1 : this.settlements.length,
      settlements: this.settlements,
      boundariesUs: [...this.boundaries].sort((a, b) => (a < b ? -1 : 1)),
      value: this.value,
      tier: this.tier,
      quality: this.quality,
      mergedInto: this.mergedInto,
      splitFrom: this.splitFrom,
      deadline: this.deadline,
    };
  }

  /** A deadline that passed before `untilUs` (null = whenever) counts once it is recorded, and asks for that till then. */
  private passDeadline(untilUs: bigint | null): void {
    if (this.phase !== 'open') return;
    const next = nextDeadline(this.stretch, this.activity, this.context.definitionAt);
    if (next === null || (untilUs !== null && next.atUs >= untilUs)) return;
    const event = this.recorded.get(`${next.verb} ${next.atUs}`);
    if (event === undefined) this.deadline ??= next;
    else this.settle(event.effect === 'achieved' ? 'achieved' : 'expired', event, event.occurredAtUs);
  }

  private apply(event: OutcomeEvent): void {
    this.seenVerbs.add(event.verb);
    this.moved(event);
    const { effect } = event;
    if (!MARKS_NO_BOUNDARY.has(effect)) this.boundaries.add(event.occurredAtUs);
    if (effect === 'reopened') this.reopened(event);
    else if (effect === 'achieved' && !this.isMet(event)) this.unmet = event;
    else if (effect === 'achieved' || effect === 'failed' || effect === 'cancelled' || effect === 'expired')
      this.settle(effect, event, event.occurredAtUs);
    if (event.quality !== null) this.quality = event.quality;
    this.settleWhatIsMet(event);
  }

  private moved({ effect, refersTo, occurredAtUs: atUs }: OutcomeEvent): void {
    const { mergedInto: survivor = null, splitFrom = null } = refersTo ?? {};
    if (effect === 'merged_into' && survivor !== null) this.mergedInto = { survivor, atUs };
    if (effect === 'split_from' && splitFrom !== null) this.splitFrom = { ...splitFrom, atUs };
  }

  /** This may be the last of what an achieving event still required; the outcome is of that time then. */
  private settleWhatIsMet(event: OutcomeEvent): void {
    const unmet = this.unmet;
    if (unmet !== null && this.isMet(unmet))
      this.settle('achieved', unmet, later(event.occurredAtUs, unmet.occurredAtUs));
  }

  private isMet(event: OutcomeEvent): boolean {
    const required = this.context.definitionAt(event.occurredAtUs)?.requires ?? [];
    return required.every((verb) => this.seenVerbs.has(verb));
  }

  private reopened(event: OutcomeEvent): void {
    // Had an overdue end been recorded in time, this would have reopened it: it has to be.
    if (this.phase === 'open') this.isDeadlineFirm = true;
    else this.reopen(later(event.occurredAtUs, this.phaseAtUs));
    this.beginAnew();
  }

  private beginAnew(): void {
    this.unmet = null;
    this.seenVerbs = new Set();
    this.quality = null;
  }

  private reopen(atUs: bigint): void {
    this.settlements.push({ ...this.settlements.pop()!, reopenedAtUs: atUs });
    this.phase = 'open';
    this.phaseAtUs = atUs;
    this.value = null;
    this.tier = null;
    this.stretch = { beganAtUs: atUs, silentSince: null };
    this.beginAnew();
  }

  private settle(to: Settlement['phase'], event: OutcomeEvent, occurredAtUs: bigint): void {
    this.unmet = null;
    // What the business says of an end takes the place of what was only overdue.
    if (this.phase === to && !(this.isOwnSettlement && to === 'expired')) {
      this.settledAgain(to, event);
      return;
    }
    // Whoever was told of the end does not need to be told that it was overdue.
    if (this.deadline?.verb === 'expired' && !this.isDeadlineFirm) this.deadline = null;
    const atUs = later(occurredAtUs, this.settlements.at(-1)?.reopenedAtUs ?? null);
    if (this.phase === 'achieved') this.reopen(atUs);
    else if (this.phase !== 'open') this.settlements.pop();
    this.phase = to;
    this.phaseAtUs = atUs;
    this.isOwnSettlement = event.source === OWN_SOURCE;
    this.settlements.push({
      generation: this.settlements.length + 1,
      phase: to,
      atUs,
      eventKey: `${event.source}/${event.eventId}`,
      reopenedAtUs: null,
    });
    this.value = to === 'achieved' ? event.value : null;
    this.tier = to === 'achieved' ? event.tier : null;
  }

  private settledAgain(to: Settlement['phase'], { tier }: OutcomeEvent): void {
    if (to === 'achieved' && (tier !== null || this.isOwnSettlement)) this.tier = tier;
    this.isOwnSettlement = false;
  }
}

const MARKS_NO_BOUNDARY: ReadonlySet<OutcomeEvent['effect']> = new Set([
  'noted',
  'merged_into',
  'split_from',
  'corrected',
  'superseded',
]);

/** A sequenced event may carry a clock that went back: phases still follow one another. */
const later = (atUs: bigint, notBeforeUs: bigint | null): bigint =>
  notBeforeUs !== null && notBeforeUs > atUs ? notBeforeUs : atUs;
