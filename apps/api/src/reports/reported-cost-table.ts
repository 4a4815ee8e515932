import { columnsOf } from '#files';
import { totalBeside, type ReportTable } from '../formats/report-file.ts';
import { tieOutBeside } from './cost-table.ts';
import type { ReportedCostReport } from './reported-cost.ts';
import { ReportedCostRow } from './reported-cost-row.ts';

/** Names that were there before all fields were; a column is never renamed. */
const NAMES = {
  'compared.computedUsd': 'computedUsd',
  'compared.differenceUsd': 'differenceUsd',
  'compared.relativeDifference': 'relativeDifference',
  'compared.callsOffByMoreThan5Percent': 'callsOffByMoreThan5Percent',
};

/** The report as a table: rows by group, beside them the total and what is held against no charge. */
export function reportedCostTable(report: ReportedCostReport): ReportTable<ReportedCostRow> {
  const groups = Object.keys(report.rows[0]?.group ?? {});
  const columns = columnsOf(ReportedCostRow, { groups, names: NAMES });
  return {
    name: report.report,
    columns,
    rows: report.rows,
    beside: [
      totalBeside(columns, report.total, { additive: report.additive }),
      ...report.excluded.map((each) => ({
        record: 'excluded',
        value: each,
        csv: [{ cells: { calls: each.claims, reportedUsd: each.reportedUsd }, note: each.reason }],
      })),
      tieOutBeside(report.tieOut, 'computedUsd'),
    ],
    next: report.next,
  };
}
