import type { Step } from '#model';
import { isUnlinked, type Decided } from './link-decisions.ts';
import type { Candidate } from './link-evidence.ts';

/** What a step names, and what the nearest step above that names anything does. */
export interface Named {
  readonly winners: readonly Candidate[];
  readonly by: Step;
  readonly above: Named | null;
}

/** What a step has from itself or from the nearest step above it that says so. */
export interface Standing {
  readonly declared: Named | null;
  readonly found: Named | null;
  readonly attemptNumber: string | null;
  readonly conversation: string | null;
  readonly decided: Decided;
  readonly depth: number;
}

export const nameAt = (by: Step, winners: readonly Candidate[], above: Named | null): Named | null =>
  winners.length === 0 ? above : { winners, by, above };

/** The nearest name that a person has not taken away: declared ones first. */
export function namedAt({
  declared,
  found,
  decided,
}: Standing): { readonly winners: readonly Candidate[]; readonly by: Step } | null {
  for (const nearest of [declared, found]) {
    for (let named = nearest; named !== null; named = named.above) {
      const winners = named.winners.filter(({ ref }) => !isUnlinked(decided, ref));
      if (winners.length > 0) return { winners, by: named.by };
    }
  }
  return null;
}
