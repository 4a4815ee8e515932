import type { Ref, SpanId } from '#model';
import { CERTAIN } from './confidence.ts';
import type { Candidate } from './link-evidence.ts';

/** A person's word that steps of a trace belong to a work item, or do not. Recorded once, never changed. */
export interface LinkDecision {
  readonly decisionId: string;
  readonly recordedAtUs: bigint;
  readonly action: 'link' | 'unlink';
  readonly workItemRef: Ref;
  /** The steps meant, each with everything under it; null = the whole trace. */
  readonly spanIds: readonly SpanId[] | null;
}

/** What decisions say at one step: of each work item the newest word, and from how near it was said. */
export type Decided = ReadonlyMap<Ref, { readonly decision: LinkDecision; readonly nearness: number }>;

const NONE: Decided = new Map();

/** Decisions of a trace, ready to be asked step by step from the roots down. */
export class Decisions {
  private readonly bySpan = new Map<SpanId, LinkDecision[]>();
  readonly atTrace: Decided;

  constructor(decisions: readonly LinkDecision[]) {
    for (const decision of decisions) {
      for (const spanId of decision.spanIds ?? []) {
        const list = this.bySpan.get(spanId);
        if (list === undefined) this.bySpan.set(spanId, [decision]);
        else list.push(decision);
      }
    }
    const whole = decisions.filter(({ spanIds }) => spanIds === null);
    this.atTrace = whole.length === 0 ? NONE : add(NONE, whole, 0);
  }

  /** @param above what holds at the parent, or `atTrace` for a root @param nearness greater than the parent's */
  at(spanId: SpanId, above: Decided, nearness: number): Decided {
    const own = this.bySpan.get(spanId);
    return own === undefined ? above : add(above, own, nearness);
  }
}

function add(above: Decided, own: readonly LinkDecision[], nearness: number): Decided {
  const all = new Map(above);
  for (const decision of own) {
    const known = all.get(decision.workItemRef);
    if (known === undefined || isLater(decision, known.decision))
      all.set(decision.workItemRef, { decision, nearness });
  }
  return all;
}

/** They are our own facts: their order is that of their recording, and of their ids within one microsecond. */
const isLater = (a: LinkDecision, b: LinkDecision): boolean =>
  a.recordedAtUs === b.recordedAtUs ? a.decisionId > b.decisionId : a.recordedAtUs > b.recordedAtUs;

/** The work items a person linked the step to: of several those said nearest to it. Empty when nobody did. */
export function linkedByHand(decided: Decided): Candidate[] {
  const links = [...decided].filter(([, { decision }]) => decision.action === 'link');
  const nearest = links.reduce((most, [, { nearness }]) => Math.max(most, nearness), 0);
  return links
    .filter(([, { nearness }]) => nearness === nearest)
    .map(([ref, { decision }]) => byHand(ref, decision))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

export const isUnlinked = (decided: Decided, ref: Ref): boolean =>
  decided.get(ref)?.decision.action === 'unlink';

function byHand(ref: Ref, { decisionId }: LinkDecision): Candidate {
  const rule = `manual:${decisionId}`;
  return {
    ref,
    tier: 'manual',
    rule,
    confidenceBps: CERTAIN,
    isDeclared: true,
    isDangling: false,
    evidence: [{ tier: 'manual', source: 'manual', rule, confidenceBps: CERTAIN }],
  };
}
