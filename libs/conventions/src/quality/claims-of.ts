import { USD_PICO, type CostClaim, type SpanAddress, type SpanId, type Step } from '#model';
import { codeOf } from '../role-reason.ts';
import { emitterOf, type Emitter } from './emitter.ts';
import type { AssessedStep } from './finding.ts';

/** Why a claim is not held against a charge: another claim or none is. */
export type ClaimExclusion =
  | 'total_of_calls' // on a container: the calls inside are compared one by one
  | 'served_again' // a cached answer claims its first cost once more
  | 'sent_again' // the same span with another start
  | 'part_of_total' // inside of a total that is billed whole
  | 'not_billable';

/** What the span of one step claims to have cost, and what our charge of that call is held against. */
export interface ClaimRow {
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly role: Step['role'];
  readonly emitter: Emitter;
  readonly provider: string | null;
  readonly model: string | null;
  /** The span's own claim; null where it makes none. */
  readonly own: CostClaim | null;
  /** Of a leaf: the claim nearest to the bill among all that saw the call. */
  readonly nearest: CostClaim | null;
  /** The span claims 0 beside tokens: nobody knew the price, so nothing is claimed. */
  readonly isZeroWithTokens: boolean;
  /** The billed leaf of the call, itself for a leaf; null for a claim that is excluded. */
  readonly call: SpanAddress | null;
  readonly exclusion: ClaimExclusion | null;
  /** Of a leaf: the sum of its charges where all of it is priced in US dollars. */
  readonly computedPico: bigint | null;
  /** Of a leaf: why there is no `computedPico`: an unpriced reason, or `other_currency`. */
  readonly uncomputed: string | null;
}

/** The steps that claim a cost, or claim 0 beside tokens, by start and span id. Pure. */
export function claimsOf(steps: readonly AssessedStep[]): ClaimRow[] {
  return steps.flatMap((assessed): ClaimRow[] => {
    const { step } = assessed;
    const isZeroWithTokens = step.flags.includes('zero_cost_with_tokens');
    if (step.costReported === null && !isZeroWithTokens) return [];
    const exclusion = exclusionOf(step);
    return [
      {
        spanId: step.spanId,
        startedAtUs: step.startedAtNs / 1000n,
        role: step.role,
        emitter: emitterOf(step),
        provider: step.provider,
        model: step.modelResponse ?? step.modelRequest,
        own: ownClaim(step),
        nearest: step.role === 'leaf' && step.costReported !== null ? plain(step.costReported) : null,
        isZeroWithTokens,
        call: exclusion === null ? callOf(step) : null,
        exclusion,
        ...computedOf(assessed),
      },
    ];
  });
}

function ownClaim({ costReported }: Step): CostClaim | null {
  if (costReported === null) return null;
  if (costReported.from === undefined) return plain(costReported);
  return costReported.own === undefined ? null : plain(costReported.own);
}

function plain({ amount, currency, source }: CostClaim): CostClaim {
  return { amount, currency, source };
}

function callOf({ role, traceId, spanId, mirrorOf }: Step): SpanAddress | null {
  return role === 'leaf' ? { traceId, spanId } : mirrorOf;
}

const BY_REASON: Readonly<Record<string, ClaimExclusion>> = {
  replay: 'served_again',
  start_changed: 'sent_again',
  counted_in_total: 'part_of_total',
  same_tool_call: 'not_billable',
};

function exclusionOf(step: Step): ClaimExclusion | null {
  if (step.role === 'leaf') return null;
  if (step.role === 'container') return 'total_of_calls';
  if (step.role === 'none') return 'not_billable';
  return BY_REASON[codeOf(step.roleReason)] ?? null;
}

function computedOf({ step, charges }: AssessedStep): Pick<ClaimRow, 'computedPico' | 'uncomputed'> {
  if (step.role !== 'leaf') return { computedPico: null, uncomputed: null };
  let computedPico = 0n;
  for (const charge of charges) {
    if (charge.state === 'unpriced') return { computedPico: null, uncomputed: charge.reason };
    if (charge.asset !== USD_PICO) return { computedPico: null, uncomputed: 'other_currency' };
    computedPico += charge.amountPico;
  }
  return { computedPico, uncomputed: null };
}
