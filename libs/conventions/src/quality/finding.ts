import type { Charge, Step, UsageState } from '#model';
import { codeOf } from '../role-reason.ts';

/** `action`: figures are wrong or lower bounds until something is changed. `check`: may be right. `note`: is right. */
export type FindingSeverity = 'action' | 'check' | 'note';

/** What may be wrong with what an emitter writes. Codes are stable: programs read them. */
const FINDINGS = {
  usage_missing: ['action', 'calls without any token count: their cost is unknown, not 0'],
  usage_zero_with_output: ['action', 'calls that report 0 tokens and an answer: the count is missing'],
  usage_partial: ['check', 'calls of which only the input was counted (a stream that was cut)'],
  usage_rejected: ['action', 'token counts that contradict themselves: not priced'],
  usage_zero: ['check', 'calls for which the emitter stands by 0 tokens'],
  call_failed: ['note', 'failed calls without usage: unknown until reconciled with the bill'],
  input_ambiguous: [
    'action',
    'nothing says whether the input count contains the cached tokens: taken as containing them',
  ],
  count_malformed: ['action', 'counts that are no whole numbers of 0 or more'],
  counts_disagree: ['action', 'two spellings of one count with different values on the same span'],
  usage_key_unknown: ['action', 'token counts under names nobody has described: kept out of every class'],
  total_unexplained: ['check', 'a total that is larger than everything counted'],
  total_only: ['action', 'a total without input and output: nothing of it can be priced'],
  cache_invisible: ['action', 'an emitter known to leave cached tokens out altogether'],
  cache_write_unknown: ['check', 'cached tokens are read, and how many were written is not told'],
  reasoning_missing: [
    'check',
    'an emitter known to leave out reasoning tokens, and no total to find them by',
  ],
  exclusive_against_dialect: ['check', 'the counts prove the opposite of what this emitter is known for'],
  witnesses_disagree: ['action', 'two emitters counted the same call differently'],
  mirrored: ['note', 'calls that another emitter saw too: billed once'],
  sole_carrier: ['check', 'totals billed because the calls inside left no usage of their own'],
  running_total: ['check', 'a running total of which only the increase is billed'],
  running_total_unplaced: [
    'action',
    'running totals of agents that nothing tells apart: they may contain what other traces counted',
  ],
  sampled: ['action', 'totals of sampled traces: the calls inside may be missing, so nothing is billed'],
  untraced: ['check', 'totals that exceed the calls inside: some calls may have left no span'],
  span_overwritten: ['action', 'a gateway wrote its last call over this span: earlier calls may be lost'],
  stream_start_counted: ['check', 'an emitter that may count the first tokens of a stream twice'],
  decision_partly_refused: [
    'action',
    'what was said of decisions in a form that is not taken: a text where a code belongs, or no id',
  ],
  sent_again: ['check', 'the same span sent again with another start'],
  provider_from_model: ['note', 'the provider is told by the family of the model only'],
  cost_zero_with_tokens: ['check', 'a reported cost of 0 beside tokens: the emitter did not know the price'],
  no_model: ['action', 'calls that name no model: unpriced'],
  unknown_model: ['action', 'calls of a model without a price row: unpriced'],
  no_price_in_force: ['action', 'price rows of the model exist, none at the time of the call: unpriced'],
  no_price_for_service_tier: ['action', 'no price for the service tier of the call: unpriced'],
  no_price_for_class: ['action', 'no price for a class of tokens that was used: unpriced'],
  amount_too_large: ['action', 'a charge larger than a ledger row can hold: unpriced'],
  unlinked: ['action', 'calls that belong to no work item: their cost is unattributed'],
} as const satisfies Record<string, readonly [FindingSeverity, string]>;

export type FindingCode = keyof typeof FINDINGS;

export const FINDING_CODES: readonly string[] = Object.keys(FINDINGS);

export interface FindingText {
  readonly severity: FindingSeverity;
  readonly words: string;
  /** Which section of the user documentation tells how to fix it. */
  readonly docs: string;
}

/** @returns the words of a code; null for one that this version does not know */
export function describeFinding(code: string): FindingText | null {
  if (!isFindingCode(code)) return null;
  const [severity, words] = FINDINGS[code];
  return { severity, words, docs: `docs/instrumenting/data-quality.md#${code.replaceAll('_', '-')}` };
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(FINDINGS, code);
}

const BY_FLAG: Readonly<Record<string, FindingCode>> = {
  ambiguous_input: 'input_ambiguous',
  unknown_usage_key: 'usage_key_unknown',
  zero_with_output: 'usage_zero_with_output',
  zero_cost_with_tokens: 'cost_zero_with_tokens',
  total_unexplained: 'total_unexplained',
  total_only: 'total_only',
  cache_invisible: 'cache_invisible',
  cache_write_unknown: 'cache_write_unknown',
  reasoning_missing: 'reasoning_missing',
  exclusive_against_dialect: 'exclusive_against_dialect',
  witnesses_disagree: 'witnesses_disagree',
  overwritten_span: 'span_overwritten',
  running_total_unplaced: 'running_total_unplaced',
  stream_start_counted: 'stream_start_counted',
  provider_from_model: 'provider_from_model',
  decision_partly_refused: 'decision_partly_refused',
};
const BY_REASON: Readonly<Record<string, FindingCode>> = {
  sole_carrier: 'sole_carrier',
  sole_carrier_increase: 'running_total',
  sole_carrier_anew: 'running_total',
  sampled: 'sampled',
  start_changed: 'sent_again',
  call_failed: 'call_failed',
};

/** A step with what pricing and attribution made of it. */
export interface AssessedStep {
  readonly step: Step;
  /** Of a leaf; empty for the others. */
  readonly charges: readonly Charge[];
  /** It belongs to a work item, or a declared rule made it overhead. */
  readonly isLinked: boolean;
}

/** What is to be found about one step; empty for a step that is as it should be. */
export function findingsOf(assessed: AssessedStep): Set<FindingCode> {
  const { step } = assessed;
  const found = new Set<FindingCode>();
  for (const flag of step.flags) {
    const code = codeOfFlag(flag);
    if (code !== undefined && (step.role !== 'mirror' || code === 'witnesses_disagree')) found.add(code);
  }
  const byReason = BY_REASON[codeOf(step.roleReason)];
  if (byReason !== undefined) found.add(byReason);
  if (step.untraced !== null) found.add('untraced');
  if (step.role === 'mirror' && byReason === undefined) found.add('mirrored');
  if (step.role === 'leaf') addOfLeaf(assessed, found);
  return found;
}

const BY_USAGE_STATE: Readonly<Record<UsageState, FindingCode | null>> = {
  reported: null,
  partial: 'usage_partial',
  missing: 'usage_missing',
  rejected: 'usage_rejected',
  zero_reported: 'usage_zero',
};

function addOfLeaf({ step, charges, isLinked }: AssessedStep, found: Set<FindingCode>): void {
  const byState = BY_USAGE_STATE[step.usageState];
  // A failed call has a finding of its own.
  if (byState !== null && !(byState === 'usage_missing' && step.errorType !== null)) found.add(byState);
  for (const charge of charges) {
    const isAboutPrice = charge.state === 'unpriced' && charge.reason !== 'usage_missing';
    if (isAboutPrice && isFindingCode(charge.reason)) found.add(charge.reason);
  }
  if (!isLinked) found.add('unlinked');
}

/** Other flags say something of a span that is right as it is. */
function codeOfFlag(flag: string): FindingCode | undefined {
  if (flag.startsWith('rejected:')) return 'count_malformed';
  if (flag.startsWith('disagreement:')) return 'counts_disagree';
  if (flag.startsWith('unknown_usage_key:')) return 'usage_key_unknown';
  return BY_FLAG[flag];
}
