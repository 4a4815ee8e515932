import { dividePico, formatPico } from '#model';
import type { CostPerOutcomeRow, GroupKey, PeriodCostRow, PeriodOutcomeRow } from '#store';
import { z } from 'zod';
import { Money } from '../wire.ts';

const Ratio = z.string().nullable();
const Cost = Money.nullable();

/** A row of cost-per-outcome. Money is null when nothing in it is priced; ratios are null without an outcome. */
export const CostRow = z
  .object({
    group: z.record(z.string(), z.string().nullable()),
    workItems: z.int(),
    attempts: z.int(),
    outcomes: z.int().nullable().meta({ description: 'null: outcomes have no value of this grouping' }),
    costUsd: Cost.meta({ description: 'Agents only: direct + failed attempts + no outcome' }),
    costPerOutcomeUsd: Ratio,
    directCostUsd: Cost.meta({ description: 'Attempts that achieved the outcome' }),
    directCostPerOutcomeUsd: Ratio,
    failedAttemptCostUsd: Cost.meta({ description: 'The other attempts of achieved items' }),
    noOutcomeCostUsd: Cost.meta({ description: 'Items settled without an outcome' }),
    loadedCostUsd: Cost.meta({ description: 'costUsd + human, tool and BPO cost; none is recorded yet' }),
    loadedCostPerOutcomeUsd: Ratio,
    unpricedCalls: z.int().nullable(),
    attemptsWithoutUsage: z.int().nullable(),
    unmatchedOutcomes: z.int().nullable().meta({ description: 'Outcomes that no spend is linked to' }),
    pending: z.object({ items: z.int(), costUsd: Cost }).nullable(),
    coverage: z.object({ priced: Ratio, linked: Ratio, reconciled: Ratio }),
    grade: z.enum(['measured', 'metered', 'allocated', 'estimated', 'assumed', 'incomplete']),
    bound: z
      .literal('lower')
      .optional()
      .meta({ description: 'Part of it is unpriced: the true figure is higher' }),
    immature: z.literal(true).optional().meta({ description: 'Items of the cohort are still open' }),
    inProgressCostUsd: Cost.optional().meta({ description: 'Items that are still open' }),
    overheadCostUsd: Cost.optional(),
    unattributedCostUsd: Cost.optional(),
  })
  .meta({ id: 'CostPerOutcomeRow' });
export type CostRow = z.infer<typeof CostRow>;

export function groupOf(
  keys: readonly GroupKey[],
  values: readonly (string | null)[] | null,
): CostRow['group'] {
  return Object.fromEntries(keys.map(({ name }, index) => [name, values?.[index] ?? null]));
}

/** Decimal share with 4 places, rounded down, so that 1 means all; null over nothing. */
export function shareOf(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null;
  return formatPico(((part * 10_000n) / whole) * 100_000_000n);
}

/** The figures of settled items and of a cohort. */
export function toCostRow(row: CostPerOutcomeRow, keys: readonly GroupKey[], isCohort: boolean): CostRow {
  const pricedCalls = row.calls - row.unpricedCalls - row.callsWithoutUsage;
  // A call counts as unpriced when a part of it is; what its other parts cost is known all the same.
  const isPriced = pricedCalls > 0n || row.costPico !== 0n;
  const isIncomplete = row.unpricedCalls > 0n || row.callsWithoutUsage > 0n || row.hasOtherAssets;
  const money = (amount: bigint): string | null => (isPriced ? formatPico(amount) : null);
  const perOutcome = (amount: bigint): string | null => (isPriced ? dividePico(amount, row.outcomes) : null);
  const failedAttemptPico = row.costPico - row.directPico - row.noOutcomePico;
  return {
    group: groupOf(keys, row.group),
    workItems: Number(row.workItems),
    attempts: Number(row.attempts),
    outcomes: Number(row.outcomes),
    costUsd: money(row.costPico),
    costPerOutcomeUsd: perOutcome(row.costPico),
    directCostUsd: money(row.directPico),
    directCostPerOutcomeUsd: perOutcome(row.directPico),
    failedAttemptCostUsd: money(failedAttemptPico),
    noOutcomeCostUsd: money(row.noOutcomePico),
    loadedCostUsd: money(row.costPico),
    loadedCostPerOutcomeUsd: perOutcome(row.costPico),
    unpricedCalls: Number(row.unpricedCalls),
    attemptsWithoutUsage: Number(row.attemptsWithoutUsage),
    unmatchedOutcomes: Number(row.outcomesWithoutSpend),
    pending: {
      items: Number(row.pendingItems),
      costUsd:
        row.pendingItems > 0n && row.pendingPricedCalls === 0n && row.pendingPico === 0n
          ? null
          : formatPico(row.pendingPico),
    },
    coverage: {
      priced: shareOf(pricedCalls, row.calls),
      linked: shareOf(row.workItems - row.workItemsWithoutSpend, row.workItems),
      reconciled: '0',
    },
    grade: isIncomplete ? 'incomplete' : row.isEstimated ? 'estimated' : 'metered',
    ...(isIncomplete && isPriced ? { bound: 'lower' as const } : {}),
    ...(isCohort && row.pendingItems > 0n ? { immature: true as const } : {}),
  };
}

/**
 * A period as on the bill: spend and outcomes side by side, no ratio.
 * @param beside null where outcomes and calls have no value of this grouping
 */
export function toPeriodRow(
  row: PeriodCostRow,
  beside: PeriodOutcomeRow | null,
  keys: readonly GroupKey[],
): CostRow {
  const isIncomplete =
    row.hasOtherAssets || (beside !== null && (beside.unpricedCalls > 0n || beside.callsWithoutUsage > 0n));
  const isPriced = row.costPico !== 0n || row.attempts > 0n;
  const money = (amount: bigint): string | null => (isPriced ? formatPico(amount) : null);
  const hasOneType = beside !== null && beside.outcomeTypes.length <= 1;
  const attributedPico = row.costPico - row.overheadPico - row.unattributedPico;
  return {
    group: groupOf(keys, row.group),
    workItems: Number(row.workItems),
    attempts: Number(row.attempts),
    outcomes: hasOneType ? Number(beside.outcomes) : null,
    costUsd: money(row.costPico),
    costPerOutcomeUsd: null,
    directCostUsd: money(row.outcomePico),
    directCostPerOutcomeUsd: null,
    failedAttemptCostUsd: money(row.retryPico),
    noOutcomeCostUsd: money(row.noOutcomePico),
    loadedCostUsd: money(row.costPico),
    loadedCostPerOutcomeUsd: null,
    unpricedCalls: beside === null ? null : Number(beside.unpricedCalls),
    attemptsWithoutUsage: beside === null ? null : Number(beside.attemptsWithoutUsage),
    unmatchedOutcomes: null,
    pending: null,
    coverage: {
      priced:
        beside === null
          ? null
          : shareOf(beside.calls - beside.unpricedCalls - beside.callsWithoutUsage, beside.calls),
      linked: shareOf(attributedPico, row.costPico),
      reconciled: '0',
    },
    grade: isIncomplete ? 'incomplete' : 'metered',
    ...(isIncomplete && isPriced ? { bound: 'lower' as const } : {}),
    inProgressCostUsd: money(row.workPico),
    overheadCostUsd: money(row.overheadPico),
    unattributedCostUsd: money(row.unattributedPico),
  };
}
