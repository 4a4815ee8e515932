import type { Ref, Step, TraceId } from '#model';
import { attemptKeyOf, partsOf } from './attempt-parts.ts';
import { boundItems, conversationEvidence } from './bound-items.ts';
import { Decisions, isUnlinked, linkedByHand, type Decided } from './link-decisions.ts';
import { keepStrongest, strongestOf, toCandidate, type Candidate } from './link-evidence.ts';
import { ownEvidence } from './own-evidence.ts';
import type {
  ResolvedStep,
  ResolvedTrace,
  ResolveRules,
  StepShare,
  TraceLink,
  UnlinkedReason,
} from './resolved-trace.ts';
import { splitWeights, type SplitWeights } from './split-weights.ts';
import { nameAt, namedAt, type Standing } from './standing.ts';
import { StepTree } from './step-tree.ts';
import { TopAgents } from './top-agents.ts';

/**
 * Shares that splitting may make in one trace. A batch of 2,000 tickets with 2,000 calls that name none would make
 * four million (measured: 4.6 s and 628 MB); such calls stay unattributed and are shown.
 */
const MAX_SPLIT_SHARES = 20_000;

/** Where a step's work items come from. */
type Place =
  | { readonly kind: 'named'; readonly winners: readonly Candidate[]; readonly by: Step | null }
  | { readonly kind: 'trace'; readonly winners: readonly Candidate[]; readonly split: SplitWeights | null }
  | { readonly kind: 'none'; readonly candidates: readonly Candidate[] };

/**
 * Which work items each step of a trace belongs to. In this order: what a person decided; what the step itself or the
 * nearest step above it declares (an attribute, or an outcome event that names the run or trace); what was found
 * nearest in tool arguments or content; what the trace names elsewhere, split by the declared driver when that is
 * several; the work item its conversation is bound to. Only evidence of at least the book threshold counts; equally
 * strong evidence at one step splits it evenly. What is weaker is kept as a candidate.
 *
 * Pure and independent of the order of the steps; one pass over the tree. Mirrors resolve like any step; they carry
 * no charge.
 */
export function resolveTrace(traceId: TraceId, steps: readonly Step[], rules: ResolveRules): ResolvedTrace {
  return new TraceResolver(traceId, steps, rules).resolve();
}

class TraceResolver {
  private readonly tree: StepTree;
  private readonly own = new Map<Step, readonly Candidate[]>();
  private readonly naming = new Map<Step, readonly Ref[]>();
  private readonly standing = new Map<Step, Standing>();
  /** The strongest evidence for each item anywhere in the trace: what was declared, found, and all of it. */
  private readonly declared = new Map<Ref, Candidate>();
  private readonly found = new Map<Ref, Candidate>();
  private readonly mentioned = new Map<Ref, Candidate>();
  private readonly links = new Map<string, TraceLink>();
  private readonly agents: TopAgents;
  /** What the trace names anywhere: what was declared, else what was found. Sorted by ref. */
  private readonly everywhere: readonly Candidate[];
  private split: SplitWeights | null = null;
  private isTooWide = false;
  private hasAmbiguousConversation = false;

  constructor(
    private readonly traceId: TraceId,
    steps: readonly Step[],
    private readonly rules: ResolveRules,
  ) {
    this.tree = new StepTree(steps);
    this.walk(new Decisions(rules.decisions));
    this.agents = new TopAgents(this.tree, this.naming);
    const all = this.declared.size > 0 ? this.declared : this.found;
    this.everywhere = [...all.values()].sort(byRef);
  }

  resolve(): ResolvedTrace {
    if (this.everywhere.length > 1) this.prepareSplit();
    const steps = this.tree.byStart.map((step) => this.resolveStep(step));
    return {
      steps,
      links: [...this.links.values()],
      parts: partsOf(this.traceId, steps),
      unlinkedReason: this.unlinkedReason(steps),
    };
  }

  private walk(decisions: Decisions): void {
    const top: Standing = {
      declared: null,
      found: null,
      attemptNumber: null,
      conversation: null,
      decided: decisions.atTrace,
      depth: 0,
    };
    for (const step of this.tree.parentsFirst) {
      const parent = this.tree.parentOf(step);
      const above = parent === null ? top : this.standing.get(parent)!;
      const conversation = step.conversationId ?? above.conversation;
      const depth = above.depth + 1;
      const decided = decisions.at(step.spanId, above.decided, depth);
      const own = this.ownCandidates(step, conversation ?? this.tree.conversationId);
      const { declared, found } = this.bookable(step, own, decided);
      const named = declared.length > 0 ? declared : found;
      if (named.length > 0) this.naming.set(step, named.map(({ ref }) => ref).sort());
      this.own.set(step, own);
      this.standing.set(step, {
        declared: nameAt(step, declared, above.declared),
        found: nameAt(step, found, above.found),
        attemptNumber: step.attemptNumber ?? above.attemptNumber,
        conversation,
        decided,
        depth,
      });
    }
  }

  /** The strongest of what a step names, where that is strong enough to book. */
  private bookable(
    step: Step,
    own: readonly Candidate[],
    decided: Decided,
  ): { readonly declared: readonly Candidate[]; readonly found: readonly Candidate[] } {
    if (own.length === 0) return { declared: own, found: own };
    const { bookThresholdBps } = this.rules.linkPolicyAt(step.startedAtNs / 1000n);
    const eligible = own.filter(
      ({ ref, confidenceBps, isDangling }) =>
        !isDangling && confidenceBps >= bookThresholdBps && !isUnlinked(decided, ref),
    );
    const declared = strongestOf(eligible.filter(({ isDeclared }) => isDeclared));
    const found = strongestOf(eligible.filter(({ isDeclared }) => !isDeclared));
    for (const candidate of own) keepStrongest(this.mentioned, candidate);
    for (const candidate of declared) keepStrongest(this.declared, candidate);
    for (const candidate of found) keepStrongest(this.found, candidate);
    return { declared, found };
  }

  private ownCandidates(step: Step, conversation: string | null): Candidate[] {
    const evidenceOf = ownEvidence(step, this.tree.isRoot(step) ? this.traceId : null, this.rules);
    if (evidenceOf.size === 0) return [];
    const bound = boundItems(conversation, step.startedAtNs / 1000n, this.rules);
    const said = bound.length === 1 ? evidenceOf.get(bound[0]!) : undefined;
    said?.push(conversationEvidence(step, 1, this.rules));
    return [...evidenceOf]
      .map(([ref, evidence]) => toCandidate(ref, evidence, this.rules.isRegistered))
      .sort(byRef);
  }

  private prepareSplit(): void {
    const unnamed = this.tree.byStart.filter(
      (step) => isCharged(step) && namedAt(this.standing.get(step)!) === null,
    ).length;
    this.isTooWide = this.everywhere.length * unnamed > MAX_SPLIT_SHARES;
    if (this.isTooWide) return;
    const leaves = new Map<Ref, Step[]>();
    const toolCalls = new Map<Ref, number>();
    for (const step of this.tree.byStart) {
      if (step.role === 'leaf') {
        for (const { ref } of namedAt(this.standing.get(step)!)?.winners ?? []) push(leaves, ref, step);
      } else if (isToolCall(step)) {
        for (const { ref } of this.own.get(step)!) toolCalls.set(ref, (toolCalls.get(ref) ?? 0) + 1);
      }
    }
    const startedAtUs = this.tree.byStart[0]!.startedAtNs / 1000n;
    this.split = splitWeights(
      this.everywhere.map(({ ref }) => ref),
      this.rules.linkPolicyAt(startedAtUs),
      {
        leavesOf: (ref) => leaves.get(ref) ?? [],
        toolCallsOf: (ref) => toolCalls.get(ref) ?? 0,
        weightOf: (ref) => this.rules.weights.get(ref) ?? null,
      },
    );
  }

  private resolveStep(step: Step): ResolvedStep {
    if (step.overheadPool !== null) return { step, shares: [], candidates: [] };
    const here = this.standing.get(step)!;
    const place = this.placeOf(step, here);
    if (place.kind === 'none') {
      if (isCharged(step)) this.addCandidates(place.candidates);
      return { step, shares: [], candidates: place.candidates };
    }
    const conversation = here.conversation ?? this.tree.conversationId;
    const weights = place.kind === 'trace' ? (place.split?.weights ?? null) : null;
    this.addLinks(place);
    const shares = place.winners.map(({ ref, confidenceBps }): StepShare => {
      const topAgent = this.agents.above(step, ref);
      return {
        workItemRef: ref,
        weight: weights?.get(ref) ?? 1n,
        confidenceBps,
        ...attemptKeyOf(here.attemptNumber, conversation, topAgent, this.traceId),
      };
    });
    return { step, shares, candidates: [] };
  }

  private placeOf(step: Step, here: Standing): Place {
    const byHand = linkedByHand(here.decided);
    if (byHand.length > 0) return { kind: 'named', winners: byHand, by: null };
    const named = namedAt(here);
    if (named !== null) return { kind: 'named', ...named };
    const elsewhere =
      here.decided.size === 0
        ? this.everywhere
        : this.everywhere.filter(({ ref }) => !isUnlinked(here.decided, ref));
    if (elsewhere.length === 1) return { kind: 'trace', winners: elsewhere, split: null };
    if (elsewhere.length > 1) {
      // Of what is split only charges and the root, which describes the attempts, are needed at every item.
      const isNeeded = !this.isTooWide && (isCharged(step) || this.tree.isRoot(step));
      return isNeeded
        ? { kind: 'trace', winners: elsewhere, split: this.split }
        : { kind: 'none', candidates: [] };
    }
    return this.placeByConversation(step, here);
  }

  private placeByConversation(step: Step, here: Standing): Place {
    const atUs = step.startedAtNs / 1000n;
    const bound = boundItems(here.conversation ?? this.tree.conversationId, atUs, this.rules).filter(
      (ref) => !isUnlinked(here.decided, ref),
    );
    const byConversation = bound.map((ref) =>
      toCandidate(ref, [conversationEvidence(step, bound.length, this.rules)], this.rules.isRegistered),
    );
    const { bookThresholdBps } = this.rules.linkPolicyAt(atUs);
    if (byConversation.length === 1 && byConversation[0]!.confidenceBps >= bookThresholdBps)
      return { kind: 'trace', winners: byConversation, split: null };
    if (byConversation.length > 1 && isCharged(step)) this.hasAmbiguousConversation = true;
    const possible = new Map<Ref, Candidate>();
    for (const candidate of [...this.mentioned.values(), ...byConversation])
      if (!isUnlinked(here.decided, candidate.ref)) keepStrongest(possible, candidate);
    return { kind: 'none', candidates: [...possible.values()].sort(byRef) };
  }

  private addLinks(place: Exclude<Place, { kind: 'none' }>): void {
    for (const candidate of place.winners) {
      const isNamed = place.kind === 'named' && place.by !== null;
      this.addLink(candidate, {
        scope: isNamed ? 'step' : 'trace',
        spanId: isNamed ? place.by.spanId : null,
        rule: ruleOf(place, candidate),
        state: 'booked',
      });
    }
  }

  private addCandidates(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) {
      const state = candidate.isDangling ? 'dangling' : 'candidate';
      this.addLink(candidate, { scope: 'trace', spanId: null, rule: candidate.rule, state });
    }
  }

  private addLink(
    { ref, tier, confidenceBps, evidence }: Candidate,
    link: Pick<TraceLink, 'scope' | 'spanId' | 'rule' | 'state'>,
  ): void {
    const slot = `${ref} ${link.scope} ${link.spanId}`;
    const known = this.links.get(slot);
    if (known !== undefined && (known.state === 'booked' || link.state !== 'booked')) return;
    this.links.set(slot, { workItemRef: ref, tier, confidenceBps, evidence, ...link });
  }

  private unlinkedReason(steps: readonly ResolvedStep[]): UnlinkedReason {
    if (this.isTooWide) return 'names_too_many_work_items';
    if (this.hasAmbiguousConversation) return 'ambiguous_conversation';
    const candidates = steps.flatMap((each) => (isCharged(each.step) ? each.candidates : []));
    if (candidates.some(({ isDangling }) => !isDangling)) return 'below_threshold';
    return candidates.length > 0 ? 'dangling_key' : 'names_no_work_item';
  }
}

const byRef = (a: Candidate, b: Candidate): number => (a.ref < b.ref ? -1 : 1);

const isToolCall = ({ kind, role }: Step): boolean => kind === 'tool_call' && role !== 'mirror';
/** What may carry a cost: a call of a provider, of a tool or of a search. */
const isCharged = (step: Step): boolean =>
  step.role === 'leaf' || isToolCall(step) || (step.kind === 'retrieval' && step.role !== 'mirror');

function ruleOf(place: Exclude<Place, { kind: 'none' }>, candidate: Candidate): string {
  if (place.kind === 'named') return candidate.rule;
  if (place.split !== null) return place.split.rule;
  return candidate.tier === 'E3' && !candidate.isDeclared ? candidate.rule : 'trace-names-one@1';
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
