import type { OutcomeDefinition, OutcomeEffect } from '#model';

/** Verbs that mean the same for every shipped kind (architecture 10); a verb not listed is set aside. */
const VERBS: Readonly<Record<string, OutcomeEffect>> = {
  resolved: 'achieved',
  processed: 'achieved',
  paid: 'achieved',
  completed: 'achieved',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
  attempt_failed: 'attempt_failed',
  handed_off: 'handed_off',
  reopened: 'reopened',
  disputed: 'reopened',
};

/** Verbs that every definition knows, whatever it lists; it may give them another meaning. */
export const COMMON_VERBS: Readonly<Record<string, OutcomeEffect>> = {
  opened: 'noted',
  merged_into: 'merged_into',
  split_from: 'split_from',
  corrected: 'corrected',
  superseded: 'superseded',
};

/** The one outcome that counts for each kind, named as the event that usually reports it. */
const OUTCOME_TYPES = {
  ticket: 'ticket.resolved',
  claim: 'claim.processed',
  order: 'order.completed',
  case: 'case.resolved',
  invoice: 'invoice.paid',
  contract: 'contract.completed',
} as const;

/** The default outcome definitions, version 0: in force for every tenant until it sets its own. No waiting window. */
export const SHIPPED_DEFINITIONS: readonly OutcomeDefinition[] = Object.entries(OUTCOME_TYPES).map(
  ([kind, outcomeType]) => ({
    kind,
    version: 0,
    outcomeType,
    verbs: VERBS,
    waitingWindowMs: 0,
    tiers: {},
    requires: [],
    sources: null,
    assumed: null,
    timeToLive: null,
  }),
);
