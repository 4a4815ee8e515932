import type { CostRow } from './cost-row.ts';
import type { CostReport } from './cost-per-outcome.ts';

/** One JSON object a line: rows, the total, then the tie-out, each with its `record`. */
export function toNdjson(report: CostReport): string {
  const lines = [
    ...report.rows.map((row) => ({ record: 'row', ...row })),
    { record: 'total', ...report.total, additive: report.additive },
    { record: 'tieOut', ...report.tieOut },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const FIGURES = [
  'workItems',
  'attempts',
  'outcomes',
  'costUsd',
  'costPerOutcomeUsd',
  'directCostUsd',
  'directCostPerOutcomeUsd',
  'failedAttemptCostUsd',
  'noOutcomeCostUsd',
  'loadedCostUsd',
  'loadedCostPerOutcomeUsd',
  'unpricedCalls',
  'attemptsWithoutUsage',
  'unmatchedOutcomes',
  'grade',
  'bound',
] as const satisfies readonly (keyof CostRow)[];
const NESTED = ['pendingItems', 'pendingCostUsd', 'pricedCoverage', 'linkedCoverage', 'reconciledCoverage'];

/**
 * RFC 4180 text with a header: the rows, the total, and one line per amount of the tie-out (`record` and `note`
 * say which). An unknown figure is an empty cell, never 0.
 */
export function toCsv(report: CostReport): string {
  const keys = Object.keys(report.rows[0]?.group ?? report.total.group);
  const header = ['record', ...keys, ...FIGURES, ...NESTED, 'note'];
  const line = (record: string, row: CostRow): unknown[] => [
    record,
    ...keys.map((key) => row.group[key]),
    ...FIGURES.map((figure) => row[figure]),
    row.pending?.items,
    row.pending?.costUsd,
    row.coverage.priced,
    row.coverage.linked,
    row.coverage.reconciled,
    '',
  ];
  const costColumn = header.indexOf('costUsd');
  const tie = (note: string, amount: string): unknown[] =>
    header.map((_, index) =>
      index === 0 ? 'tieOut' : index === costColumn ? amount : index === header.length - 1 ? note : '',
    );
  const { tieOut } = report;
  const lines = [
    header,
    ...report.rows.map((row) => line('row', row)),
    line('total', report.total),
    tie('metered in the period', tieOut.meteredUsd),
    tie('in scope', tieOut.inScopeUsd),
    ...tieOut.exclusions.map(({ reason, amountUsd }) => tie(`excluded: ${reason}`, amountUsd)),
    tie('from other periods', tieOut.fromOtherPeriodsUsd),
    ...(tieOut.billedUsd === null ? [] : [tie('billed', tieOut.billedUsd)]),
    ...Object.entries(tieOut.variance ?? {}).map(([kind, amount]) => tie(`variance: ${kind}`, amount)),
    tie(tieOut.line, tieOut.reportUsd),
  ];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** Group values come from spans: what a spreadsheet would run as a formula is kept as text. */
export function cell(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
