import { toRef, type EvidenceTier, type Ref, type SpanId, type Step, type TraceId } from '#model';
import type { AttemptKeyKind, AttemptPart } from './derive-attempts.ts';

/** One work item a step belongs to, and its weight where it belongs to several. */
export interface StepShare {
  readonly workItemRef: Ref;
  readonly weight: bigint;
  readonly attemptKeyKind: AttemptKeyKind;
  readonly attemptKey: string;
}

export interface ResolvedStep {
  readonly step: Step;
  /** Sorted by ref; empty when nothing links the step to a work item, or a declared rule made it overhead. */
  readonly shares: readonly StepShare[];
}

/** Evidence that steps of this trace belong to a work item. One per work item and scope. */
export interface TraceLink {
  readonly workItemRef: Ref;
  readonly scope: 'trace' | 'step';
  /** The step that names the item; null for a link of the whole trace. */
  readonly spanId: SpanId | null;
  readonly tier: EvidenceTier;
  readonly confidence: number;
  readonly rule: string;
}

export interface ResolvedTrace {
  readonly steps: readonly ResolvedStep[];
  readonly links: readonly TraceLink[];
  /** What each work item's attempts look like from this trace. */
  readonly parts: ReadonlyMap<Ref, readonly AttemptPart[]>;
}

export interface ResolveRules {
  readonly tenantId: bigint;
  /** Kinds with an outcome definition: a key of any other kind is a dimension, not a work item. */
  readonly kinds: ReadonlySet<string>;
  /** Conversation id -> work items that outcome events tied to it, sorted. */
  readonly conversations: ReadonlyMap<string, readonly Ref[]>;
}

/** Book confidence by tier until audits calibrate it (methods.md 1.1). */
const CONFIDENCE: Readonly<Record<EvidenceTier, number>> = { E1: 1, E2: 0.99, E3: 0.95, E4: 0.95, E5: 0.7 };

interface Named {
  readonly refs: readonly Ref[];
  readonly by: Step;
}

/**
 * Which work items each step of a trace belongs to. A step belongs to what it names itself, else to what its
 * nearest ancestor names; a step under no name belongs to what the trace names elsewhere (split evenly when
 * that is several), else to the work item an outcome event tied to its conversation.
 *
 * Pure and independent of the order of the steps. Mirrors resolve like any step; they carry no charge.
 */
export function resolveTrace(traceId: TraceId, steps: readonly Step[], rules: ResolveRules): ResolvedTrace {
  const tree = new StepTree(steps);
  const naming = new Map<Step, Named>();
  for (const step of steps) {
    const refs = namedRefs(step, rules);
    if (refs.length > 0) naming.set(step, { refs, by: step });
  }
  const elsewhere = [...new Set([...naming.values()].flatMap(({ refs }) => refs))].sort();
  const topAgents = countTopAgents(tree, naming);
  const links = new Map<string, TraceLink>();
  const resolved = tree.ordered.map((step): ResolvedStep => {
    if (step.overheadPool !== null) return { step, shares: [] };
    const named = tree.nearest(step, (ancestor) => naming.get(ancestor));
    const conversation =
      tree.nearest(step, (ancestor) => ancestor.conversationId ?? undefined) ?? tree.conversationId;
    const fromConversation = conversation === null ? [] : (rules.conversations.get(conversation) ?? []);
    const refs = named?.refs ?? (elsewhere.length > 0 ? elsewhere : fromConversation);
    for (const ref of refs) {
      const link = linkOf(ref, named, elsewhere, rules);
      links.set(`${link.workItemRef} ${link.scope} ${link.spanId}`, link);
    }
    const attempt = attemptKeyOf(
      tree,
      step,
      conversation,
      traceId,
      (ref) => (topAgents.get(ref) ?? 0) > 1,
      naming,
    );
    return {
      step,
      shares: refs.map((workItemRef) => ({ workItemRef, weight: 1n, ...attempt(workItemRef) })),
    };
  });
  return { steps: resolved, links: [...links.values()], parts: partsOf(traceId, resolved) };
}

function namedRefs(step: Step, rules: ResolveRules): Ref[] {
  return step.workItemKeys
    .filter(({ kind }) => rules.kinds.has(kind))
    .map(({ kind, key }) => toRef(kind, rules.tenantId, key))
    .sort();
}

function linkOf(
  ref: Ref,
  named: Named | undefined,
  elsewhere: readonly Ref[],
  rules: ResolveRules,
): TraceLink {
  if (named !== undefined) {
    const key = named.by.workItemKeys.find((k) => toRef(k.kind, rules.tenantId, k.key) === ref)!;
    return {
      workItemRef: ref,
      scope: 'step',
      spanId: named.by.spanId,
      tier: key.tier,
      confidence: CONFIDENCE[key.tier],
      rule: key.mapping,
    };
  }
  if (elsewhere.length > 0) {
    const rule = elsewhere.length === 1 ? 'trace-names-one@1' : 'split-even@1';
    return { workItemRef: ref, scope: 'trace', spanId: null, tier: 'E1', confidence: CONFIDENCE.E1, rule };
  }
  return {
    workItemRef: ref,
    scope: 'trace',
    spanId: null,
    tier: 'E3',
    confidence: CONFIDENCE.E3,
    rule: 'conversation-named-by-outcome@1',
  };
}

/** How often each work item is named by an agent step that stands under no other agent step naming it. */
function countTopAgents(tree: StepTree, naming: ReadonlyMap<Step, Named>): Map<Ref, number> {
  const counts = new Map<Ref, number>();
  for (const [step, { refs }] of naming) {
    for (const ref of refs) {
      if (isTopAgent(tree, step, ref, naming)) counts.set(ref, (counts.get(ref) ?? 0) + 1);
    }
  }
  return counts;
}

function isTopAgent(tree: StepTree, step: Step, ref: Ref, naming: ReadonlyMap<Step, Named>): boolean {
  if (step.kind !== 'agent' || step.role === 'mirror') return false;
  const above = tree.parentOf(step);
  return (
    above === null ||
    tree.nearest(above, (ancestor) =>
      ancestor.kind === 'agent' && naming.get(ancestor)?.refs.includes(ref) === true ? ancestor : undefined,
    ) === undefined
  );
}

function attemptKeyOf(
  tree: StepTree,
  step: Step,
  conversation: string | null,
  traceId: TraceId,
  hasSeveralAgents: (ref: Ref) => boolean,
  naming: ReadonlyMap<Step, Named>,
): (ref: Ref) => { attemptKeyKind: AttemptKeyKind; attemptKey: string } {
  const number = tree.nearest(step, (ancestor) => ancestor.attemptNumber ?? undefined);
  if (number !== undefined) return () => ({ attemptKeyKind: 'attempt', attemptKey: number });
  if (conversation !== null) return () => ({ attemptKeyKind: 'conversation', attemptKey: conversation });
  return (ref) => {
    const agent = hasSeveralAgents(ref)
      ? tree.nearest(step, (ancestor) =>
          naming.get(ancestor)?.refs.includes(ref) === true && isTopAgent(tree, ancestor, ref, naming)
            ? ancestor
            : undefined,
        )
      : undefined;
    return agent === undefined
      ? { attemptKeyKind: 'trace', attemptKey: traceId }
      : { attemptKeyKind: 'agent', attemptKey: `${traceId}/${agent.spanId}` };
  };
}

function partsOf(traceId: TraceId, steps: readonly ResolvedStep[]): Map<Ref, AttemptPart[]> {
  const parts = new Map<Ref, Map<string, AttemptPart>>();
  for (const { step, shares } of steps) {
    const [startedAtUs, endedAtUs] = [step.startedAtNs / 1000n, (step.endedAtNs + 999n) / 1000n];
    for (const share of shares) {
      const ofRef = parts.get(share.workItemRef) ?? new Map<string, AttemptPart>();
      parts.set(share.workItemRef, ofRef);
      const id = `${share.attemptKeyKind}:${share.attemptKey}`;
      const known = ofRef.get(id);
      ofRef.set(id, {
        traceId,
        keyKind: share.attemptKeyKind,
        key: share.attemptKey,
        startedAtUs: known !== undefined && known.startedAtUs < startedAtUs ? known.startedAtUs : startedAtUs,
        endedAtUs: known !== undefined && known.endedAtUs > endedAtUs ? known.endedAtUs : endedAtUs,
      });
    }
  }
  return new Map(
    [...parts].map(([ref, ofRef]) => [
      ref,
      [...ofRef.values()].sort((a, b) => (`${a.keyKind}:${a.key}` < `${b.keyKind}:${b.key}` ? -1 : 1)),
    ]),
  );
}

/** Parents by span id. A cycle or a missing parent ends the way up; of two rows of one span id the unmirrored one counts. */
class StepTree {
  readonly ordered: readonly Step[];
  readonly conversationId: string | null;
  private readonly byId = new Map<SpanId, Step>();

  constructor(steps: readonly Step[]) {
    const byContent = [...steps].sort(
      (a, b) =>
        (a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0) || (a.startedAtNs < b.startedAtNs ? -1 : 1),
    );
    for (const step of byContent) {
      const known = this.byId.get(step.spanId);
      if (known === undefined || (known.role === 'mirror' && step.role !== 'mirror'))
        this.byId.set(step.spanId, step);
    }
    // A parent often starts in the same microsecond as its first child: it comes first all the same.
    const depth = new Map(byContent.map((step) => [step, this.depthOf(step)]));
    this.ordered = byContent.sort(
      (a, b) =>
        (a.startedAtNs < b.startedAtNs ? -1 : a.startedAtNs > b.startedAtNs ? 1 : 0) ||
        depth.get(a)! - depth.get(b)!,
    );
    // A step outside the conversation's own subtree (a sibling service) belongs to the trace's conversation
    // when there is exactly one.
    const conversations = new Set(
      this.ordered.flatMap((s) => (s.conversationId === null ? [] : [s.conversationId])),
    );
    this.conversationId = conversations.size === 1 ? [...conversations][0]! : null;
  }

  parentOf(step: Step): Step | null {
    return step.parentSpanId === null ? null : (this.byId.get(step.parentSpanId) ?? null);
  }

  private depthOf(step: Step): number {
    let depth = 0;
    for (let at = this.parentOf(step); at !== null && depth < this.byId.size; at = this.parentOf(at)) depth++;
    return depth;
  }

  /** First defined answer on the way from the step up to the root. */
  nearest<T>(step: Step, ask: (step: Step) => T | undefined): T | undefined {
    let hopsLeft = this.byId.size;
    for (let at: Step | null = step; at !== null && hopsLeft-- >= 0; at = this.parentOf(at)) {
      const answer = ask(at);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}
