import type { ResolvedStep } from '#attribution';
import { USD_PICO, type Charge, type SpanId } from '#model';
import { chargeStep, inputBill, type PriceIndex } from '#pricing';
import { NO_ATTEMPT, type PostedBalance, type RunToJudge } from '#store';
import type { RunFacts, RunStep, TraceReading, WastePolicy } from '#trails';
import { groupBy } from './group-by.ts';

/** What is known of a trace whose runs are judged. */
export interface TraceToJudge {
  readonly steps: readonly ResolvedStep[];
  readonly runs: readonly RunToJudge[];
  readonly posted: readonly PostedBalance[];
  readonly reading: TraceReading;
}

/**
 * The runs of a trace with their steps and what stands posted of each: one for every attempt, and one of the steps that
 * are linked to no work item. Pure.
 */
export function runsOfTrace(
  { steps, runs, posted, reading }: TraceToJudge,
  prices: PriceIndex,
  policy: WastePolicy,
): Map<string, RunFacts> {
  const amounts = amountsOf(posted);
  const members = steps
    .filter(({ step }) => step.role !== 'mirror' && step.overheadPool === null)
    .flatMap((resolved) => {
      const charges = chargeStep(resolved.step, prices);
      return attemptsOf(resolved, runs).map((attemptId) => ({
        attemptId,
        run: toRunStep(
          resolved,
          charges,
          amounts.get(`${resolved.step.spanId} ${attemptId}`),
          reading,
          prices,
        ),
      }));
    });
  const byAttempt = groupBy(members, ({ attemptId }) => attemptId);
  return new Map(
    [...byAttempt].map(([attemptId, list]) => {
      const run = runs.find((each) => each.attemptId === attemptId);
      const isAchieved = run?.phase === 'achieved' && run.placement === 'outcome';
      return [
        attemptId,
        {
          steps: list.map((member) => member.run),
          isAchieved,
          isLinked: run !== undefined,
          outcomeAtUs: isAchieved ? run.phaseAtUs : null,
          reading,
          policy,
        },
      ];
    }),
  );
}

/** What reports count as the cost of attempts, and what is linked to none, in USD by span and attempt. */
function amountsOf(posted: readonly PostedBalance[]): Map<string, bigint> {
  const amounts = new Map<string, bigint>();
  for (const { account, asset, attemptId, usageSpanId, amount } of posted) {
    const isOfAttempt = attemptId !== null && account >= '5100' && account < '5400';
    const isUnlinked = attemptId === null && account.startsWith('5000:');
    if (asset !== USD_PICO || (!isOfAttempt && !isUnlinked)) continue;
    const key = `${usageSpanId} ${attemptId ?? NO_ATTEMPT}`;
    amounts.set(key, (amounts.get(key) ?? 0n) + amount);
  }
  return amounts;
}

/** Attempts of one item in one trace follow each other, so the last one begun is the one a step is in. */
function attemptsOf({ step, shares }: ResolvedStep, runs: readonly RunToJudge[]): string[] {
  if (shares.length === 0) return [NO_ATTEMPT];
  const attempts = shares.flatMap(({ workItemRef }) => {
    const ofItem = runs.filter((run) => run.workItemRef === workItemRef);
    const begun = ofItem.findLast(({ startedAtUs }) => startedAtUs <= step.startedAtNs / 1000n);
    return (begun ?? ofItem[0])?.attemptId ?? [];
  });
  return [...new Set(attempts)];
}

function toRunStep(
  { step }: ResolvedStep,
  charges: readonly Charge[],
  amountPico: bigint | undefined,
  reading: TraceReading,
  prices: PriceIndex,
): RunStep {
  const isUnknown = charges.some((charge) => charge.state === 'unpriced' || charge.asset !== USD_PICO);
  const lines = charges.flatMap((charge) => (charge.state === 'priced' ? charge.lines : []));
  const output = lines.filter((line) => line.class === 'out_text' || line.class === 'reasoning');
  return {
    step,
    amountPico: amountPico ?? (isUnknown ? null : 0n),
    chargePico: lines.reduce((sum, line) => sum + line.amountPico, 0n),
    // Prices by class are only asked for where there are parts to give a share to.
    bill: reading.steps[step.spanId]?.prompt === undefined ? null : inputBill(step, charges, prices),
    outputTokens: output.reduce((sum, line) => sum + line.quantity, 0n),
    outputPico: output.reduce((sum, line) => sum + line.amountPico, 0n),
  };
}

/** By span: when it began, for what is written down of it. */
export const startsOf = (steps: readonly ResolvedStep[]): Map<SpanId, bigint> =>
  new Map(steps.map(({ step }) => [step.spanId, step.startedAtNs / 1000n]));
