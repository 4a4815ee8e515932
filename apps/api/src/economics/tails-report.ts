import { costTails, momentsOfItems } from '#economics';
import { dividePico, formatPico, parseRef, RejectedInput } from '#model';
import { readItemCosts, type Client, type CostPerOutcomeQuery, type ItemCostRow } from '#store';
import { z } from 'zod';
import type { ReportContext } from '../reports/ask-report.ts';
import type { ReportQuery } from '../reports/report-query.ts';
import { Money, Ratio } from '../wire.ts';
import {
  economicsReport,
  economicsReportSchema,
  OutcomeHead,
  type OutcomeQuestion,
} from './economics-report.ts';
import { CostIntervalView, decimalText, intervalView, MoneyRange } from './interval-view.ts';

/** Items are read one by one here; more than these are asked for by shorter periods. */
const MOST_ITEMS = 1_000_000;

const ItemName = z.object({ kind: z.string(), key: z.string() });

const TailsFigures = z.object({
  interval: CostIntervalView.nullable().meta({
    description: 'null: fewer than 20 items, nothing spent, or part of the cost is unknown',
  }),
  itemsWithSpend: z
    .int()
    .meta({ description: 'Items of the percentiles: those that any spend is linked to' }),
  meanCostUsd: Ratio.nullable(),
  quantiles: z.array(
    z.object({
      probability: z.enum(['0.5', '0.9', '0.95', '0.99']),
      costUsd: Money.meta({ description: 'Nearest rank: the cost of an item' }),
      rank: z
        .int()
        .meta({ description: 'Of that item, from 1 for the cheapest; equal costs by kind and key' }),
      item: ItemName.meta({ description: 'The item that the figure is the cost of' }),
      interval: MoneyRange.extend({
        lowItem: ItemName.meta({ description: 'The item whose cost is the bound' }),
        highItem: ItemName,
      })
        .nullable()
        .meta({ description: '95 %, whatever the distribution; null: too few items' }),
      fewestItems: z.int().meta({ description: 'Items from which on there is an interval' }),
    }),
  ),
  maximumUsd: Money.nullable(),
  maximumItem: ItemName.nullable(),
  dearest: z
    .object({ items: z.int(), costUsd: Money, share: Ratio.nullable() })
    .nullable()
    .meta({ description: 'The dearest tenth of the items, and their share of all cost' }),
  gini: Ratio.nullable(),
});

export const TailsRow = z.object({ ...OutcomeHead.shape, ...TailsFigures.shape }).meta({ id: 'TailsRow' });
export const TailsReport = economicsReportSchema('tails', TailsRow).meta({ id: 'TailsReport' });
export type TailsReport = z.infer<typeof TailsReport>;

/** Percentiles, concentration and the interval of cost per outcome, by group (methods.md 3.2, 3.7). */
export const tailsReport = (
  client: Client,
  query: ReportQuery,
  context: ReportContext,
): Promise<TailsReport> =>
  economicsReport(client, query, context, {
    name: 'tails',
    formula:
      'methods 3.7: nearest-rank percentiles with binomial rank intervals; 3.2 (ADR 025): interval of cost per outcome',
    read: async ({ population }: OutcomeQuestion) => {
      const items = await readItems(client, context.tenantId, population);
      const byGroup = new Map<string, ItemCostRow[]>();
      for (const item of items) {
        const key = JSON.stringify(item.group);
        const group = byGroup.get(key);
        if (group) group.push(item);
        else byGroup.set(key, [item]);
      }
      const areApart = new Set(items.map(({ ref }) => ref)).size === items.length;
      const all = areApart
        ? items.sort(byCost)
        : await readItems(client, context.tenantId, { ...population, groupBy: [] });
      return (group) => figuresOf(group === null ? all : (byGroup.get(JSON.stringify(group)) ?? []));
    },
  });

async function readItems(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<ItemCostRow[]> {
  const items = await readItemCosts(client, tenantId, query, MOST_ITEMS + 1);
  if (items.length > MOST_ITEMS)
    throw new RejectedInput(
      'unprocessable',
      `more than ${MOST_ITEMS} items: ask for a shorter period`,
      'from',
    );
  return items;
}

/**
 * The order they are read in without groups. Sorted here, runs that are in order already are merged: a second sitting of
 * the database over 300,000 items took two seconds.
 */
const byCost = (a: ItemCostRow, b: ItemCostRow): number => {
  if (a.costPico !== b.costPico) return a.costPico < b.costPico ? -1 : 1;
  return a.ref < b.ref ? -1 : 1;
};

/** @param items the cheapest first, as they are read */
function figuresOf(items: readonly ItemCostRow[]): z.infer<typeof TailsFigures> {
  const spent = items.filter(({ attempts }) => attempts > 0);
  const itemAt = (rank: number): z.infer<typeof ItemName> => {
    const { kind, key } = parseRef(spent[rank - 1]!.ref);
    return { kind, key };
  };
  const isComplete = items.every(({ unknownCalls }) => unknownCalls === 0);
  const tails = costTails(spent.map(({ costPico }) => costPico));
  return {
    interval: intervalView(momentsOfItems(items), isComplete),
    itemsWithSpend: spent.length,
    meanCostUsd: tails && dividePico(tails.costPico, BigInt(tails.items)),
    quantiles: (tails?.quantiles ?? []).map(({ probability, rank, valuePico, interval, fewestItems }) => ({
      probability: probabilityOf(probability),
      costUsd: formatPico(valuePico),
      rank,
      item: itemAt(rank),
      interval: interval && {
        lowUsd: formatPico(interval.lowPico),
        highUsd: formatPico(interval.highPico),
        lowItem: itemAt(interval.lowRank),
        highItem: itemAt(interval.highRank),
      },
      fewestItems,
    })),
    maximumUsd: tails && formatPico(tails.maximumPico),
    maximumItem: tails && itemAt(spent.length),
    dearest: tails && {
      items: tails.dearest.items,
      costUsd: formatPico(tails.dearest.costPico),
      share:
        tails.costPico === 0n ? null : decimalText(Number(tails.dearest.costPico) / Number(tails.costPico)),
    },
    gini: tails?.gini == null ? null : decimalText(tails.gini),
  };
}

const Probability = TailsFigures.shape.quantiles.element.shape.probability;
const probabilityOf = (probability: number): z.infer<typeof Probability> =>
  Probability.parse(`${probability}`);
