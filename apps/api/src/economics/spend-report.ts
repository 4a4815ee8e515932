import { spendMargin, type ItemMoments, type SpendMargin } from '#economics';
import { formatPico, RejectedInput } from '#model';
import type { Client } from '#store';
import { z } from 'zod';
import type { ReportContext } from '../reports/ask-report.ts';
import type { CostRow } from '../reports/cost-row.ts';
import type { RowGroup } from '../reports/finish-report.ts';
import { ReportQuery } from '../reports/report-query.ts';
import { Money, Ratio } from '../wire.ts';
import { economicsReport, economicsReportSchema, OutcomeHead } from './economics-report.ts';
import { CostIntervalView, decimalText, intervalView } from './interval-view.ts';
import { baselineOf, recordedBaselines } from './recorded-baselines.ts';

/** In a smaller group figures of one are told to all (methods.md 5.6). */
const FEWEST_PEERS = 5;

export const SpendQuery = ReportQuery.omit({ currency: true }).extend({
  by: z
    .string({
      error: ({ input }) => (input === undefined ? 'is missing: agent, or a declared dimension' : undefined),
    })
    .min(1)
    .max(256)
    .meta({ description: 'Who spends: `agent`, or a declared dimension that names persons or teams' }),
  group_by: ReportQuery.shape.group_by
    .unwrap()
    .default('workflow,outcome_type')
    .meta({ description: 'Peers are those with the same values of these: the same role and workflow' }),
});

const SpendFigures = z.object({
  interval: CostIntervalView.nullable(),
  peers: z.int().nullable().meta({ description: 'Spenders of the same group, this one included' }),
  spendPercentile: Ratio.nullable().meta({ description: 'Part of the peers that spend no more, in percent' }),
  shareOfSpend: Ratio.nullable(),
  middle: z
    .object({ costUsd: Money, outcomes: z.int() })
    .nullable()
    .meta({ description: 'The middle one of the peers by spend' }),
  beyondMiddle: z
    .object({
      costUsd: Money,
      valueUsd: Money.meta({
        description: 'What a cap at the middle one would forgo, if the same cases were left undone',
      }),
      valuePerDollar: Ratio,
      interval: z.object({ low: Ratio, high: Ratio }).nullable(),
      capIs: z.enum(['blocked', 'to_be_reviewed', 'supported']),
    })
    .nullable()
    .meta({
      description:
        'null: spends no more than the middle one, no baseline says what an outcome is worth, or cost is unknown',
    }),
  suppressed: z.int().meta({
    description: 'In the total: rows left out because fewer than five peers would tell individuals',
  }),
});
export const SpendRow = z.object({ ...OutcomeHead.shape, ...SpendFigures.shape }).meta({ id: 'SpendRow' });
export const SpendReport = economicsReportSchema('spend', SpendRow)
  .extend({ warnings: z.array(z.string()).meta({ description: 'What these figures must not be used for' }) })
  .meta({ id: 'SpendReport' });
export type SpendReport = z.infer<typeof SpendReport>;

const WARNINGS = [
  'Spend is no measure of a person: rows stand in the order of their names, and none is ranked.',
  'Associational: who spends more may have the harder cases; compare within one kind of work only.',
  'Adjust outcomes for rework and quality before anything follows from them: see reopened items and audits.',
];

/** Spend against outcome by person, team or agent, with what it must not be used for (methods.md 5.6). */
export async function spendReport(
  client: Client,
  { by, ...query }: z.infer<typeof SpendQuery>,
  context: ReportContext,
): Promise<SpendReport> {
  const keys = query.group_by.split(',').flatMap((key) => (key.trim() === '' ? [] : [key.trim()]));
  if (keys.includes(by)) throw new RejectedInput('unprocessable', 'is among group_by already', 'by');
  const peersOf = ({ group }: Pick<CostRow, 'group'>): string =>
    JSON.stringify(keys.map((key) => group[key] ?? null));
  const isOfPeople = by !== 'agent';
  const isTold = (row: CostRow, rows: readonly CostRow[]): boolean =>
    !isOfPeople || rows.filter((other) => peersOf(other) === peersOf(row)).length >= FEWEST_PEERS;
  const report = await economicsReport(client, { ...query, group_by: [...keys, by].join(',') }, context, {
    name: 'spend',
    formula:
      'methods 5.6: spend and outcomes against the middle one of the same peers; Fieller on compound Poisson totals',
    keeps: isTold,
    hasIntervals: true,
    read: async ({ asked, rows, momentsOf }) => {
      const baselines = await recordedBaselines(client, context.tenantId, asked);
      const suppressed = rows.filter((row) => !isTold(row, rows)).length;
      const groupOf = (row: Pick<CostRow, 'group'>): RowGroup =>
        asked.groupBy.map(({ name }) => row.group[name] ?? null);
      return (group, head) => {
        const { moments, settledTypes } = momentsOf(group);
        const own = moments?.calls ?? null;
        const interval = own && intervalView(own, head.bound === undefined);
        if (group === null || own === null) return { ...UNTOLD, interval, suppressed };
        const peers = rows
          .filter((row) => peersOf(row) === peersOf(head))
          .flatMap((row) => momentsOf(groupOf(row)).moments?.calls ?? []);
        const isKnown = rows.every((row) => peersOf(row) !== peersOf(head) || row.bound === undefined);
        const worth = baselineOf(baselines, settledTypes);
        return {
          interval,
          suppressed: 0,
          ...against(own, peers, isKnown ? (worth?.costPico ?? null) : null),
        };
      };
    },
  });
  return { ...report, warnings: WARNINGS };
}

const UNTOLD = {
  peers: null,
  spendPercentile: null,
  shareOfSpend: null,
  middle: null,
  beyondMiddle: null,
};

function against(
  own: ItemMoments,
  peers: readonly ItemMoments[],
  worthPico: bigint | null,
): Omit<z.infer<typeof SpendFigures>, 'interval' | 'suppressed'> {
  const sorted = [...peers].sort((a, b) => (a.sum < b.sum ? -1 : a.sum > b.sum ? 1 : 0));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]!;
  const allPico = peers.reduce((total, { sum }) => total + sum, 0n);
  const margin = worthPico === null ? null : spendMargin(own, middle, worthPico);
  const below = peers.filter(({ sum }) => sum <= own.sum).length;
  return {
    peers: peers.length,
    spendPercentile: decimalText((below / peers.length) * 100),
    shareOfSpend: allPico === 0n ? null : decimalText(Number(own.sum) / Number(allPico)),
    middle: { costUsd: formatPico(middle.sum), outcomes: Number(middle.outcomes) },
    beyondMiddle: margin && marginView(margin),
  };
}

const CAP = { pays: 'blocked', review: 'to_be_reviewed', does_not: 'supported' } as const;

const marginView = (margin: SpendMargin): NonNullable<z.infer<typeof SpendFigures>['beyondMiddle']> => ({
  costUsd: formatPico(margin.beyondPico),
  valueUsd: formatPico(margin.forgonePico),
  valuePerDollar: decimalText(margin.perDollar),
  interval: margin.interval && {
    low: decimalText(margin.interval.low),
    high: decimalText(margin.interval.high),
  },
  capIs: CAP[margin.verdict],
});
