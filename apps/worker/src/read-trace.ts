import type { ArbitratedStep, LeafCandidate, RunningTotal, StepDraft } from '#conventions';
import type { Ref } from '#model';
import type { Database, KeyStore, TraceState } from '#store';
import { groupBy } from './group-by.ts';
import type { ReceivedSpan, SpanReader } from './read-spans.ts';
import type { Rulebooks } from './tenant-rules.ts';

export interface NormaliseParts {
  readonly db: Database;
  readonly spans: SpanReader;
  readonly rulebooks: Rulebooks;
  /** Of the content of steps. */
  readonly contentKeys: KeyStore;
  readonly nowUs: () => bigint;
}

/** A trace read and understood as far as it can be from its own spans. */
export interface ReadTrace {
  readonly state: TraceState;
  readonly received: readonly ReceivedSpan[];
  readonly drafts: readonly StepDraft[];
  /** What its steps are where no other trace knows of its calls or its agents' totals: as most are. */
  readonly alone: readonly ArbitratedStep[];
  /**
   * Its own best witness of each call, under every key another trace may know the call by; empty under a key that it
   * published before and no longer has, so that whoever joined it there is looked at again.
   */
  readonly candidates: Map<Ref, readonly LeafCandidate[]>;
  /** Its own running totals, under the agent each is of; empty, too, where it has none of that agent any more. */
  readonly runningTotals: Map<Ref, readonly RunningTotal[]>;
}

/** Finds the span that a step was read from. Two spans of one id differ in their start. */
export function spanFinder(
  received: readonly ReceivedSpan[],
): (step: Pick<StepDraft, 'spanId' | 'startedAtNs'>) => ReceivedSpan {
  const byId = groupBy(received, ({ span }) => span.spanId);
  return ({ spanId, startedAtNs }) => byId.get(spanId)!.find(({ span }) => span.startedAtNs === startedAtNs)!;
}

/** Smallest start of its spans, microseconds since the epoch. */
export const startOf = (trace: ReadTrace): bigint =>
  trace.drafts.reduce(
    (first, { startedAtNs }) => (startedAtNs < first ? startedAtNs : first),
    trace.drafts[0]!.startedAtNs,
  ) / 1000n;
