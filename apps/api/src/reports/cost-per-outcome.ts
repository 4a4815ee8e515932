import { createHash } from 'node:crypto';
import { canonicalJson } from '#evidence';
import { RejectedInput } from '#model';
import {
  readCostByDay,
  readCostPerOutcome,
  readPeriodCostByDay,
  readPeriodCosts,
  readPeriodOutcomes,
  readLoadedCosts,
  type Client,
  type CostPerOutcomeQuery,
  type GroupKey,
  type PeriodQuery,
} from '#store';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../wire.ts';
import { askReport, questionOf, type ReportContext } from './ask-report.ts';
import { CostRow, toCostRow, toPeriodRow } from './cost-row.ts';
import { readControlCoverage } from './read-control-coverage.ts';
import { readLinkFigures } from './read-link-figures.ts';
import { figuresInCurrency } from './in-currency.ts';
import { sumLoaded } from './loaded-cost.ts';
import type { ReportQuery } from './report-query.ts';
import { TieOut } from './tie-out.ts';
import { gradeWithBills, tieReport, type TiedReport } from './tie-report.ts';

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

interface Figures {
  readonly rows: readonly CostRow[];
  readonly total: CostRow;
  readonly totalPico: bigint;
}

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
      : await outcomeFigures(client, tenantId, { ...range, view: query.view, groupBy });
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
  const finish = (row: CostRow, group: readonly (string | null)[] | null): CostRow => ({
    ...withBills(row, tied),
    ...(inCurrency === null
      ? {}
      : { inCurrency: inCurrency(group, query.view === 'period' ? null : (row.outcomes ?? 0)) }),
  });
  const rows = counted.rows.map((row) =>
    finish(row, groupBy.length === 0 ? null : groupBy.map(({ name }) => row.group[name] ?? null)),
  );
  const total = finish(counted.total, null);
  const question = questionOf(asked);
  const page = pageOf(rows, groupBy, query.cursor, context.pageSize);
  return {
    report: 'cost-per-outcome',
    view: query.view,
    rows: page.rows,
    total,
    additive: rows.reduce((sum, row) => sum + row.workItems, 0) === total.workItems,
    next: page.next,
    tieOut: {
      ...tied.tieOut,
      query: question,
      digest: createHash('sha256')
        .update(canonicalJson({ query: question, rows, total }))
        .digest('hex'),
    },
  };
}

const withBills = (row: CostRow, { billedShare, isMeasured }: TiedReport): CostRow => ({
  ...row,
  coverage: { ...row.coverage, reconciled: billedShare },
  grade: gradeWithBills(row.grade, isMeasured),
});

async function outcomeFigures(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<Figures> {
  const { groupBy } = query;
  const [total, ...rows] = await readCostPerOutcome(client, tenantId, query);
  if (total === undefined) throw new Error('the report has no total');
  if (total.outcomeTypes.length > 1 && !groupBy.some(({ name }) => name === 'outcome_type'))
    throw new RejectedInput(
      'unprocessable',
      `outcomes of several types cannot be counted as one: group by outcome_type, or choose one of ${total.outcomeTypes.join(', ')} by outcome_type`,
      'group_by',
    );
  const isCohort = query.view === 'cohort';
  const controls = await readControlCoverage(client, tenantId, query, total.outcomes);
  const loaded = await readLoadedCosts(client, tenantId, query);
  const loadedOf = new Map(loaded.map((row) => [JSON.stringify(row.group), row]));
  const linksOf = await readLinkFigures(client, tenantId, query);
  const totalRow = toCostRow(total, groupBy, isCohort, sumLoaded(loaded), linksOf(null));
  return {
    rows:
      groupBy.length === 0
        ? [withControls(totalRow, controls)]
        : rows.map((row) =>
            toCostRow(row, groupBy, isCohort, loadedOf.get(JSON.stringify(row.group)), linksOf(row.group)),
          ),
    total: withControls(totalRow, controls),
    totalPico: total.costPico,
  };
}

const withControls = (row: CostRow, controls: CostRow['coverage']['controls']): CostRow => ({
  ...row,
  coverage: { ...row.coverage, controls },
});

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

function pageOf(
  rows: readonly CostRow[],
  groupBy: readonly GroupKey[],
  cursor: string | undefined,
  size: number,
): { rows: CostRow[]; next: string | null } {
  const keyOf = (row: CostRow): string => JSON.stringify(groupBy.map(({ name }) => row.group[name] ?? null));
  const after =
    cursor === undefined
      ? null
      : JSON.stringify(decodeCursor(cursor, z.array(z.string().nullable()).length(groupBy.length)));
  const start = after === null ? 0 : rows.findIndex((row) => keyOf(row) === after) + 1;
  if (after !== null && start === 0)
    throw new RejectedInput(
      'invalid',
      'names a group that is no longer there; ask from the beginning',
      'cursor',
    );
  const page = rows.slice(start, start + size);
  const last = page.at(-1);
  const hasMore = start + size < rows.length && last !== undefined;
  return {
    rows: page,
    next: hasMore ? encodeCursor(groupBy.map(({ name }) => last.group[name] ?? null)) : null,
  };
}
