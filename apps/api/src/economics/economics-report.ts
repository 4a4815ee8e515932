import { RejectedInput } from '#model';
import type { Client, CostPerOutcomeQuery } from '#store';
import { z } from 'zod';
import { askReport, type AskedReport, type ReportContext } from '../reports/ask-report.ts';
import { CostRow } from '../reports/cost-row.ts';
import { finishReport, type FinishedReport, type RowGroup } from '../reports/finish-report.ts';
import { outcomeFigures, type OutcomeFigures } from '../reports/outcome-figures.ts';
import type { ReportQuery } from '../reports/report-query.ts';
import { TieOut } from '../reports/tie-out.ts';
import { tieReport, type TiedReport } from '../reports/tie-report.ts';

/** What every row over outcomes begins with: its population, cost, coverage and grade. */
export const OutcomeHead = CostRow.pick({
  group: true,
  workItems: true,
  attempts: true,
  outcomes: true,
  costUsd: true,
  costPerOutcomeUsd: true,
  loadedCostUsd: true,
  loadedCostPerOutcomeUsd: true,
  loadedGrade: true,
  unpricedCalls: true,
  attemptsWithoutUsage: true,
  unmatchedOutcomes: true,
  pending: true,
  coverage: true,
  linkCoverage: true,
  grade: true,
  gradeReasons: true,
  bound: true,
  immature: true,
});
export type OutcomeHead = z.infer<typeof OutcomeHead>;

/** The envelope of a report over outcomes. */
export const economicsReportSchema = <Row extends z.ZodObject>(name: string, row: Row) =>
  z.object({
    report: z.literal(name),
    view: z.enum(['settled', 'cohort']),
    formula: z.string().meta({ description: 'How the figures are made, and where that is written' }),
    rows: z.array(row),
    total: row.meta({ description: 'Over all groups, each work item counted once' }),
    additive: z.boolean(),
    next: z.string().nullable(),
    tieOut: TieOut,
  });

export interface EconomicsReport<Row> extends FinishedReport<Row> {
  readonly report: string;
  readonly view: 'settled' | 'cohort';
  readonly formula: string;
}

/** A question about the population of a report over outcomes, and what it reads. */
export interface OutcomeQuestion {
  readonly asked: AskedReport;
  readonly population: CostPerOutcomeQuery;
  readonly tied: TiedReport;
  /** Rows of cost-per-outcome by group. */
  readonly rows: readonly CostRow[];
  readonly momentsOf: OutcomeFigures['momentsOf'];
}

/**
 * A report over outcomes: the rows of cost-per-outcome, each with what `read` says of its group besides, tied to the
 * books like every other.
 *
 * @param read reads what is said of each group (null = the total), in the snapshot of `client`
 * @throws RejectedInput `unprocessable` for a question without a single answer
 */
export async function economicsReport<Extra extends object>(
  client: Client,
  query: ReportQuery,
  context: ReportContext,
  report: {
    readonly name: string;
    readonly formula: string;
    /** Whether intervals are told, so that `momentsOf` has moments. */
    readonly hasIntervals?: boolean;
    readonly read: (question: OutcomeQuestion) => Promise<(group: RowGroup, head: OutcomeHead) => Extra>;
    /** Which rows may be told; the total is over all. Absent = all of them. */
    readonly keeps?: (row: CostRow, rows: readonly CostRow[]) => boolean;
  },
): Promise<EconomicsReport<OutcomeHead & Extra>> {
  const view = query.view;
  if (view === 'period')
    throw new RejectedInput(
      'unprocessable',
      'period has charges and no outcomes: take settled or cohort',
      'view',
    );
  if (query.currency !== undefined)
    throw new RejectedInput('unprocessable', `${report.name} is told in USD`, 'currency');
  const asked = await askReport(client, query, context);
  const { groupBy, range } = asked;
  const population = { ...range, view, groupBy };
  const figures = await outcomeFigures(client, context, population, report.hasIntervals ?? false);
  const tied = await tieReport(client, asked, context, figures.totalPico);
  const { keeps } = report;
  const kept =
    keeps === undefined
      ? figures
      : { ...figures, rows: figures.rows.filter((row) => keeps(row, figures.rows)) };
  const extraOf = await report.read({
    asked,
    population,
    tied,
    rows: figures.rows,
    momentsOf: figures.momentsOf,
  });
  return {
    report: report.name,
    view,
    formula: report.formula,
    ...finishReport(asked, tied, kept, context.pageSize, (row, group) => {
      const head = headOf(row);
      return { ...head, ...extraOf(group, head) };
    }),
  };
}

/** Undefined members are left out, so that the digest is over what is answered. */
const headOf = (row: CostRow): OutcomeHead => OutcomeHead.parse(row);

/** Rows of a reader by the text of their group. */
export const byGroup = <Row extends { readonly group: RowGroup }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> => new Map(rows.map((row) => [JSON.stringify(row.group), row]));

/** Part of the items of a row whose state is final; 0 without items. */
export function knownShareOf({ workItems, pending }: OutcomeHead): number {
  const all = workItems + (pending?.items ?? 0);
  return all === 0 ? 0 : workItems / all;
}
