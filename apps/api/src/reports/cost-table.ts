import { columnsOf } from '#files';
import { totalBeside, type BesideRows, type ReportTable } from '../formats/report-file.ts';
import type { CostReport } from './cost-per-outcome.ts';
import { CostRow } from './cost-row.ts';
import type { TieOut } from './tie-out.ts';

/** Names that were there before all fields were; a column is never renamed. */
export const COST_COLUMN_NAMES = {
  'coverage.priced': 'pricedCoverage',
  'coverage.linked': 'linkedCoverage',
  'coverage.reconciled': 'reconciledCoverage',
};

/** The report as a table: rows by group, beside them the total and the tie-out. */
export function costTable(report: CostReport): ReportTable<CostRow> {
  const groups = Object.keys(report.rows[0]?.group ?? report.total.group);
  const without = report.total.inCurrency === undefined ? ['inCurrency'] : [];
  const columns = columnsOf(CostRow, { groups, names: COST_COLUMN_NAMES, without });
  return {
    name: report.report,
    columns,
    rows: report.rows,
    beside: [
      totalBeside(columns, report.total, { additive: report.additive }),
      tieOutBeside(report.tieOut, 'costUsd'),
    ],
    next: report.next,
  };
}

/** The tie-out of a report; in a CSV a line for each amount of it. @param column the one that amounts stand in */
export function tieOutBeside(tieOut: TieOut, column: string): BesideRows {
  const line = (note: string, amount: string) => ({ cells: { [column]: amount }, note });
  return {
    record: 'tieOut',
    value: tieOut,
    csv: [
      line('metered in the period', tieOut.meteredUsd),
      line('in scope', tieOut.inScopeUsd),
      ...tieOut.exclusions.map(({ reason, amountUsd }) => line(`excluded: ${reason}`, amountUsd)),
      line('from other periods', tieOut.fromOtherPeriodsUsd),
      ...(tieOut.billedUsd === null ? [] : [line('billed', tieOut.billedUsd)]),
      ...Object.entries(tieOut.variance ?? {}).map(([kind, amount]) => line(`variance: ${kind}`, amount)),
      line(tieOut.line, tieOut.reportUsd),
    ],
  };
}
