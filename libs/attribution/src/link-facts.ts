import { toRef, type OutcomeEvent, type Ref, type Step, type TraceId } from '#model';
import { applyCorrections } from './apply-corrections.ts';
import { foldWorkItem } from './fold-work-item.ts';
import type { LinkDecision } from './link-decisions.ts';
import { RUN_KIND } from './own-evidence.ts';
import type { ResolveRules } from './resolved-trace.ts';
import type { Rules } from './rules.ts';

/** What has to be known of other records before traces can be resolved. */
export interface LinkQuestions {
  readonly traceIds: readonly TraceId[];
  /** Conversations, runs and traces that outcome events may name. */
  readonly aliasRefs: readonly Ref[];
  /** Work items whose keys were only found in what was said. */
  readonly foundRefs: readonly Ref[];
  /** Work items that may have to share by weight. */
  readonly weighedRefs: readonly Ref[];
}

/** An outcome event before its verb is read. */
export type UnreadOutcomeEvent = Omit<OutcomeEvent, 'effect'>;

/** The answers, as committed by now. */
export interface LinkFacts {
  readonly aliases: ReadonlyMap<Ref, readonly Ref[]>;
  readonly registered: ReadonlySet<Ref>;
  readonly weights: ReadonlyMap<Ref, bigint>;
  readonly decisions: readonly (LinkDecision & { readonly traceId: TraceId })[];
  /** Events of the items that share a conversation with another one. */
  readonly events: ReadonlyMap<Ref, readonly UnreadOutcomeEvent[]>;
}

/** @param steps of any number of traces */
export function linkQuestions(tenantId: bigint, steps: readonly Step[], rules: Rules): LinkQuestions {
  const traceIds = new Set<TraceId>();
  const aliasRefs = new Set<Ref>();
  const foundRefs = new Set<Ref>();
  const weighedRefs = new Set<Ref>();
  for (const step of steps) {
    if (!traceIds.has(step.traceId)) {
      traceIds.add(step.traceId);
      aliasRefs.add(toRef('trace', tenantId, step.traceId));
    }
    if (step.conversationId !== null) aliasRefs.add(toRef('conversation', tenantId, step.conversationId));
    if (step.workItemKeys.length === 0) continue;
    const { splitDriver } = rules.readingAt(step.startedAtNs / 1000n).links;
    for (const { kind, key, tier } of step.workItemKeys) {
      const ref = toRef(kind, tenantId, key);
      if (kind === RUN_KIND) aliasRefs.add(ref);
      if (tier !== 'E1' && tier !== 'E2') foundRefs.add(ref);
      if (splitDriver === 'weight' || splitDriver === 'best_available') weighedRefs.add(ref);
    }
  }
  return {
    traceIds: [...traceIds],
    aliasRefs: [...aliasRefs],
    foundRefs: [...foundRefs],
    weighedRefs: [...weighedRefs],
  };
}

/** Rules for one trace, made of the tenant's rules and what is known of other records. */
export function resolveRulesOf(
  tenantId: bigint,
  traceId: TraceId,
  rules: Rules,
  facts: LinkFacts,
): ResolveRules {
  return {
    tenantId,
    isWorkItemKind: (kind, atUs) => rules.isWorkItemKind(kind, atUs),
    linkPolicyAt: (atUs) => rules.readingAt(atUs).links,
    isRegistered: (ref) => facts.registered.has(ref),
    isOpenAt: (ref, atUs) => isOpenAt(facts.events.get(ref) ?? [], rules, atUs),
    aliases: facts.aliases,
    weights: facts.weights,
    decisions: facts.decisions.filter((decision) => decision.traceId === traceId),
  };
}

/** Whether an item was open at a business time, by the events of it that had happened by then. */
export function isOpenAt(events: readonly UnreadOutcomeEvent[], rules: Rules, atUs: bigint): boolean {
  const effectOf = (event: UnreadOutcomeEvent) =>
    rules.readVerb(event.kind, event.verb, event.occurredAtUs, event.source).effect;
  const counted = applyCorrections(events, effectOf)
    .standing.filter(({ occurredAtUs }) => occurredAtUs <= atUs)
    .flatMap((event) => {
      const effect = effectOf(event);
      return effect === null ? [] : [{ ...event, effect }];
    });
  return foldWorkItem(counted).phase === 'open';
}
