import { splitByVolume, type ChangeEffects, type GroupSpend } from '#economics';
import { dividePico, formatPico } from '#model';
import type { CostPerOutcomeRow, GroupKey } from '#store';
import { z } from 'zod';
import { groupOf, shareOf } from '../reports/cost-row.ts';
import { Grade } from '../reports/loaded-cost.ts';
import { TieOut } from '../reports/tie-out.ts';
import { Money, Ratio } from '../wire.ts';
import { CostIntervalView } from './interval-view.ts';

const SideView = z.object({
  workItems: z.int(),
  attempts: z.int(),
  calls: z.int(),
  tokens: z.string().nullable(),
  outcomes: z.int(),
  costUsd: Money,
  costPerOutcomeUsd: Ratio.nullable(),
  interval: CostIntervalView.nullable(),
  priced: Ratio.nullable().meta({ description: 'Share of the calls with a price' }),
});
const EffectsView = z.object({
  volumeUsd: Money.meta({ description: 'More or fewer items in all' }),
  mixUsd: Money.meta({ description: 'Another share of the items; a group that came or went' }),
  attemptsUsd: Money.meta({ description: 'Attempts per item' }),
  callsUsd: Money.meta({ description: 'Calls per attempt' }),
  usageUsd: Money.meta({ description: 'Tokens per call; 0 where they are not told apart' }),
  priceUsd: Money.meta({ description: 'Cost per token; per call where tokens are not told apart' }),
});
export const MoversRow = z
  .object({
    group: z.record(z.string(), z.string().nullable()),
    workItems: z.int().meta({ description: 'Of both periods' }),
    before: SideView,
    after: SideView,
    changeUsd: Money,
    effects: EffectsView.meta({ description: 'They sum to the change, to the pico' }),
    areTokensKnown: z.boolean(),
    unitCost: z.object({ volumeUsd: Money, unitCostUsd: Money }).nullable().meta({
      description: 'The same change as more outcomes and a changed cost of each; null: no outcome before',
    }),
    grade: Grade,
    bound: z.literal('lower').optional(),
  })
  .meta({ id: 'MoversRow' });
export const MoversReport = z
  .object({
    report: z.literal('movers'),
    view: z.enum(['settled', 'cohort']),
    formula: z.string(),
    rows: z.array(MoversRow).meta({ description: 'The largest change first' }),
    total: MoversRow.meta({
      description: 'Costs and effects are the sums of the rows; items are counted once',
    }),
    additive: z.boolean(),
    next: z.string().nullable(),
    tieOut: TieOut.meta({ description: 'Of the later period' }),
    tieOutBefore: TieOut.meta({ description: 'Of the earlier one' }),
  })
  .meta({ id: 'MoversReport' });
export type MoversReport = z.infer<typeof MoversReport>;
type Row = z.infer<typeof MoversRow>;

/** A group, or all of them, in one period. */
export interface MoversSide {
  readonly row: CostPerOutcomeRow;
  readonly spend: GroupSpend;
  readonly interval: z.infer<typeof CostIntervalView> | null;
}

/** What a group that is not there in a period spent. */
export const NOTHING_SPENT: GroupSpend = { items: 0n, attempts: 0n, calls: 0n, tokens: 0n, costPico: 0n };

/** @param values of the group, in the order of `groupBy`; null = the total */
export function moversRow(
  values: readonly (string | null)[] | null,
  groupBy: readonly GroupKey[],
  {
    before: from,
    after: to,
  }: { readonly before: MoversSide | undefined; readonly after: MoversSide | undefined },
  effects: ChangeEffects,
): Row {
  const [first, last] = [spentIn(from), spentIn(to)];
  const split = splitByVolume(first, last);
  return {
    group: groupOf(groupBy, values),
    workItems: Number(first.items + last.items),
    before: sideView(from),
    after: sideView(to),
    changeUsd: formatPico(last.costPico - first.costPico),
    effects: {
      volumeUsd: formatPico(effects.volume),
      mixUsd: formatPico(effects.mix),
      attemptsUsd: formatPico(effects.attempts),
      callsUsd: formatPico(effects.calls),
      usageUsd: formatPico(effects.usage),
      priceUsd: formatPico(effects.price),
    },
    areTokensKnown: first.tokens !== null && last.tokens !== null,
    unitCost: split && {
      volumeUsd: formatPico(split.volumePico),
      unitCostUsd: formatPico(split.unitCostPico),
    },
    ...gradeOf([from, to].flatMap((side) => side?.row ?? [])),
  };
}

const spentIn = (side: MoversSide | undefined): GroupSpend & { readonly outcomes: bigint } => ({
  ...(side?.spend ?? NOTHING_SPENT),
  outcomes: side?.row.outcomes ?? 0n,
});

/** A split by a declared rule is allocated at best. */
function gradeOf(rows: readonly CostPerOutcomeRow[]): Pick<Row, 'grade' | 'bound'> {
  if (rows.some((row) => row.unpricedCalls + row.callsWithoutUsage > 0n || row.hasOtherAssets))
    return { grade: 'incomplete', bound: 'lower' };
  return { grade: rows.some(({ isEstimated }) => isEstimated) ? 'estimated' : 'allocated' };
}

function sideView(side: MoversSide | undefined): z.infer<typeof SideView> {
  if (side === undefined)
    return {
      workItems: 0,
      attempts: 0,
      calls: 0,
      tokens: null,
      outcomes: 0,
      costUsd: '0',
      costPerOutcomeUsd: null,
      interval: null,
      priced: null,
    };
  const { row, spend } = side;
  return {
    workItems: Number(row.workItems),
    attempts: Number(row.attempts),
    calls: Number(row.calls),
    tokens: spend.tokens?.toString() ?? null,
    outcomes: Number(row.outcomes),
    costUsd: formatPico(row.costPico),
    costPerOutcomeUsd: dividePico(row.costPico, row.outcomes),
    interval: side.interval,
    priced: shareOf(row.calls - row.unpricedCalls - row.callsWithoutUsage, row.calls),
  };
}
