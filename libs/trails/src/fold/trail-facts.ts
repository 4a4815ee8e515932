import type { Asset, Decision, Ref, SpanId, Step, TraceId } from '#model';

/** Where something stands in the evidence log, and since when. Microseconds since the epoch. */
export interface LeafStamp {
  readonly index: number;
  /** Base64. */
  readonly hash: string;
  readonly recordedAtUs: bigint;
  readonly sealedAtUs: bigint;
}

/** A step as its trace's newest revision below the size says it. */
export interface StepFact {
  readonly step: Step;
  readonly revision: number;
  /** Of the revision that this record came with. */
  readonly leaf: LeafStamp;
  /** Of the export request that brought the span: since when it is known. */
  readonly received: LeafStamp;
}

export interface AttemptFact {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly workItemRef: Ref;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
  readonly keyKind: string;
  readonly grade: string;
  readonly placement: string;
  readonly workflow: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly provider: string | null;
}

/** What stands on one account of the cost side for one usage. */
export interface EntryFact {
  readonly postingId: string;
  readonly usageSpanId: SpanId;
  readonly workItemRef: Ref | null;
  readonly account: string;
  readonly asset: Asset;
  readonly amount: bigint;
}

export interface OutcomeFact {
  readonly ref: Ref;
  readonly surrogateId: string;
  readonly source: string;
  readonly verb: string;
  readonly effect: string;
  readonly occurredAtUs: bigint;
  readonly sequence: string | null;
  readonly value: { readonly amountPico: bigint; readonly asset: Asset } | null;
  readonly tier: string | null;
  readonly quality: string | null;
  readonly leaf: LeafStamp;
}

/** Time of people, fees and the like. */
export interface CostLineFact {
  readonly surrogateId: string;
  readonly source: string;
  readonly lineKind: string;
  readonly occurredAtUs: bigint;
  readonly leaf: LeafStamp;
}

/** A person's word about whose the steps of a trace are. */
export interface LinkDecisionFact {
  readonly decisionId: string;
  readonly traceId: TraceId;
  readonly action: string;
  readonly recordedBy: string;
  readonly leaf: LeafStamp;
}

/** A decision or an override that was told after the fact, of a step or of the whole trail. */
export interface ToldFact {
  readonly factId: string;
  readonly decision: Decision;
  readonly traceId: TraceId | null;
  readonly spanId: SpanId | null;
  readonly occurredAtUs: bigint;
  /** Principal. */
  readonly toldBy: string;
  readonly leaf: LeafStamp;
}

/** The work item as it stood. */
export interface ItemFact {
  readonly ref: Ref;
  readonly kind: string;
  readonly surrogateId: string;
  readonly phase: string;
  readonly outcomeType: string;
  readonly definition: string;
  readonly generation: number;
  readonly phaseAtUs: bigint | null;
  readonly finalAtUs: bigint | null;
  readonly valueAmountPico: bigint | null;
  readonly valueAsset: string | null;
  readonly tier: string | null;
  readonly quality: string | null;
}

/** Everything that was known of a work item at a size of the log. What was sealed later is not in it. */
export interface TrailFacts {
  readonly size: number;
  /** When the newest leaf below the size was sealed. */
  readonly sealedAtUs: bigint;
  readonly item: ItemFact;
  /** Items that were merged into it. Sorted. */
  readonly merged: readonly Ref[];
  /** All steps of all traces concerned. */
  readonly steps: readonly StepFact[];
  /** Of those traces, whosever they are. */
  readonly attempts: readonly AttemptFact[];
  readonly entries: readonly EntryFact[];
  readonly outcomes: readonly OutcomeFact[];
  readonly costLines: readonly CostLineFact[];
  readonly linkDecisions: readonly LinkDecisionFact[];
  readonly told: readonly ToldFact[];
  /** Versions of the service's own rules: `definition ticket@2`, `policy overhead@1`, `price.book list@3`. Sorted. */
  readonly rules: readonly string[];
}
