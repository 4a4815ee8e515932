import type { Ref } from './work-item.ts';

/**
 * What a verb of an outcome event does (architecture 10, methods.md 1.5). `noted` moves nothing by itself; a
 * definition may require it. `merged_into` and `split_from` say where the cost of an item belongs. `corrected` and
 * `superseded` are about an earlier event of the item, not about the item.
 */
export type OutcomeEffect =
  | 'attempt_failed'
  | 'handed_off'
  | 'achieved'
  | 'failed'
  | 'cancelled'
  | 'expired'
  | 'reopened'
  | 'noted'
  | 'merged_into'
  | 'split_from'
  | 'corrected'
  | 'superseded';

/**
 * How far an outcome is known to be one (methods.md 1.5): the customer or the business system confirmed it; nobody
 * objected within the silence window; it stayed within the agent; a person helped. Never mixed silently.
 */
export const OUTCOME_TIERS = ['confirmed', 'assumed', 'contained', 'assisted'] as const;
export type OutcomeTier = (typeof OUTCOME_TIERS)[number];

/** What an outcome is worth: money (`USD/12`) or units (`UNIT.pages/12`), in 10^-12 of one. */
export interface OutcomeValue {
  readonly amountPico: bigint;
  readonly asset: string;
}

/** An event of the same work item, as its source names it. */
export interface EventName {
  readonly source: string;
  readonly eventId: string;
}

/** What a correction puts in the place of what the event said; absent = as the event said. */
export interface EventCorrection {
  readonly verb?: string;
  readonly occurredAtUs?: bigint;
  readonly value?: OutcomeValue | null;
  readonly tier?: OutcomeTier | null;
  readonly quality?: string | null;
}

/** What an event names besides its work item. */
export interface EventReference {
  /** The item that work and cost of this one belong to from now on. */
  readonly mergedInto: Ref | null;
  /** The item whose cost this one bears a part of, and its weight among the parts (1 and more). */
  readonly splitFrom: { readonly origin: Ref; readonly weight: bigint } | null;
  readonly corrects: (EventName & { readonly to: EventCorrection }) | null;
  readonly supersedes: EventName | null;
}

/** One fact about a work item, as its source told it. Append-only; idempotent by (source, eventId). */
export interface OutcomeEvent {
  readonly ref: Ref;
  readonly source: string;
  readonly eventId: string;
  readonly kind: string;
  readonly verb: string;
  readonly effect: OutcomeEffect;
  /** When it happened in the business, microseconds since the epoch. */
  readonly occurredAtUs: bigint;
  /** CloudEvents `sequence`, where the source supplies one. */
  readonly sequence: string | null;
  readonly value: OutcomeValue | null;
  /** As the event states it, else as the definition says of its verb; null = nobody says. */
  readonly tier: OutcomeTier | null;
  /** A label, or a number as decimal text; null = not stated. */
  readonly quality: string | null;
  /** Null for most events: they name nothing but their work item. */
  readonly refersTo: EventReference | null;
}

/**
 * The source of the events this service records itself, when a definition's time has come (`expired`, `assumed`).
 * Nobody else may send under it.
 */
export const OWN_SOURCE = 'outcome-ledger';

/** `merged` and `split`: the item is no item of its own any more, its work and cost are others'. */
export type WorkItemPhase = 'open' | 'achieved' | 'failed' | 'cancelled' | 'expired' | 'merged' | 'split';

/** How long an item may stay open, and from when. */
export interface TimeToLive {
  readonly ms: number;
  readonly after: 'first_activity' | 'last_activity';
}

/** A versioned rule that reads outcome events (`resolved and not reopened within 7 days`). */
export interface OutcomeDefinition {
  readonly kind: string;
  readonly version: number;
  readonly outcomeType: string;
  /** What each verb does; a verb that is not listed is set aside. */
  readonly verbs: Readonly<Record<string, OutcomeEffect>>;
  readonly waitingWindowMs: number;
  /** Tier of an outcome by the verb that achieved it, where the event states none. */
  readonly tiers: Readonly<Record<string, OutcomeTier>>;
  /** Verbs that must have happened as well before an achieving one counts; none = nothing more. */
  readonly requires: readonly string[];
  /** Sources whose word counts; null = every source a key may speak for. */
  readonly sources: readonly string[] | null;
  /** After one of these verbs and so much silence an outcome is assumed; null = never. */
  readonly assumed: { readonly verbs: readonly string[]; readonly afterMs: number } | null;
  readonly timeToLive: TimeToLive | null;
}
