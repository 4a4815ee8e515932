import type { Step } from '#model';
import { compare } from './compare.ts';
import { stepsOfItem, type StepOfItem } from './steps-of-item.ts';
import type {
  AttemptFact,
  CostLineFact,
  LeafStamp,
  LinkDecisionFact,
  OutcomeFact,
  ToldFact,
  TrailFacts,
} from './trail-facts.ts';

/** What one entry of a trail is about. */
export type EntryFactOf =
  | { readonly type: 'step'; readonly fact: StepOfItem }
  | { readonly type: 'outcome'; readonly fact: OutcomeFact }
  | { readonly type: 'cost_line'; readonly fact: CostLineFact }
  | { readonly type: 'link'; readonly fact: LinkDecisionFact }
  | { readonly type: 'told'; readonly fact: ToldFact };

export type TrailEntry = EntryFactOf & {
  /** Place in the order of recording, from 1: the name of the entry at this size. */
  readonly n: number;
  /** Since when it is known. */
  readonly leaf: LeafStamp;
  readonly happenedAtNs: bigint;
  readonly endedAtNs: bigint | null;
  /** Of the attempts in their order, from 1; null = of none. */
  readonly attempt: number | null;
  /** Something that happened later was known before it. */
  readonly isLate: boolean;
};

/** A step entry. */
export type StepEntry = Extract<TrailEntry, { type: 'step' }>;

/** One attempt, over its traces. */
export interface TrailAttempt {
  readonly n: number;
  readonly attemptId: string;
  readonly parts: readonly AttemptFact[];
}

export interface Trail {
  readonly facts: TrailFacts;
  readonly attempts: readonly TrailAttempt[];
  /** In the order of recording. */
  readonly entries: readonly TrailEntry[];
  /** The entry that settled the work item as it stands settled; null = none did. */
  readonly verdict: TrailEntry | null;
}

/**
 * The decision trail of a work item: everything it knows, as one list in the order of recording (the log's, then
 * time, then id). Pure; the same facts in any order give the same trail.
 */
export function foldTrail(facts: TrailFacts): Trail {
  const { ref } = facts.item;
  const parts = facts.attempts.filter(({ workItemRef }) => workItemRef === ref);
  const attempts = attemptsOf(parts);
  const drafts = draftsOf(facts);
  drafts.sort(byRecording);
  const firstKnown = latestKnownBefore(drafts);
  const entries = drafts.map(({ id: _id, ...draft }, index): TrailEntry => ({
    ...draft,
    n: index + 1,
    attempt: attemptAt(draft, attempts),
    isLate: firstKnown[index]! > draft.happenedAtNs,
  }));
  return { facts, attempts, entries, verdict: verdictOf(facts, entries) };
}

/** What starts together: frames before what is in them, then what ended first, then by id. */
const byRecording = (a: Draft, b: Draft): number =>
  compare(a.leaf.index, b.leaf.index) ||
  compare(a.happenedAtNs, b.happenedAtNs) ||
  Number(isFrame(b)) - Number(isFrame(a)) ||
  compare(a.endedAtNs ?? a.happenedAtNs, b.endedAtNs ?? b.happenedAtNs) ||
  compare(a.id, b.id);

const isFrame = (draft: Draft): boolean =>
  draft.type === 'step' && (draft.fact.step.kind === 'agent' || draft.fact.step.kind === 'workflow');

type Draft = EntryFactOf & Pick<TrailEntry, 'leaf' | 'happenedAtNs' | 'endedAtNs'> & { readonly id: string };

function draftsOf(facts: TrailFacts): Draft[] {
  const { ref } = facts.item;
  return [
    ...stepsOfItem(ref, facts.merged, facts.steps, facts.attempts, facts.entries).map((fact): Draft => ({
      type: 'step',
      fact,
      leaf: fact.received,
      happenedAtNs: fact.step.startedAtNs,
      endedAtNs: fact.step.endedAtNs,
      id: `${fact.step.traceId} ${fact.step.spanId}`,
    })),
    ...facts.outcomes.map((fact): Draft => ({ type: 'outcome', fact, ...told(fact, fact.surrogateId) })),
    ...facts.costLines.map((fact): Draft => ({ type: 'cost_line', fact, ...told(fact, fact.surrogateId) })),
    ...facts.linkDecisions.map((fact): Draft => ({
      type: 'link',
      fact,
      ...told(
        { leaf: fact.leaf, occurredAtUs: fact.leaf.recordedAtUs },
        `${fact.decisionId} ${fact.traceId}`,
      ),
    })),
    ...facts.told.map((fact): Draft => ({ type: 'told', fact, ...told(fact, fact.factId) })),
  ];
}

const told = ({ leaf, occurredAtUs }: { leaf: LeafStamp; occurredAtUs: bigint }, id: string) => ({
  leaf,
  happenedAtNs: occurredAtUs * 1000n,
  endedAtNs: null,
  id,
});

/** Per draft, the latest time of anything whose leaf stands before its own. */
function latestKnownBefore(drafts: readonly Draft[]): bigint[] {
  let before = -1n;
  let sameLeaf = -1n;
  return drafts.map((draft, index) => {
    if (index > 0 && drafts[index - 1]!.leaf.index !== draft.leaf.index && sameLeaf > before)
      before = sameLeaf;
    if (draft.happenedAtNs > sameLeaf) sameLeaf = draft.happenedAtNs;
    return before;
  });
}

function attemptsOf(parts: readonly AttemptFact[]): TrailAttempt[] {
  const byId = new Map<string, AttemptFact[]>();
  const sorted = [...parts].sort(
    (a, b) =>
      compare(a.startedAtUs, b.startedAtUs) ||
      compare(a.traceId, b.traceId) ||
      compare(a.attemptId, b.attemptId),
  );
  for (const part of sorted) {
    const list = byId.get(part.attemptId);
    if (list === undefined) byId.set(part.attemptId, [part]);
    else list.push(part);
  }
  return [...byId].map(([attemptId, ofAttempt], index) => ({ n: index + 1, attemptId, parts: ofAttempt }));
}

/** Attempts of one trace follow each other, so the last one begun is the one a step is in. */
function attemptAt(draft: EntryFactOf, attempts: readonly TrailAttempt[]): number | null {
  if (draft.type !== 'step' || draft.fact.step.overheadPool !== null) return null;
  const { traceId, startedAtNs }: Step = draft.fact.step;
  const inTrace = attempts
    .flatMap(({ n, parts }) => parts.filter((part) => part.traceId === traceId).map((part) => ({ n, part })))
    .sort((a, b) => compare(a.part.startedAtUs, b.part.startedAtUs) || a.n - b.n);
  const begun = inTrace.findLast(({ part }) => part.startedAtUs <= startedAtNs / 1000n) ?? inTrace[0];
  return begun?.n ?? null;
}

const SETTLED = new Set(['achieved', 'failed', 'cancelled', 'expired']);

/** The newest event, in business time, that did what the item stands at. */
function verdictOf({ item }: TrailFacts, entries: readonly TrailEntry[]): TrailEntry | null {
  if (!SETTLED.has(item.phase)) return null;
  const settling = entries.filter((entry) => entry.type === 'outcome' && entry.fact.effect === item.phase);
  const standing = settling.filter(
    ({ happenedAtNs }) => item.phaseAtUs === null || happenedAtNs <= item.phaseAtUs * 1000n,
  );
  return standing.sort((a, b) => compare(a.happenedAtNs, b.happenedAtNs) || a.n - b.n).at(-1) ?? null;
}
