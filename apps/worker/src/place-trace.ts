import {
  attemptDimensions,
  attemptOfShare,
  type ResolvedStep,
  type StepShare,
  type UnlinkedReason,
} from '#attribution';
import { hasLostCalls } from '#conventions';
import type { CostShare, PendingEstimate, PlacedCharge } from '#ledger';
import type { Charge, Ref, Step, TraceId } from '#model';
import { chargeStep, isUsageUnknown, withUsageReport, type PriceIndex } from '#pricing';
import type { AttemptRow, LinkCandidateRow, WorklistEntry } from '#store';
import { v5 as uuidFromName } from 'uuid';
import { groupBy } from './group-by.ts';
import { candidateRows, doubtOf, type LinkedStep } from './link-costs.ts';
import { attemptIdOf, NAMESPACE, type HeldWorkItem } from './posting-facts.ts';
import type { CostFacts } from './read-cost-facts.ts';
import type { ReadResolvedTrace } from './read-resolved-traces.ts';
import { stepCountsOf } from './step-counts.ts';
import { toWantedLink, type WantedLink } from './save-links.ts';

/** Everything a trace says when its facts are known: charges with their places, and the projections of it. */
export interface PlacedTrace {
  readonly traceId: TraceId;
  readonly startedAtUs: bigint;
  /** Newest business time at which one of its work items changed its phase. */
  readonly phaseAtUs: bigint | null;
  readonly charges: readonly { readonly charge: PlacedCharge; readonly startedAtUs: bigint }[];
  /** What calls of unknown usage may have cost. */
  readonly pending: readonly PendingEstimate[];
  readonly attempts: readonly AttemptRow[];
  readonly links: readonly WantedLink[];
  readonly candidates: readonly LinkCandidateRow[];
  readonly worklist: readonly WorklistEntry[];
  /** Every step, as it was priced and linked. */
  readonly steps: readonly PricedStep[];
}

/** A step with its charges and the attempts it belongs to. */
interface PricedStep extends LinkedStep {
  readonly attempts: readonly {
    readonly share: StepShare;
    readonly attempt: HeldWorkItem['attempts'][number];
    readonly attemptId: string;
  }[];
}

/** Prices the leaves of a resolved trace and places each charge by the state of the work items. Pure. */
export function placeTrace(
  tenantId: bigint,
  { traceId, startedAtUs, trace }: ReadResolvedTrace,
  items: ReadonlyMap<Ref, HeldWorkItem>,
  prices: PriceIndex,
  facts: CostFacts,
): PlacedTrace {
  const attemptIds = new AttemptIds();
  const steps = trace.steps.map((resolved) => priceStep(traceId, resolved, items, prices, facts, attemptIds));
  const phases = [...trace.parts.keys()].flatMap((ref) => items.get(ref)?.state.phaseAtUs ?? []);
  return {
    traceId,
    startedAtUs,
    phaseAtUs: phases.length === 0 ? null : phases.reduce((newest, at) => (at > newest ? at : newest)),
    charges: steps.flatMap((step) => placeCharges(step, facts)),
    pending: steps.flatMap((step) => pendingOf(traceId, step, facts)),
    attempts: attemptRows(traceId, steps),
    links: trace.links.map((link) => toWantedLink(traceId, link)),
    candidates: candidateRows(traceId, steps),
    worklist: worklistOf(tenantId, traceId, steps, trace.unlinkedReason),
    steps,
  };
}

function priceStep(
  traceId: TraceId,
  { step, shares, candidates }: ResolvedStep,
  items: ReadonlyMap<Ref, HeldWorkItem>,
  prices: PriceIndex,
  facts: CostFacts,
  attemptIds: AttemptIds,
): PricedStep {
  const attempts = shares.map((share) => {
    const item = items.get(share.workItemRef)!;
    const key = attemptOfShare(step, share, item.parts, item.state.boundariesUs);
    const attempt = item.attempts.find((each) => each.key === key)!;
    return { share, attempt, attemptId: attemptIds.of(item, attempt) };
  });
  const charges = withUsageReport(chargeStep(step, prices), facts.reportOf(traceId, step.spanId));
  return { step, charges, attempts, candidates };
}

/** Ids of the attempts of one trace: most of its steps belong to the same one, and an id is a hash. */
class AttemptIds {
  private readonly known = new Map<HeldWorkItem['attempts'][number], string>();

  of(item: HeldWorkItem, attempt: HeldWorkItem['attempts'][number]): string {
    let id = this.known.get(attempt);
    if (id === undefined) {
      id = attemptIdOf(item, attempt.key);
      this.known.set(attempt, id);
    }
    return id;
  }
}

/** An estimate stands only while nothing is known of the call's usage. */
function pendingOf(traceId: TraceId, { step, charges }: PricedStep, facts: CostFacts): PendingEstimate[] {
  const report = facts.reportOf(traceId, step.spanId);
  if (report?.says !== 'estimate' || report.amount === null || !isUsageUnknown(charges)) return [];
  return [
    {
      ...report.amount,
      usageSpanId: step.spanId,
      usageDay: dayOf(step),
      provider: charges[0]?.provider ?? 'unknown',
      callModel: charges[0]?.callModel ?? 'unknown',
    },
  ];
}

const dayOf = ({ startedAtNs }: Step): string =>
  new Date(Number(startedAtNs / 1_000_000n)).toISOString().slice(0, 10);

function placeCharges({ step, charges, attempts }: PricedStep, facts: CostFacts): PlacedTrace['charges'] {
  const shares = attempts.map(({ share, attempt, attemptId }): CostShare => ({
    workItemRef: share.workItemRef,
    attemptId,
    placement: attempt.placement,
    weight: share.weight,
  }));
  return charges.flatMap((charge) =>
    charge.state === 'unpriced'
      ? []
      : [
          {
            startedAtUs: step.startedAtNs / 1000n,
            charge: {
              usageSpanId: step.spanId,
              usageDay: dayOf(step),
              asset: charge.asset,
              amountPico: charge.amountPico,
              provider: charge.provider,
              callModel: charge.callModel,
              priceId: charge.priceId,
              overheadPool: step.overheadPool,
              writtenOff: facts.writtenOff(dayOf(step), charge.provider),
              shares,
            },
          },
        ],
  );
}

function attemptRows(traceId: TraceId, steps: readonly PricedStep[]): AttemptRow[] {
  const members = groupBy(
    steps.flatMap((priced) => priced.attempts.map((membership) => ({ priced, ...membership }))),
    ({ attemptId }) => attemptId,
  );
  return [...members].map(([attemptId, list]): AttemptRow => {
    const { share, attempt } = list[0]!;
    const cost = new Map(list.map(({ priced }) => [priced.step, costOf(priced.charges)]));
    const calls = list.map(({ priced }) => priced).filter(({ step }) => step.role === 'leaf');
    const lost = list.filter(({ priced }) => hasLostCalls(priced.step));
    return {
      traceId,
      attemptId,
      workItemRef: share.workItemRef,
      startedAtUs:
        list.reduce(
          (first, { priced }) => least(first, priced.step.startedAtNs),
          list[0]!.priced.step.startedAtNs,
        ) / 1000n,
      endedAtUs:
        (list.reduce((last, { priced }) => greatest(last, priced.step.endedAtNs), 0n) + 999n) / 1000n,
      keyKind: attempt.keyKind,
      grade: attempt.grade,
      placement: attempt.placement,
      ...attemptDimensions(
        list.map(({ priced }) => priced.step),
        (step) => cost.get(step) ?? 0n,
      ),
      modelCalls: calls.length + lost.length,
      unpricedCalls: calls.filter(isPartlyUnpriced).length,
      callsWithoutUsage: calls.filter(isWithoutUsage).length + lost.length,
      ...stepCountsOf(
        attemptId,
        list.map(({ priced }) => priced),
      ),
      ...doubtOf(
        attemptId,
        list.map(({ priced }) => priced),
      ),
    };
  });
}

const least = (a: bigint, b: bigint): bigint => (b < a ? b : a);
const greatest = (a: bigint, b: bigint): bigint => (b > a ? b : a);

const costOf = (charges: readonly Charge[]): bigint =>
  charges.reduce((sum, charge) => (charge.state === 'priced' ? sum + charge.amountPico : sum), 0n);

const isWithoutUsage = ({ step, charges }: PricedStep): boolean =>
  (step.usage === null || step.usageState === 'rejected') &&
  charges.some(({ state }) => state === 'unpriced');

/** A part of it was counted and has no price, or was cut off before it was counted; a call without a count is told apart. */
const isPartlyUnpriced = ({ step, charges }: PricedStep): boolean =>
  (step.usageState === 'partial' && charges.length > 0) ||
  charges.some(
    (charge) =>
      charge.state === 'unpriced' && charge.reason !== 'usage_missing' && charge.reason !== 'usage_rejected',
  );

function worklistOf(
  tenantId: bigint,
  traceId: TraceId,
  steps: readonly PricedStep[],
  unlinkedReason: UnlinkedReason,
): WorklistEntry[] {
  const entries: WorklistEntry[] = [];
  const unpriced = groupBy(
    steps.flatMap(({ charges }) => charges.filter((charge) => charge.state === 'unpriced')),
    ({ provider, callModel, reason }) => `${provider}\n${callModel}\n${reason}`,
  );
  for (const [key, charges] of unpriced) {
    const { provider, callModel, reason } = charges[0]!;
    entries.push({
      id: uuidFromName(`unpriced ${tenantId} ${traceId}\n${key}`, NAMESPACE),
      kind: 'unpriced',
      reason,
      subject: traceId,
      detail: { provider, model: callModel, calls: charges.length },
    });
  }
  const unmatched = steps.filter(
    ({ step, charges, attempts }) =>
      charges.length > 0 && attempts.length === 0 && step.overheadPool === null,
  );
  if (unmatched.length > 0) {
    entries.push({
      id: uuidFromName(`unmatched_spend ${tenantId} ${traceId}`, NAMESPACE),
      kind: 'unmatched_spend',
      reason: unlinkedReason,
      subject: traceId,
      detail: {
        calls: unmatched.length,
        costPicoUsd: unmatched.reduce((sum, { charges }) => sum + costOf(charges), 0n).toString(),
        service: unmatched[0]!.step.serviceName,
      },
    });
  }
  return entries;
}
