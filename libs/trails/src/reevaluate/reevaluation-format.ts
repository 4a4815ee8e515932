import type { Amounts } from '../fold/costs.ts';

/** The version of the code that compares: a change of any answer needs another. */
export const REEVALUATION_FORMAT = 'reevaluation@1';

/**
 * What came of running a recorded rule on recorded inputs (ledger.md 5, L1). `not_deterministic`: the results differ, and
 * not every input of the rule can be told at this size.
 */
export type ReevaluationResult = 'confirms' | 'diverges' | 'not_deterministic';

/** What one rule says, in plain values; null = says nothing. */
export type Said = { readonly [name: string]: string | null };

/** One thing that a rule decided. */
export type ReevaluatedItem = {
  /** `outcome` what an event did; `verdict` what the work item stands at; `attempt` where an attempt's cost is placed;
   * `cost` what one usage costs and where it sits. */
  readonly about: 'outcome' | 'verdict' | 'attempt' | 'cost';
  /** The entry of the replay in recorded order; null = it is of no single one. */
  readonly n: number | null;
  /** Of an attempt the place and the trace; null for the others. */
  readonly trace: string | null;
  /** Versions of the rules that were run. Sorted. */
  readonly rules: readonly string[];
  readonly recorded: Said | null;
  readonly derived: Said | null;
  readonly result: ReevaluationResult;
  /** Why a difference proves nothing: inputs that no leaf below the size holds. */
  readonly because: string | null;
};

export type Reevaluation = {
  readonly format: typeof REEVALUATION_FORMAT;
  /** The id that names the work item in leaves. */
  readonly trail: string;
  readonly size: number;
  /** Of everything below: diverges over not_deterministic over confirms. */
  readonly result: ReevaluationResult;
  readonly counts: { readonly [result in ReevaluationResult]: number };
  readonly items: readonly ReevaluatedItem[];
  /** Cost that is on the item and was not derived again: told lines, hand-overs, counts and values. By account. */
  readonly beyond: { readonly entries: number; readonly amounts: Amounts };
};
