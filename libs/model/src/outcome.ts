import type { Ref } from './work-item.ts';

/** What a verb of an outcome event does to its work item (architecture 10). */
export type OutcomeEffect =
  'attempt_failed' | 'handed_off' | 'achieved' | 'failed' | 'cancelled' | 'expired' | 'reopened';

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
  readonly value: { readonly amountPico: bigint; readonly asset: string } | null;
}

export type WorkItemPhase = 'open' | 'achieved' | 'failed' | 'cancelled' | 'expired';

/** A versioned rule that reads outcome events (`resolved and not reopened within 7 days`). */
export interface OutcomeDefinition {
  readonly kind: string;
  readonly version: number;
  readonly outcomeType: string;
  /** What each verb does; a verb that is not listed is set aside. */
  readonly verbs: Readonly<Record<string, OutcomeEffect>>;
  readonly waitingWindowMs: number;
}
