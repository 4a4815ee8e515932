import type { Decision } from '#model';
import type { Trail } from '../fold/fold-trail.ts';
import { actsOf } from '../diff/acts-of.ts';

/** What of a trail tells whether another one is like it. */
export interface TrailFeatures {
  readonly trail: string;
  readonly phase: string;
  readonly outcomeType: string;
  /** `exception EXC-17`, `rule REFUND-30D`. */
  readonly rules: ReadonlySet<string>;
  /** Kinds of decisions that were said. */
  readonly decisionKinds: ReadonlySet<string>;
  /** Runs of three acts. */
  readonly runs: ReadonlySet<string>;
  readonly acts: ReadonlySet<string>;
  /** Workflow, agent and model of the first attempt. */
  readonly traits: ReadonlyMap<string, string>;
  /** Trails it names as precedents, as they were named. */
  readonly names: ReadonlySet<string>;
}

/** A closed trail like the one asked about. */
export type Precedent = {
  readonly trail: string;
  readonly phase: string;
  /** The trail asked about, or a decision told of it, names it. */
  readonly isNamed: boolean;
  /** Ten-thousandths: 4,000 for the rules, 1,000 for the kinds of decisions, 3,000 for runs of acts, 2,000 for traits. */
  readonly score: number;
  readonly parts: {
    readonly rules: number;
    readonly decisionKinds: number;
    readonly runs: number;
    readonly traits: number;
  };
  readonly sharedRules: readonly string[];
};

const WEIGHTS = { rules: 4000, decisionKinds: 1000, runs: 3000, traits: 2000 } as const;
const RUN = 3;

export function featuresOf(trail: Trail): TrailFeatures {
  const { item } = trail.facts;
  const decisions = trail.entries.flatMap((entry): readonly Decision[] =>
    entry.type === 'step'
      ? (entry.fact.step.decisions ?? [])
      : entry.type === 'told'
        ? [entry.fact.decision]
        : [],
  );
  const signatures = actsOf(trail).map(({ signature }) => signature);
  const first = trail.attempts[0]?.parts[0];
  return {
    trail: item.surrogateId,
    phase: item.phase,
    outcomeType: item.outcomeType,
    rules: new Set(
      decisions
        .filter(({ kind }) => kind === 'rule' || kind === 'exception')
        .map(({ kind, id }) => `${kind} ${id}`),
    ),
    decisionKinds: new Set(decisions.map(({ kind }) => kind)),
    runs: new Set(
      signatures.length < RUN
        ? [signatures.join(' > ')]
        : signatures.slice(RUN - 1).map((_, at) => signatures.slice(at, at + RUN).join(' > ')),
    ),
    acts: new Set(signatures),
    traits: new Map(
      Object.entries({
        outcomeType: item.outcomeType,
        workflow: first?.workflow,
        agent: first?.agent,
        model: first?.model,
      }).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, value] as const])),
    ),
    names: new Set(decisions.filter(({ kind }) => kind === 'precedent').map(({ id }) => id)),
  };
}

/**
 * Orders closed trails by how like they are to one: those it names first, then by score, ties by id. Deterministic;
 * integers throughout.
 *
 * @param namesOf how a candidate may be named besides its id: `kind:key`
 */
export function rankPrecedents(
  asked: TrailFeatures,
  candidates: readonly TrailFeatures[],
  namesOf: (trail: string) => readonly string[],
): Precedent[] {
  return candidates
    .filter(({ trail }) => trail !== asked.trail)
    .map((candidate) => toPrecedent(asked, candidate, namesOf(candidate.trail)))
    .sort(
      (a, b) => Number(b.isNamed) - Number(a.isNamed) || b.score - a.score || (a.trail < b.trail ? -1 : 1),
    );
}

function toPrecedent(asked: TrailFeatures, candidate: TrailFeatures, names: readonly string[]): Precedent {
  const parts = {
    rules: jaccard(asked.rules, candidate.rules, WEIGHTS.rules),
    decisionKinds: jaccard(asked.decisionKinds, candidate.decisionKinds, WEIGHTS.decisionKinds),
    runs: jaccard(asked.runs, candidate.runs, WEIGHTS.runs),
    traits: jaccard(pairsOf(asked), pairsOf(candidate), WEIGHTS.traits),
  };
  return {
    trail: candidate.trail,
    phase: candidate.phase,
    isNamed: [candidate.trail, ...names].some((name) => asked.names.has(name)),
    score: parts.rules + parts.decisionKinds + parts.runs + parts.traits,
    parts,
    sharedRules: [...asked.rules].filter((rule) => candidate.rules.has(rule)).sort(),
  };
}

const pairsOf = ({ traits }: TrailFeatures): ReadonlySet<string> =>
  new Set([...traits].map(([name, value]) => `${name}=${value}`));

/** Shared over all, of `whole`, rounded down; nothing on either side is no likeness. */
function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>, whole: number): number {
  const shared = [...a].filter((item) => b.has(item)).length;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : Math.floor((shared * whole) / all);
}

/** Of trails like two compared ones, how many did an act that only one of the two did, and how those ended. */
export type ActCounts = {
  readonly signature: string;
  readonly with: { readonly trails: number; readonly failed: number };
  readonly without: { readonly trails: number; readonly failed: number };
};

/** Counts over closed trails; failed = settled without an outcome. States counts, no cause. */
export function countAct(signature: string, trails: readonly TrailFeatures[]): ActCounts {
  const count = (these: readonly TrailFeatures[]) => ({
    trails: these.length,
    failed: these.filter(({ phase }) => phase !== 'achieved').length,
  });
  return {
    signature,
    with: count(trails.filter(({ acts }) => acts.has(signature))),
    without: count(trails.filter(({ acts }) => !acts.has(signature))),
  };
}
