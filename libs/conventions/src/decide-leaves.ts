import type { SpanAddress } from '#model';
import type { Verdict } from './nested-calls.ts';
import type { RoleReason } from './role-reason.ts';
import type { Sighting } from './same-call.ts';
import { CallGroups } from './same-call.ts';
import type { LeafCandidate, StepDraft } from './step-draft.ts';
import type { TraceTree } from './trace-tree.ts';
import { completeTestimony } from './complete-testimony.ts';
import type { Testimony } from './witness.ts';
import { countsOf, fromCandidate, testimonyOf, toCandidate, toSighting } from './witness.ts';

/** The final word on one span. */
export interface Decision {
  readonly role: Verdict['role'];
  readonly reason: RoleReason;
  readonly mirrorOf: SpanAddress | null;
  /** For a leaf: what it is billed by. */
  readonly testimony: Testimony | null;
  /** Witnesses of this call report different usage. */
  readonly isDisputed: boolean;
  /** Of a running total: the total that the testimony is the increase since. */
  readonly increaseSince?: SpanAddress;
  /** A running total that may contain what others counted. */
  readonly isUnplaced?: boolean;
}

/** One provider call as this trace saw it: its best witness, and the other spans that saw it. */
interface LocalCall {
  readonly witness: number;
  readonly mirrors: readonly number[];
  readonly sighting: Sighting;
  readonly testimony: Testimony;
  readonly isDisputed: boolean;
}

/**
 * Finds which leaves are one and the same call, in this trace and in others, and lets the best witness of each stand.
 *
 * @param verdicts what the nesting says of each span of the tree
 * @param others candidates of other traces
 * @returns a decision per span, and this trace's candidates, which do not depend on `others`
 */
export function decideLeaves(
  tree: TraceTree,
  verdicts: readonly Verdict[],
  others: readonly LeafCandidate[],
): { decisions: Decision[]; candidates: LeafCandidate[] } {
  const decisions = verdicts.map((verdict) => fromVerdict(tree, verdict));
  const calls = groupLocally(tree, verdicts, decisions);
  decideAcross(calls, verdicts, others, decisions);
  const candidates = calls
    .filter((call) => call.sighting.keys.length > 0)
    .map((call) => toCandidate(call.sighting, call.testimony))
    .sort((left, right) => (left.spanId < right.spanId ? -1 : 1));
  return { decisions, candidates };
}

function fromVerdict({ drafts }: TraceTree, verdict: Verdict): Decision {
  if (verdict.role === 'none' && verdict.reason === 'not_generative_ai') return PLAIN;
  const mirrorOf = verdict.role === 'mirror' ? addressOf(drafts[verdict.of]!) : null;
  return { role: verdict.role, reason: verdict.reason, mirrorOf, testimony: null, isDisputed: false };
}

const PLAIN: Decision = {
  role: 'none',
  reason: 'not_generative_ai',
  mirrorOf: null,
  testimony: null,
  isDisputed: false,
};

function groupLocally(
  { drafts }: TraceTree,
  verdicts: readonly Verdict[],
  decisions: Decision[],
): LocalCall[] {
  const nested = nestedMirrors(verdicts);
  const leaves = verdicts.flatMap((verdict, index) => (verdict.role === 'leaf' ? [index] : []));
  const spansOf = (leaf: number): number[] => [leaf, ...(nested.get(leaf) ?? [])];
  const sight = (witness: number, seenBy: readonly number[]): Sighting =>
    toSighting(drafts[witness]!, draftsAt(drafts, seenBy), drafts[witness]!.stance === 'total');
  const groups = new CallGroups(leaves.map((leaf) => sight(leaf, spansOf(leaf))));
  groups.joinByKeys();
  groups.joinByShortKeys();
  groups.joinByPrompt();
  groups.joinByUsage();
  return groups.groups().map(({ members, reasons }) => {
    const indices = members.map((member) => leaves[member]!);
    const witness = indices[0]!;
    indices.forEach((index, place) => {
      if (place > 0) decisions[index] = { ...decisions[index]!, role: 'mirror', reason: reasons[place]! };
    });
    const seenBy = indices.flatMap(spansOf);
    const mirrors = seenBy.filter((index) => index !== witness);
    const own = testimonyOf(drafts[witness]!);
    const others = draftsAt(drafts, mirrors).map((draft) => testimonyOf(draft));
    const completed = completeTestimony(own, others);
    const { usage } = completed.testimony;
    // Other traces see the completed usage and no short ids, so this one has to decide by the same.
    const sighting = { ...sight(witness, seenBy), ...countsOf(usage), shortKeys: [] };
    return { witness, mirrors, sighting, ...completed };
  });
}

function draftsAt(drafts: readonly StepDraft[], indices: readonly number[]): StepDraft[] {
  return indices.map((index) => drafts[index]!);
}

/** Leaf -> the spans around or inside it that the nesting found to be the same call. */
function nestedMirrors(verdicts: readonly Verdict[]): Map<number, number[]> {
  const mirrors = new Map<number, number[]>();
  verdicts.forEach((verdict, index) => {
    if (verdict.role !== 'mirror' || verdicts[verdict.of]?.role !== 'leaf') return;
    const known = mirrors.get(verdict.of);
    if (known) known.push(index);
    else mirrors.set(verdict.of, [index]);
  });
  return mirrors;
}

/** A candidate is found once under each of its keys. */
function distinct(candidates: readonly LeafCandidate[]): LeafCandidate[] {
  if (candidates.length < 2) return [...candidates];
  const bySpan = new Map<string, LeafCandidate>();
  for (const candidate of candidates) bySpan.set(`${candidate.traceId}/${candidate.spanId}`, candidate);
  return [...bySpan.values()];
}

/** Lets this trace's calls stand beside what other traces saw of them. */
function decideAcross(
  calls: readonly LocalCall[],
  verdicts: readonly Verdict[],
  others: readonly LeafCandidate[],
  decisions: Decision[],
): void {
  const own = new Set(calls.map((call) => call.sighting.traceId));
  const foreign = distinct(others.filter((other) => !own.has(other.traceId))).map(fromCandidate);
  const groups = new CallGroups([...calls, ...foreign].map((one) => one.sighting));
  if (foreign.length > 0) {
    groups.joinByKeys();
    groups.joinByPrompt();
  }
  for (const { members, reasons } of groups.groups()) {
    const testimonies = members.map((member) => (calls[member] ?? foreign[member - calls.length]!).testimony);
    const winner = addressOf(testimonies[0]!);
    members.forEach((member, place) => {
      const call = calls[member];
      if (!call) return;
      for (const mirror of call.mirrors) decisions[mirror] = { ...decisions[mirror]!, mirrorOf: winner };
      const isShared = call.mirrors.length > 0 || members.length > 1;
      decisions[call.witness] =
        place === 0
          ? billed(call, testimonies.slice(1), verdicts[call.witness]!.reason, isShared)
          : {
              role: 'mirror',
              reason: reasons[place]!,
              mirrorOf: winner,
              testimony: null,
              isDisputed: call.isDisputed,
            };
    });
  }
}

function billed(
  call: LocalCall,
  others: readonly Testimony[],
  reason: RoleReason,
  isShared: boolean,
): Decision {
  const { testimony, isDisputed } = completeTestimony(call.testimony, others);
  return {
    role: 'leaf',
    reason: isShared && testimony.usage !== null && reason !== 'sole_carrier' ? 'billed_witness' : reason,
    mirrorOf: null,
    testimony,
    isDisputed: isDisputed || call.isDisputed,
  };
}

function addressOf({ traceId, spanId }: SpanAddress): SpanAddress {
  return { traceId, spanId };
}
