import { columnsOf } from '#files';
import { totalBeside, type ReportTable } from '../formats/report-file.ts';
import { tieOutBeside } from '../reports/cost-table.ts';
import { MoversRow, type MoversReport } from './movers-row.ts';
import type { z } from 'zod';

type Row = z.infer<typeof MoversRow>;

/** The movers as a table: rows by group, beside them the total and the tie-outs of both periods. */
export function moversTable(report: MoversReport): ReportTable<Row> {
  const columns = columnsOf(MoversRow, { groups: Object.keys(report.total.group) });
  const { additive, formula } = report;
  return {
    name: report.report,
    columns,
    rows: report.rows,
    beside: [
      totalBeside(columns, report.total, { additive, formula }),
      tieOutBeside(report.tieOut, 'afterCostUsd'),
      { ...tieOutBeside(report.tieOutBefore, 'beforeCostUsd'), record: 'tieOutBefore' },
    ],
    next: report.next,
  };
}
