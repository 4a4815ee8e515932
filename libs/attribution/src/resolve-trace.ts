import { parseRef, toRef, type EvidenceTier, type Ref, type SpanId, type Step, type TraceId } from '#model';
import type { AttemptKeyKind, AttemptPart } from './derive-attempts.ts';
import { StepTree } from './step-tree.ts';
import { TopAgents } from './top-agents.ts';

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
  /** The trace names so many items that what names none was not split over them. */
  readonly isSplitTooWide: boolean;
}

export interface ResolveRules {
  readonly tenantId: bigint;
  /** Whether a kind has an outcome definition at a business time: a key of any other kind is a dimension. */
  readonly isWorkItemKind: (kind: string, atUs: bigint) => boolean;
  /** Conversation id -> work items that outcome events tied to it, sorted. */
  readonly conversations: ReadonlyMap<string, readonly Ref[]>;
}

/** Book confidence by tier until audits calibrate it (methods.md 1.1). */
const CONFIDENCE: Readonly<Record<EvidenceTier, number>> = { E1: 1, E2: 0.99, E3: 0.95, E4: 0.95, E5: 0.7 };

/**
 * Shares that splitting may make in one trace. A batch of 2,000 tickets with 2,000 calls that name none would make
 * four million (measured: 4.6 s and 628 MB); such calls stay unattributed and are shown.
 */
const MAX_SPLIT_SHARES = 20_000;

interface Named {
  readonly refs: readonly Ref[];
  readonly by: Step;
}

/** What a step has from itself or from the nearest step above it that says so. */
interface Standing {
  readonly named: Named | null;
  readonly attemptNumber: string | null;
  readonly conversation: string | null;
}

/**
 * Which work items each step of a trace belongs to. A step belongs to what it names itself, else to what its
 * nearest ancestor names; a leaf or root under no name belongs to what the trace names elsewhere (split evenly when
 * that is several), else to the work item an outcome event tied to its conversation.
 *
 * Pure and independent of the order of the steps; one pass over the tree. Mirrors resolve like any step; they carry
 * no charge.
 */
export function resolveTrace(traceId: TraceId, steps: readonly Step[], rules: ResolveRules): ResolvedTrace {
  const tree = new StepTree(steps);
  const naming = new Map<Step, readonly Ref[]>();
  for (const step of steps) {
    const refs = namedRefs(step, rules);
    if (refs.length > 0) naming.set(step, refs);
  }
  const standing = inherit(tree, naming);
  const agents = new TopAgents(tree, naming);
  const everywhere = [...new Set([...naming.values()].flat())].sort();
  const unnamedLeaves = steps.filter(
    (step) => step.role === 'leaf' && standing.get(step)!.named === null,
  ).length;
  const isSplitTooWide = everywhere.length > 1 && everywhere.length * unnamedLeaves > MAX_SPLIT_SHARES;
  const links = new Map<string, TraceLink>();
  const resolved = tree.byStart.map((step): ResolvedStep => {
    const here = standing.get(step)!;
    const conversation = here.conversation ?? tree.conversationId;
    const refs = refsOf(step, here.named, conversation, { everywhere, isSplitTooWide, tree, rules });
    for (const ref of refs) {
      const link = linkOf(ref, here.named, everywhere, rules);
      links.set(`${link.workItemRef} ${link.scope} ${link.spanId}`, link);
    }
    const shares = refs.map((workItemRef): StepShare => {
      const key = attemptKeyOf(here.attemptNumber, conversation, agents.above(step, workItemRef), traceId);
      return { workItemRef, weight: 1n, ...key };
    });
    return { step, shares };
  });
  return { steps: resolved, links: [...links.values()], parts: partsOf(traceId, resolved), isSplitTooWide };
}

function namedRefs(step: Step, rules: ResolveRules): Ref[] {
  return step.workItemKeys
    .filter(({ kind }) => rules.isWorkItemKind(kind, step.startedAtNs / 1000n))
    .map(({ kind, key }) => toRef(kind, rules.tenantId, key))
    .sort();
}

function inherit(tree: StepTree, naming: ReadonlyMap<Step, readonly Ref[]>): Map<Step, Standing> {
  const standing = new Map<Step, Standing>();
  for (const step of tree.parentsFirst) {
    const parent = tree.parentOf(step);
    const above = parent === null ? undefined : standing.get(parent);
    const refs = naming.get(step);
    standing.set(step, {
      named: refs === undefined ? (above?.named ?? null) : { refs, by: step },
      attemptNumber: step.attemptNumber ?? above?.attemptNumber ?? null,
      conversation: step.conversationId ?? above?.conversation ?? null,
    });
  }
  return standing;
}

function refsOf(
  step: Step,
  named: Named | null,
  conversation: string | null,
  trace: { everywhere: readonly Ref[]; isSplitTooWide: boolean; tree: StepTree; rules: ResolveRules },
): readonly Ref[] {
  if (step.overheadPool !== null) return [];
  if (named !== null) return named.refs;
  const { everywhere, tree, rules } = trace;
  if (everywhere.length === 1) return everywhere;
  if (everywhere.length > 1) {
    // Of what is split only charges and the root, which describes the attempts, are needed at every item.
    return !trace.isSplitTooWide && (step.role === 'leaf' || tree.isRoot(step)) ? everywhere : [];
  }
  if (conversation === null) return [];
  const atUs = step.startedAtNs / 1000n;
  return (rules.conversations.get(conversation) ?? []).filter((ref) =>
    rules.isWorkItemKind(parseRef(ref).kind, atUs),
  );
}

function linkOf(ref: Ref, named: Named | null, everywhere: readonly Ref[], rules: ResolveRules): TraceLink {
  if (named !== null) {
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
  const base = { workItemRef: ref, scope: 'trace', spanId: null } as const;
  if (everywhere.length === 0)
    return { ...base, tier: 'E3', confidence: CONFIDENCE.E3, rule: 'conversation-named-by-outcome@1' };
  const rule = everywhere.length === 1 ? 'trace-names-one@1' : 'split-even@1';
  return { ...base, tier: 'E1', confidence: CONFIDENCE.E1, rule };
}

function attemptKeyOf(
  attemptNumber: string | null,
  conversation: string | null,
  topAgent: Step | null,
  traceId: TraceId,
): { attemptKeyKind: AttemptKeyKind; attemptKey: string } {
  if (attemptNumber !== null) return { attemptKeyKind: 'attempt', attemptKey: attemptNumber };
  if (conversation !== null) return { attemptKeyKind: 'conversation', attemptKey: conversation };
  return topAgent === null
    ? { attemptKeyKind: 'trace', attemptKey: traceId }
    : { attemptKeyKind: 'agent', attemptKey: `${traceId}/${topAgent.spanId}` };
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
