import type { z } from 'zod';
import { columnsOf } from '#files';
import { totalBeside, type ReportTable } from '../formats/report-file.ts';
import { COST_COLUMN_NAMES, tieOutBeside } from '../reports/cost-table.ts';
import type { EconomicsReport, OutcomeHead } from './economics-report.ts';

/** A report over outcomes as a table: rows by group, beside them the total and the tie-out. */
export function economicsTable<Row extends OutcomeHead>(
  report: EconomicsReport<Row>,
  row: z.ZodType<Row>,
): ReportTable<Row> {
  const columns = columnsOf(row, {
    groups: Object.keys(report.rows[0]?.group ?? report.total.group),
    names: COST_COLUMN_NAMES,
  });
  return {
    name: report.report,
    columns,
    rows: report.rows,
    beside: [
      totalBeside(columns, report.total, { additive: report.additive, formula: report.formula }),
      tieOutBeside(report.tieOut, 'costUsd'),
    ],
    next: report.next,
  };
}
