import {
  attemptDimensions,
  confidenceText,
  costBand,
  type Candidate,
  type LinkedCost,
  type StepShare,
} from '#attribution';
import { splitExactly, USD_PICO, type Charge, type Ref, type Step, type TraceId } from '#model';
import type { AttemptRow, LinkCandidateRow } from '#store';

/** A step with what it cost and whose it is, or may be. */
export interface LinkedStep {
  readonly step: Step;
  readonly charges: readonly Charge[];
  readonly attempts: readonly { readonly share: StepShare; readonly attemptId: string }[];
  readonly candidates: readonly Candidate[];
}

/** How far the cost of an attempt can be trusted to be its own. */
export type AttemptDoubt = Pick<AttemptRow, 'isAllocated' | 'belowLowPico' | 'doubtBpsPico'>;

/** @param steps those of a trace that belong to the attempt */
export function doubtOf(attemptId: string, steps: readonly LinkedStep[]): AttemptDoubt {
  const costs = steps.flatMap((step) => bookedCosts(attemptId, step));
  const { lowPico, bookPico, expectedBpsPico } = costBand(costs);
  return {
    isAllocated: steps.some(({ charges, attempts }) => charges.length > 0 && attempts.length > 1),
    belowLowPico: bookPico - lowPico,
    doubtBpsPico: bookPico * 10_000n - expectedBpsPico,
  };
}

/** The parts of a step's charges that the ledger books on one attempt, in pico-dollars. */
function bookedCosts(attemptId: string, { charges, attempts }: LinkedStep): LinkedCost[] {
  const index = attempts.findIndex((each) => each.attemptId === attemptId);
  const { confidenceBps } = attempts[index]!.share;
  const shares = attempts.map(({ share, attemptId: id }) => ({
    id: `${share.workItemRef} ${id}`,
    weight: share.weight,
  }));
  return charges.flatMap((charge) =>
    charge.state === 'priced' && charge.asset === USD_PICO
      ? [{ amountPico: splitExactly(charge.amountPico, shares)[index]!, confidenceBps, isBooked: true }]
      : [],
  );
}

/** What of a trace is on no work item, in all and by the items it may belong to; empty when nothing is. */
export function candidateRows(traceId: TraceId, all: readonly LinkedStep[]): LinkCandidateRow[] {
  const steps = all.filter(({ step, attempts }) => attempts.length === 0 && step.overheadPool === null);
  const costs = new Map(steps.map(({ step, charges }) => [step, costOf(charges)]));
  const totalPico = [...costs.values()].reduce((sum, cost) => sum + cost, 0n);
  if (totalPico === 0n) return [];
  const base = {
    traceId,
    startedAtUs: steps[0]!.step.startedAtNs / 1000n,
    ...attemptDimensions(
      steps.map(({ step }) => step),
      (step) => costs.get(step) ?? 0n,
    ),
  };
  const strongest = new Map<Ref, Candidate>();
  const amounts = new Map<Ref, LinkedCost[]>();
  for (const { step, candidates } of steps) {
    for (const candidate of candidates) {
      const { ref, confidenceBps } = candidate;
      const known = strongest.get(ref);
      if (known === undefined || confidenceBps > known.confidenceBps) strongest.set(ref, candidate);
      const cost = { amountPico: costs.get(step)!, confidenceBps, isBooked: false };
      amounts.set(ref, [...(amounts.get(ref) ?? []), cost]);
    }
  }
  const whole: LinkCandidateRow = {
    ...base,
    workItemRef: null,
    tier: '',
    confidence: '0',
    state: 'unlinked',
    amountPico: totalPico,
    expectedBpsPico: 0n,
  };
  const rows = [...strongest].map(([ref, { tier, confidenceBps, isDangling }]): LinkCandidateRow => {
    const { highPico, expectedBpsPico } = costBand(amounts.get(ref)!);
    return {
      ...base,
      workItemRef: ref,
      tier,
      confidence: confidenceText(confidenceBps),
      state: isDangling ? 'dangling' : 'candidate',
      amountPico: highPico,
      expectedBpsPico,
    };
  });
  return [whole, ...rows];
}

const costOf = (charges: readonly Charge[]): bigint =>
  charges.reduce(
    (sum, charge) => (charge.state === 'priced' && charge.asset === USD_PICO ? sum + charge.amountPico : sum),
    0n,
  );
