import { roundHalfEven } from '#model';

/** A cost per outcome with its 95 % bounds, in pico. */
export interface BoundedCost {
  readonly estimatePico: bigint;
  /** null: no interval is told, so nothing can be decided by it. */
  readonly interval: { readonly lowPico: bigint; readonly highPico: bigint | null } | null;
}

/** What a decision about one workflow or segment rests on (methods.md 12). */
export interface DecisionInputs {
  readonly successes: number;
  readonly failures: number;
  /** Cost linked to work items over all cost, 0 to 1. */
  readonly linkCoverage: number;
  /** Part of the outcomes that is final (F), 0 to 1. */
  readonly known: number;
  readonly reconciliation: 'tied' | 'not_reconciled' | 'failed';
  /** Quality-adjusted, per outcome. */
  readonly agent: BoundedCost;
  /** null: nobody said what it costs otherwise. */
  readonly baseline: (BoundedCost & { readonly isAssumed: boolean }) | null;
  /** Cases per year, and how many have to come for the fixed cost to be earned back; null where not known. */
  readonly yearlyCases: bigint | null;
  readonly breakEvenCases: bigint | null;
  /** What the agent would cost after changes whose effect is arithmetic on what was recorded; null without any. */
  readonly afterExactFixes: { readonly fixes: readonly string[]; readonly highPico: bigint } | null;
}

/** Why nothing can be decided yet. */
export type MissingEvidence =
  'items' | 'interval' | 'link_coverage' | 'maturity' | 'reconciliation' | 'baseline' | 'baseline_is_assumed';

export type Decision =
  | { readonly verdict: 'need_data'; readonly missing: readonly MissingEvidence[] }
  | { readonly verdict: 'fix_first'; readonly fixes: readonly string[] }
  | { readonly verdict: 'keep_baseline' }
  | { readonly verdict: 'replace_baseline' }
  /** `itemsToDecide`: about how many items would tell them apart if the figures stay; null where they are equal. */
  | { readonly verdict: 'hold'; readonly itemsToDecide: number | null };

const FEWEST_OF_EACH = 5;
const LEAST_COVERAGE = 0.8;
const LEAST_KNOWN = 0.9;

/**
 * The first gate that applies (methods.md 12): data are missing; the baseline is cheaper for sure, unless an exact fix
 * turns that; the agent is cheaper for sure and has the volume; else the two are not told apart. Deterministic.
 */
export function decide(inputs: DecisionInputs): Decision {
  const missing = missingEvidence(inputs);
  const { agent, baseline } = inputs;
  if (missing.length > 0 || baseline === null || agent.interval === null)
    return { verdict: 'need_data', missing };
  const other = baseline.interval ?? { lowPico: baseline.estimatePico, highPico: baseline.estimatePico };
  if (other.highPico !== null && agent.interval.lowPico > other.highPico) {
    const fixed = inputs.afterExactFixes;
    return fixed !== null && fixed.highPico < other.lowPico
      ? { verdict: 'fix_first', fixes: fixed.fixes }
      : { verdict: 'keep_baseline' };
  }
  const hasVolume =
    inputs.breakEvenCases === null ||
    (inputs.yearlyCases !== null && inputs.yearlyCases >= inputs.breakEvenCases);
  if (agent.interval.highPico !== null && agent.interval.highPico < other.lowPico && hasVolume)
    return { verdict: 'replace_baseline' };
  return { verdict: 'hold', itemsToDecide: itemsToDecide(inputs, other.lowPico) };
}

function missingEvidence(inputs: DecisionInputs): MissingEvidence[] {
  const missing: MissingEvidence[] = [];
  // An agent that never succeeds is bounded below by its failures, and must not hide behind too few successes.
  if (inputs.successes + inputs.failures < 2 * FEWEST_OF_EACH) missing.push('items');
  if (inputs.agent.interval === null) missing.push('interval');
  if (inputs.linkCoverage < LEAST_COVERAGE) missing.push('link_coverage');
  if (inputs.known < LEAST_KNOWN) missing.push('maturity');
  if (inputs.reconciliation === 'failed') missing.push('reconciliation');
  if (inputs.baseline === null) missing.push('baseline');
  else if (inputs.baseline.isAssumed) missing.push('baseline_is_assumed');
  return missing;
}

/** The width of an interval falls with the root of the items. */
function itemsToDecide({ successes, failures, agent }: DecisionInputs, baselinePico: bigint): number | null {
  const gap = Number(agent.estimatePico - baselinePico);
  const towards = gap > 0 ? agent.interval!.lowPico : agent.interval!.highPico;
  if (gap === 0 || towards === null) return null;
  const arm = Number(agent.estimatePico - towards);
  return Math.ceil((successes + failures) * Math.max(1, (arm / gap) ** 2));
}

/** Outcomes of a population and all that was spent on it. */
export interface OutcomeCost {
  readonly outcomes: number;
  readonly loadedPico: bigint;
}

/**
 * Cost per outcome as it is, and when those of a segment are bought at the baseline and the others stay. Rounded
 * half-even once each.
 * @throws RangeError where there is no outcome
 */
export function routedCost(
  rest: OutcomeCost,
  segment: OutcomeCost,
  baselinePico: bigint,
): { readonly mixedPico: bigint; readonly routedPico: bigint } {
  const outcomes = BigInt(rest.outcomes + segment.outcomes);
  if (outcomes <= 0n) throw new RangeError('a mix needs outcomes');
  return {
    mixedPico: roundHalfEven(rest.loadedPico + segment.loadedPico, outcomes),
    routedPico: roundHalfEven(rest.loadedPico + BigInt(segment.outcomes) * baselinePico, outcomes),
  };
}
