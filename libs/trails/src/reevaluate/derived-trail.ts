import type { Ref, SpanId, TraceId } from '#model';
import type { AttemptFact, EntryFact, ItemFact } from '../fold/trail-facts.ts';

/** What the verb of an event does, by the versions of rules that were run. */
export interface DerivedEffect {
  /** Null = it moves nothing. */
  readonly effect: string | null;
  readonly rules: readonly string[];
}

/** What rules say of a trail when they are run again on its recorded inputs. */
export interface DerivedTrail {
  /** By the event's id in leaves: once as it was understood when it came, once as it is at this size. */
  readonly effects: ReadonlyMap<string, readonly DerivedEffect[]>;
  readonly item: Omit<ItemFact, 'ref' | 'kind' | 'surrogateId'>;
  readonly itemRules: readonly string[];
  /** Of the item's own. */
  readonly attempts: readonly Pick<
    AttemptFact,
    'traceId' | 'workItemRef' | 'startedAtUs' | 'keyKind' | 'grade' | 'placement'
  >[];
  readonly attemptRules: readonly string[];
  /** The cost side of every usage of the traces, the item's own part. */
  readonly entries: readonly (Omit<EntryFact, 'workItemRef'> & { readonly workItemRef: Ref })[];
  /** Price rows by usage: `trace span`. */
  readonly prices: ReadonlyMap<string, readonly string[]>;
  /** Inputs of a trace, or (`null`) of the item, that cannot be told at this size. */
  readonly doubts: ReadonlyMap<TraceId | null, string>;
}

/** Names a usage. */
export const usageOf = (postingId: string, spanId: SpanId): string => `${postingId} ${spanId}`;
