import { dividePico, formatPico } from '#model';
import type { CostPerOutcomeRow, GroupKey, PeriodCostRow, PeriodOutcomeRow } from '#store';
import { z } from 'zod';
import { Money, Ratio as Decimal } from '../wire.ts';
import { ControlCoverageView } from './control-coverage.ts';
import {
  bandOf,
  CostBandView,
  isTooLittleLinked,
  NOTHING_UNLINKED,
  type LinkFigures,
} from './link-figures.ts';
import { InCurrency } from './in-currency.ts';
import { Grade, loadedFigures, LoadedView, NOTHING_LOADED, type Loaded } from './loaded-cost.ts';

const Ratio = Decimal.nullable();
const Cost = Money.nullable();

const OutcomesByTier = z.object({
  confirmed: z.int(),
  assumed: z.int(),
  contained: z.int(),
  assisted: z.int(),
  unstated: z.int(),
});

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
    ...LoadedView.shape,
    inCurrency: InCurrency.optional().meta({ description: 'Where the report was asked for a currency' }),
    unpricedCalls: z.int().nullable(),
    attemptsWithoutUsage: z.int().nullable(),
    unmatchedOutcomes: z.int().nullable().meta({ description: 'Outcomes that no spend is linked to' }),
    outcomesByTier: OutcomesByTier.optional().meta({
      description: 'What the outcomes are made of; group_by=tier tells their cost apart',
    }),
    pending: z.object({ items: z.int(), costUsd: Cost }).nullable(),
    maturing: z
      .object({ items: z.int(), costUsd: Cost })
      .optional()
      .meta({ description: 'Of the pending items: achieved, and still within the waiting window' }),
    coverage: z.object({
      priced: Ratio,
      linked: Ratio,
      reconciled: Ratio,
      controls: ControlCoverageView.nullable()
        .optional()
        .meta({ description: 'Of the total: what control totals of the sources say of its outcomes' }),
    }),
    linkCoverage: Ratio.meta({
      description: 'Linked cost over linked and unlinked cost of the group; null: it has no such share',
    }),
    band: CostBandView.nullable().meta({
      description: 'null: nothing is priced, or candidates were not kept yet at that size',
    }),
    grade: Grade,
    gradeReasons: z.array(z.string()).meta({
      description: 'Why it is no better: unpriced, inferred_boundary, link_coverage_below_0.8, split_by_rule',
    }),
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

/** Tiers are never mixed silently: every figure says what its outcomes are made of. */
function tiersOf(row: OutcomeSums): z.infer<typeof OutcomesByTier> {
  const stated = row.confirmed + row.assumed + row.contained + row.assisted;
  return {
    confirmed: Number(row.confirmed),
    assumed: Number(row.assumed),
    contained: Number(row.contained),
    assisted: Number(row.assisted),
    unstated: Number(row.outcomes - stated),
  };
}

/** What a row is made of. */
type OutcomeSums = Omit<CostPerOutcomeRow, 'settledTypes' | 'moments'>;

/** The figures of settled items and of a cohort. */
export function toCostRow(
  row: OutcomeSums,
  keys: readonly GroupKey[],
  isCohort: boolean,
  loaded: Loaded = NOTHING_LOADED,
  { candidates, unlinkedPico }: LinkFigures = NOTHING_UNLINKED,
): CostRow {
  const pricedCalls = row.calls - row.unpricedCalls - row.callsWithoutUsage;
  // A call counts as unpriced when a part of it is; what its other parts cost is known all the same.
  const isPriced = pricedCalls > 0n || row.costPico !== 0n;
  const isIncomplete = row.unpricedCalls > 0n || row.callsWithoutUsage > 0n || row.hasOtherAssets;
  const money = (amount: bigint): string | null => (isPriced ? formatPico(amount) : null);
  const perOutcome = (amount: bigint): string | null => (isPriced ? dividePico(amount, row.outcomes) : null);
  const failedAttemptPico = row.costPico - row.directPico - row.noOutcomePico;
  const { grade, gradeReasons } = gradeOf(row, isIncomplete, unlinkedPico);
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
    ...loadedFigures(isPriced ? row.costPico : null, row.outcomes, grade, loaded),
    unpricedCalls: Number(row.unpricedCalls),
    attemptsWithoutUsage: Number(row.attemptsWithoutUsage),
    unmatchedOutcomes: Number(row.outcomesWithoutSpend),
    pending: pendingOf(row),
    outcomesByTier: tiersOf(row),
    maturing: {
      items: Number(row.maturingItems),
      costUsd:
        row.maturingItems > 0n && row.maturingPricedCalls === 0n && row.maturingPico === 0n
          ? null
          : formatPico(row.maturingPico),
    },
    coverage: {
      priced: shareOf(pricedCalls, row.calls),
      linked: shareOf(row.workItems - row.workItemsWithoutSpend, row.workItems),
      reconciled: '0',
    },
    ...linkFigures(row, isPriced, { candidates, unlinkedPico }),
    grade,
    gradeReasons,
    ...(isIncomplete && isPriced ? { bound: 'lower' as const } : {}),
    ...(isCohort && row.pendingItems > 0n ? { immature: true as const } : {}),
  };
}

function pendingOf(row: OutcomeSums): CostRow['pending'] {
  const isUnpriced = row.pendingItems > 0n && row.pendingPricedCalls === 0n && row.pendingPico === 0n;
  return { items: Number(row.pendingItems), costUsd: isUnpriced ? null : formatPico(row.pendingPico) };
}

function linkFigures(
  row: OutcomeSums,
  isPriced: boolean,
  { candidates, unlinkedPico }: LinkFigures,
): Pick<CostRow, 'linkCoverage' | 'band'> {
  const hasBand = isPriced || (candidates !== null && candidates.amountPico > 0n);
  return {
    linkCoverage: unlinkedPico === null ? null : shareOf(row.costPico, row.costPico + unlinkedPico),
    band: hasBand ? bandOf(row, candidates) : null,
  };
}

/** The weakest of what is in it: unpriced, estimated, split, counted. */
function gradeOf(
  row: OutcomeSums,
  isIncomplete: boolean,
  unlinkedPico: bigint | null,
): Pick<CostRow, 'grade' | 'gradeReasons'> {
  const isTooUnlinked = isTooLittleLinked(row.costPico, unlinkedPico);
  const isEstimated = row.isEstimated || isTooUnlinked;
  return {
    grade: isIncomplete
      ? 'incomplete'
      : isEstimated
        ? 'estimated'
        : row.isAllocated
          ? 'allocated'
          : 'metered',
    gradeReasons: [
      ...(isIncomplete ? ['unpriced'] : []),
      ...(row.isEstimated ? ['inferred_boundary'] : []),
      ...(isTooUnlinked ? ['link_coverage_below_0.8'] : []),
      ...(row.isAllocated ? ['split_by_rule'] : []),
    ],
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
  const isPriced = row.loadedPico !== 0n || row.costPico !== 0n || row.attempts > 0n;
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
    loadedCostUsd: money(row.loadedPico),
    loadedCostPerOutcomeUsd: null,
    loadedGrade: isIncomplete ? 'incomplete' : row.loadedPico === row.costPico ? 'metered' : 'assumed',
    costLinesUsd: formatPico(row.loadedPico - row.costPico),
    usedOverheadUsd: '0',
    humanMinutes: null,
    unpricedLines: null,
    ...usageBeside(beside),
    unmatchedOutcomes: null,
    pending: null,
    coverage: {
      priced: pricedShareOf(beside),
      linked: shareOf(attributedPico, row.costPico),
      reconciled: '0',
    },
    linkCoverage: null,
    band: null,
    grade: isIncomplete ? 'incomplete' : 'metered',
    gradeReasons: isIncomplete ? ['unpriced'] : [],
    ...(isIncomplete && isPriced ? { bound: 'lower' as const } : {}),
    inProgressCostUsd: money(row.workPico),
    overheadCostUsd: money(row.overheadPico),
    unattributedCostUsd: money(row.unattributedPico),
  };
}

const usageBeside = (
  beside: PeriodOutcomeRow | null,
): Pick<CostRow, 'unpricedCalls' | 'attemptsWithoutUsage'> =>
  beside === null
    ? { unpricedCalls: null, attemptsWithoutUsage: null }
    : {
        unpricedCalls: Number(beside.unpricedCalls),
        attemptsWithoutUsage: Number(beside.attemptsWithoutUsage),
      };

const pricedShareOf = (beside: PeriodOutcomeRow | null): string | null =>
  beside === null
    ? null
    : shareOf(beside.calls - beside.unpricedCalls - beside.callsWithoutUsage, beside.calls);
