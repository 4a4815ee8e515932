import type { Ref, SpanId, Step } from '#model';
import type { ConfidenceBps } from './confidence.ts';
import type { AttemptKeyKind, AttemptPart } from './derive-attempts.ts';
import type { LinkDecision } from './link-decisions.ts';
import type { Candidate, LinkEvidence, LinkTier } from './link-evidence.ts';
import type { LinkPolicy } from './link-rules.ts';

/** One work item a step belongs to, and its weight where it belongs to several. */
export interface StepShare {
  readonly workItemRef: Ref;
  readonly weight: bigint;
  readonly confidenceBps: ConfidenceBps;
  readonly attemptKeyKind: AttemptKeyKind;
  readonly attemptKey: string;
}

export interface ResolvedStep {
  readonly step: Step;
  /** Sorted by ref; empty when nothing links the step to a work item, or a declared rule made it overhead. */
  readonly shares: readonly StepShare[];
  /** For a step that belongs to none: the work items it may belong to, sorted by ref. */
  readonly candidates: readonly Candidate[];
}

/** Evidence that steps of this trace belong to a work item. One per work item and scope. */
export interface TraceLink {
  readonly workItemRef: Ref;
  readonly scope: 'trace' | 'step';
  /** The step that names the item; null for a link of the whole trace. */
  readonly spanId: SpanId | null;
  readonly tier: LinkTier;
  readonly confidenceBps: ConfidenceBps;
  readonly rule: string;
  /** `booked` moves cost; `candidate` is too doubtful to; `dangling` names an item nobody has declared. */
  readonly state: 'booked' | 'candidate' | 'dangling';
  readonly evidence: readonly LinkEvidence[];
}

/** Why cost of a trace is on no work item. */
export type UnlinkedReason =
  | 'names_too_many_work_items'
  | 'ambiguous_conversation'
  | 'below_threshold'
  | 'dangling_key'
  | 'names_no_work_item';

export interface ResolvedTrace {
  readonly steps: readonly ResolvedStep[];
  readonly links: readonly TraceLink[];
  /** What each work item's attempts look like from this trace. */
  readonly parts: ReadonlyMap<Ref, readonly AttemptPart[]>;
  /** Why steps without shares have none; of no meaning where all have some. */
  readonly unlinkedReason: UnlinkedReason;
}

export interface ResolveRules {
  readonly tenantId: bigint;
  /** Whether a kind has an outcome definition at a business time: a key of any other kind is a dimension. */
  readonly isWorkItemKind: (kind: string, atUs: bigint) => boolean;
  readonly linkPolicyAt: (atUs: bigint) => LinkPolicy;
  /** Whether an outcome event or a declared key of any trace names the work item. */
  readonly isRegistered: (ref: Ref) => boolean;
  /** Whether a work item had not been settled by then. Asked where a conversation is bound to several. */
  readonly isOpenAt: (ref: Ref, atUs: bigint) => boolean;
  /** `conversation`, `run` and `trace` refs -> work items that outcome events tied to them, sorted. */
  readonly aliases: ReadonlyMap<Ref, readonly Ref[]>;
  /** What outcome events say work items weigh. */
  readonly weights: ReadonlyMap<Ref, bigint>;
  readonly decisions: readonly LinkDecision[];
}
