import { createHash } from 'node:crypto';
import { canonicalJson } from '#evidence';
import { questionOf, type AskedReport } from './ask-report.ts';
import type { CostRow } from './cost-row.ts';
import type { Figures } from './outcome-figures.ts';
import { pageOfRows } from './report-page.ts';
import type { TieOut } from './tie-out.ts';
import { withBills, type TiedReport } from './tie-report.ts';

/** The values of a row's group in the order of the question; null = the total. */
export type RowGroup = readonly (string | null)[] | null;

/** What every report over outcomes ends with. */
export interface FinishedReport<Row> {
  readonly rows: Row[];
  readonly total: Row;
  readonly additive: boolean;
  readonly next: string | null;
  readonly tieOut: TieOut;
}

/**
 * One page of a report, with the digest over all of its rows.
 * @param finish makes the row that is answered of the figures of a group, as the bills know them
 */
export function finishReport<Row extends Pick<CostRow, 'group' | 'workItems'>>(
  asked: AskedReport,
  tied: TiedReport,
  figures: Figures,
  pageSize: number,
  finish: (row: CostRow, group: RowGroup) => Row,
): FinishedReport<Row> {
  const { groupBy } = asked;
  const rows = figures.rows.map((row) =>
    finish(
      withBills(row, tied),
      groupBy.length === 0 ? null : groupBy.map(({ name }) => row.group[name] ?? null),
    ),
  );
  const total = finish(withBills(figures.total, tied), null);
  const query = questionOf(asked);
  const page = pageOfRows(rows, asked, pageSize);
  const digest = createHash('sha256').update(canonicalJson({ query, rows, total }));
  return {
    rows: page.rows,
    total,
    additive: rows.reduce((sum, row) => sum + row.workItems, 0) === total.workItems,
    next: page.next,
    tieOut: { ...tied.tieOut, query, digest: digest.digest('hex') },
  };
}
