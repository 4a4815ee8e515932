import {
  readCostByDay,
  readPeriodCostByDay,
  readPeriodCosts,
  readPeriodOutcomes,
  type Client,
  type PeriodQuery,
} from '#store';
import { z } from 'zod';
import { askReport, type ReportContext } from './ask-report.ts';
import { CostRow, toPeriodRow } from './cost-row.ts';
import { figuresInCurrency } from './in-currency.ts';
import { finishReport } from './finish-report.ts';
import { outcomeFigures, type Figures } from './outcome-figures.ts';
import type { ReportQuery } from './report-query.ts';
import { TieOut } from './tie-out.ts';
import { tieReport } from './tie-report.ts';

export const CostReport = z
  .object({
    report: z.literal('cost-per-outcome'),
    view: z.enum(['settled', 'cohort', 'period']),
    rows: z.array(CostRow),
    total: CostRow.meta({ description: 'Over all groups, each work item counted once' }),
    additive: z
      .boolean()
      .meta({ description: 'false: a work item is in several groups, rows do not sum to the total' }),
    next: z.string().nullable(),
    tieOut: TieOut,
  })
  .meta({ id: 'CostPerOutcomeReport' });
export type CostReport = z.infer<typeof CostReport>;

/**
 * The report, all of it from the one snapshot of `client`.
 * @throws RejectedInput `unprocessable` for a question without a single answer
 */
export async function costPerOutcome(
  client: Client,
  query: ReportQuery,
  context: ReportContext,
): Promise<CostReport> {
  const { tenantId } = context;
  const asked = await askReport(client, query, context);
  const { groupBy, range } = asked;
  const counted =
    query.view === 'period'
      ? await periodFigures(client, tenantId, { ...range, groupBy })
      : await outcomeFigures(client, context, { ...range, view: query.view, groupBy });
  const tied = await tieReport(client, asked, context, counted.totalPico);
  const inCurrency =
    query.currency === undefined
      ? null
      : await figuresInCurrency(
          client,
          tenantId,
          query.view === 'period'
            ? await readPeriodCostByDay(client, tenantId, { ...range, groupBy })
            : await readCostByDay(client, tenantId, { ...range, view: query.view, groupBy }),
          { ...range, currency: query.currency },
        );
  return {
    report: 'cost-per-outcome',
    view: query.view,
    ...finishReport(asked, tied, counted, context.pageSize, (row, group): CostRow => ({
      ...row,
      ...(inCurrency === null
        ? {}
        : { inCurrency: inCurrency(group, query.view === 'period' ? null : (row.outcomes ?? 0)) }),
    })),
  };
}

async function periodFigures(
  client: Client,
  tenantId: bigint,
  range: PeriodQuery & { readonly nowUs: bigint },
): Promise<Figures> {
  const { groupBy } = range;
  const [total, ...rows] = await readPeriodCosts(client, tenantId, range);
  if (total === undefined) throw new Error('the report has no total');
  const isOfCalls = groupBy.some(({ name }) => name === 'call_model' || name === 'provider');
  const outcomes = await readPeriodOutcomes(client, tenantId, isOfCalls ? { ...range, groupBy: [] } : range);
  const byGroup = new Map(outcomes.map((row) => [JSON.stringify(row.group), row]));
  const besides = (group: readonly (string | null)[] | null) =>
    isOfCalls && group !== null ? null : (byGroup.get(JSON.stringify(group)) ?? NOTHING);
  const spent = new Set(rows.map((row) => JSON.stringify(row.group)));
  const unspent = isOfCalls
    ? []
    : outcomes.filter((row) => row.group !== null && !spent.has(JSON.stringify(row.group)));
  const all = [...rows, ...unspent.map(({ group }) => ({ ...NO_SPEND, group }))];
  const totalRow = toPeriodRow(total, besides(null), groupBy);
  return {
    rows: groupBy.length === 0 ? [totalRow] : all.map((row) => toPeriodRow(row, besides(row.group), groupBy)),
    total: totalRow,
    totalPico: total.costPico,
  };
}

const NOTHING = {
  group: null,
  outcomes: 0n,
  outcomeTypes: [],
  calls: 0n,
  unpricedCalls: 0n,
  callsWithoutUsage: 0n,
  attemptsWithoutUsage: 0n,
};
const NO_SPEND = {
  workItems: 0n,
  attempts: 0n,
  costPico: 0n,
  loadedPico: 0n,
  outcomePico: 0n,
  retryPico: 0n,
  noOutcomePico: 0n,
  workPico: 0n,
  overheadPico: 0n,
  unattributedPico: 0n,
  hasOtherAssets: false,
};
