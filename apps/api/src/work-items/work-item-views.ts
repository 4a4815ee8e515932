import { formatPico, parseRef } from '#model';
import type { CostedAttemptPart, StoredOutcome, WorkItemRow } from '#store';
import { z } from 'zod';
import { toOutcomeView, OutcomeView } from '../outcomes/outcome-views.ts';
import { toValueView, ValueView } from '../outcomes/value-view.ts';
import { CostRow, toCostRow } from '../reports/cost-row.ts';
import { NO_CANDIDATES, type CandidateDoubt } from '../reports/link-figures.ts';
import { NOTHING_LOADED } from '../reports/loaded-cost.ts';
import { formatWireTime, Money, Time } from '../wire.ts';

/** Figures of one work item; as in a row of cost-per-outcome. */
const Cost = CostRow.omit({
  group: true,
  workItems: true,
  pending: true,
  maturing: true,
  outcomesByTier: true,
  immature: true,
}).meta({
  id: 'WorkItemCost',
});

export const WorkItemView = z
  .object({
    kind: z.string(),
    key: z.string(),
    workItemId: z.guid().meta({ description: 'Names the work item in the evidence log' }),
    phase: z.enum(['open', 'achieved', 'failed', 'cancelled', 'expired', 'merged', 'split']),
    outcomeType: z.string(),
    definition: z.string().meta({ description: 'kind@version; 0 is the shipped one' }),
    generation: z.int().meta({ description: '1, and one more for each reopening' }),
    phaseAt: Time.nullable(),
    finalAt: Time.nullable().meta({ description: 'When the phase is final, waiting window included' }),
    value: ValueView.nullable(),
    tier: z.string().nullable().meta({
      description: 'Of the standing outcome: confirmed, assumed, contained, assisted; null: nobody says',
    }),
    quality: z
      .string()
      .nullable()
      .meta({ description: 'The newest stated since the item was last reopened' }),
    mergedInto: z.string().nullable().meta({ description: 'Key of the item that its cost follows' }),
    splitFrom: z.object({ key: z.string(), weight: z.int() }).nullable(),
    maturing: z.boolean().meta({ description: 'Achieved, and still within the waiting window' }),
    firstTimeRight: z.boolean().nullable().meta({
      description: 'Achieved by its only attempt and never reopened; null while it is not achieved',
    }),
    deadline: z
      .object({ verb: z.enum(['assumed', 'expired']), at: Time })
      .nullable()
      .meta({ description: 'What becomes of it at that time, when nothing happens before' }),
    events: z.int(),
    firstAttemptAt: Time.nullable(),
    lastAttemptAt: Time.nullable(),
    cost: Cost,
  })
  .meta({ id: 'WorkItem' });

export const AttemptView = z
  .object({
    attemptId: z.guid(),
    placement: z.string().meta({ description: 'work, outcome or waste:<reason>' }),
    startedAt: Time,
    endedAt: Time,
    toldApartBy: z.string().meta({ description: 'attempt, conversation, trace or agent' }),
    grade: z.string(),
    workflow: z.string(),
    agent: z.string().nullable(),
    model: z.string().nullable(),
    provider: z.string().nullable(),
    dimensions: z.record(z.string(), z.string()),
    traces: z.array(z.string()),
    calls: z.int(),
    unpricedCalls: z.int(),
    callsWithoutUsage: z.int(),
    costUsd: Money.nullable(),
  })
  .meta({ id: 'Attempt' });

export const WorkItemPage = z
  .object({ items: z.array(WorkItemView), next: z.string().nullable() })
  .meta({ id: 'WorkItemPage' });

export const WorkItemDetail = WorkItemView.extend({
  attempts: z.array(AttemptView),
  outcomes: z.array(OutcomeView),
}).meta({ id: 'WorkItemDetail' });

export type Attempts = readonly (readonly CostedAttemptPart[])[];

/** @param parts of one or more attempts, by start @returns the parts of each attempt, attempts by start */
export function groupAttempts(parts: readonly CostedAttemptPart[]): Attempts {
  const groups = new Map<string, CostedAttemptPart[]>();
  for (const part of parts) {
    const group = groups.get(part.attemptId);
    if (group === undefined) groups.set(part.attemptId, [part]);
    else group.push(part);
  }
  return [...groups.values()];
}

export function toWorkItemView(
  item: WorkItemRow,
  parts: readonly CostedAttemptPart[],
  nowUs: bigint,
  candidates: CandidateDoubt = NO_CANDIDATES,
): z.infer<typeof WorkItemView> {
  const isAchieved = item.phase === 'achieved';
  return {
    kind: item.kind,
    key: item.key,
    workItemId: item.surrogateId,
    phase: WorkItemView.shape.phase.parse(item.phase),
    outcomeType: item.outcomeType,
    definition: item.definition,
    generation: item.generation,
    phaseAt: timeOrNull(item.phaseAtUs),
    finalAt: timeOrNull(item.finalAtUs),
    value: toValueView(item.valueAmountPico, item.valueAsset),
    tier: item.tier,
    quality: item.quality,
    mergedInto: item.mergedInto === null ? null : parseRef(item.mergedInto).key,
    splitFrom:
      item.splitFrom === null
        ? null
        : { key: parseRef(item.splitFrom).key, weight: Number(item.splitWeight) },
    maturing: isAchieved && item.finalAtUs !== null && item.finalAtUs > nowUs,
    firstTimeRight: isAchieved ? item.generation === 1 && groupAttempts(parts).length === 1 : null,
    deadline:
      item.deadlineAtUs === null
        ? null
        : {
            verb: item.deadlineVerb === 'assumed' ? 'assumed' : 'expired',
            at: formatWireTime(item.deadlineAtUs),
          },
    events: item.eventCount,
    firstAttemptAt: timeOrNull(item.firstAttemptAtUs),
    lastAttemptAt: timeOrNull(item.lastAttemptAtUs),
    cost: Cost.parse(costOf(item, parts, candidates)),
  };
}

export function toWorkItemDetail(
  item: WorkItemRow,
  parts: readonly CostedAttemptPart[],
  outcomes: readonly StoredOutcome[],
  nowUs: bigint,
  candidates?: CandidateDoubt,
): z.infer<typeof WorkItemDetail> {
  return {
    ...toWorkItemView(item, parts, nowUs, candidates),
    attempts: groupAttempts(parts).map(toAttemptView),
    outcomes: outcomes.map(toOutcomeView),
  };
}

export function toAttemptView(parts: readonly CostedAttemptPart[]): z.infer<typeof AttemptView> {
  const first = parts[0]!;
  const sum = sums(parts);
  const endedAtUs = parts.reduce(
    (last, part) => (part.endedAtUs > last ? part.endedAtUs : last),
    first.endedAtUs,
  );
  return {
    attemptId: first.attemptId,
    placement: first.placement,
    startedAt: formatWireTime(first.startedAtUs),
    endedAt: formatWireTime(endedAtUs),
    toldApartBy: first.keyKind,
    grade: first.grade,
    workflow: first.workflow,
    agent: first.agent,
    model: first.model,
    provider: first.provider,
    dimensions: first.dimensions,
    traces: [...new Set(parts.map(({ traceId }) => traceId))],
    calls: sum.calls,
    unpricedCalls: sum.unpricedCalls,
    callsWithoutUsage: sum.callsWithoutUsage,
    costUsd:
      sum.calls > sum.unpricedCalls + sum.callsWithoutUsage || sum.costPico !== 0n
        ? formatPico(sum.costPico)
        : null,
  };
}

const timeOrNull = (timeUs: bigint | null): string | null =>
  timeUs === null ? null : formatWireTime(timeUs);

function sums(parts: readonly CostedAttemptPart[]) {
  return {
    calls: parts.reduce((sum, part) => sum + part.modelCalls, 0),
    unpricedCalls: parts.reduce((sum, part) => sum + part.unpricedCalls, 0),
    callsWithoutUsage: parts.reduce((sum, part) => sum + part.callsWithoutUsage, 0),
    costPico: parts.reduce((sum, part) => sum + part.costPico, 0n),
    directPico: parts.reduce((sum, part) => sum + part.directPico, 0n),
  };
}

/** The parts of each work item. */
export function partsByRef(parts: readonly CostedAttemptPart[]): Map<string, CostedAttemptPart[]> {
  const byRef = new Map<string, CostedAttemptPart[]>();
  for (const part of parts) {
    const list = byRef.get(part.workItemRef);
    if (list === undefined) byRef.set(part.workItemRef, [part]);
    else list.push(part);
  }
  return byRef;
}

/** The same rules as the report, over one item; the cost of an open one is in progress, and buys no outcome yet. */
function costOf(item: WorkItemRow, parts: readonly CostedAttemptPart[], candidates: CandidateDoubt): CostRow {
  const attempts = groupAttempts(parts);
  const sum = sums(parts);
  const isAchieved = item.phase === 'achieved';
  const row = toCostRow(
    {
      group: null,
      workItems: 1n,
      outcomes: isAchieved ? 1n : 0n,
      workItemsWithoutSpend: attempts.length === 0 ? 1n : 0n,
      outcomesWithoutSpend: isAchieved && attempts.length === 0 ? 1n : 0n,
      attempts: BigInt(attempts.length),
      attemptsWithoutUsage: BigInt(
        attempts.filter((each) => each.every((part) => part.modelCalls === part.callsWithoutUsage)).length,
      ),
      calls: BigInt(sum.calls),
      unpricedCalls: BigInt(sum.unpricedCalls),
      callsWithoutUsage: BigInt(sum.callsWithoutUsage),
      costPico: sum.costPico,
      directPico: isAchieved ? sum.directPico : 0n,
      noOutcomePico: isAchieved || item.phase === 'open' ? 0n : sum.costPico,
      isEstimated: parts.some(({ grade }) => grade !== 'metered'),
      isAllocated: parts.some(({ isAllocated }) => isAllocated),
      belowLowPico: parts.reduce((total, part) => total + part.belowLowPico, 0n),
      doubtBpsPico: parts.reduce((total, part) => total + part.doubtBpsPico, 0n),
      hasOtherAssets: parts.some(({ hasOtherAssets }) => hasOtherAssets),
      pendingItems: 0n,
      pendingPico: 0n,
      pendingPricedCalls: 0n,
      confirmed: 0n,
      assumed: 0n,
      contained: 0n,
      assisted: 0n,
      maturingItems: 0n,
      maturingPico: 0n,
      maturingPricedCalls: 0n,
      outcomeTypes: [item.outcomeType],
    },
    [],
    false,
    NOTHING_LOADED,
    { candidates, unlinkedPico: null },
  );
  if (item.phase !== 'open') return row;
  const nothing = row.costUsd === null ? null : '0';
  return { ...row, failedAttemptCostUsd: nothing, inProgressCostUsd: row.costUsd };
}
