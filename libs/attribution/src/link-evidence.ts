import type { EvidenceTier, Ref } from '#model';
import { combineConfidence, type ConfidenceBps } from './confidence.ts';

/** How a link is known: a tier of evidence, or the word of a person. */
export type LinkTier = EvidenceTier | 'manual';

/**
 * Where evidence comes from. What stands in attributes was written by the agent, what stands in content by whoever
 * spoke; an attribute copied from baggage, or a key quoted from an argument, is the same source again.
 */
export type EvidenceSource = 'outcome_event' | 'attributes' | 'conversation' | 'content' | 'manual';

/** One reason to believe that a step belongs to a work item. */
export interface LinkEvidence {
  readonly tier: LinkTier;
  readonly source: EvidenceSource;
  /** What found it: a key mapping, or a rule of this project. */
  readonly rule: string;
  readonly confidenceBps: ConfidenceBps;
}

/** A work item that evidence at one place speaks for. */
export interface Candidate {
  readonly ref: Ref;
  /** Tier and rule of the strongest piece. */
  readonly tier: LinkTier;
  readonly rule: string;
  readonly confidenceBps: ConfidenceBps;
  /** The agent or the business named it; otherwise it was found in what was said. */
  readonly isDeclared: boolean;
  /** Found in what was said, and nobody has declared such a work item so far. */
  readonly isDangling: boolean;
  /** Strongest first. */
  readonly evidence: readonly LinkEvidence[];
}

export function sourceOfTier(tier: EvidenceTier): EvidenceSource {
  if (tier === 'E3') return 'conversation';
  return tier === 'E1' || tier === 'E2' ? 'attributes' : 'content';
}

/** @param evidence at least one piece, all for the one work item */
export function toCandidate(
  ref: Ref,
  evidence: readonly LinkEvidence[],
  isRegistered: (ref: Ref) => boolean,
): Candidate {
  const distinct = [...new Map(evidence.map((each) => [`${each.tier} ${each.rule}`, each])).values()];
  const strongest = distinct.sort(
    (a, b) => b.confidenceBps - a.confidenceBps || compare(`${a.tier} ${a.rule}`, `${b.tier} ${b.rule}`),
  );
  const { tier, rule } = strongest[0]!;
  const isDeclared = strongest.some(
    (each) => each.source === 'outcome_event' || each.source === 'attributes',
  );
  const isKnown = isDeclared || strongest.some((each) => each.source === 'conversation') || isRegistered(ref);
  return {
    ref,
    tier,
    rule,
    confidenceBps: combineConfidence(strongest),
    isDeclared,
    isDangling: !isKnown,
    evidence: strongest,
  };
}

/** Of candidates for the same work item in several places the strongest: what is said twice is said once. */
export function keepStrongest(known: Map<Ref, Candidate>, candidate: Candidate): void {
  const before = known.get(candidate.ref);
  if (before === undefined || isStronger(candidate, before)) known.set(candidate.ref, candidate);
}

function isStronger(a: Candidate, b: Candidate): boolean {
  if (a.confidenceBps !== b.confidenceBps) return a.confidenceBps > b.confidenceBps;
  return compare(`${a.tier} ${a.rule}`, `${b.tier} ${b.rule}`) < 0;
}

/** The strongest of some candidates: several only where they are equally strong. */
export function strongestOf(candidates: readonly Candidate[]): Candidate[] {
  const best = candidates.reduce((most, { confidenceBps }) => Math.max(most, confidenceBps), 0);
  return candidates.filter(({ confidenceBps }) => confidenceBps === best);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
