import { cell } from './render-report.ts';
import type { ReportedCostReport } from './reported-cost.ts';
import type { ReportedCostRow } from './reported-cost-row.ts';

/** One JSON object a line: rows, the total, then the exclusions, each with its `record`. */
export function reportedCostNdjson(report: ReportedCostReport): string {
  const lines = [
    ...report.rows.map((row) => ({ record: 'row', ...row })),
    { record: 'total', ...report.total, additive: report.additive },
    ...report.excluded.map((each) => ({ record: 'excluded', ...each })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const FIGURES = [
  'calls',
  'reportedUsd',
  'comparedCalls',
  'comparedReportedUsd',
  'computedUsd',
  'differenceUsd',
  'relativeDifference',
  'callsOffByMoreThan5Percent',
  'notComparedCalls',
  'notComparedReportedUsd',
  'zeroReportedWithTokens',
];

/** RFC 4180 text with a header: rows, total, exclusions (`record` and `note` say which). Unknown is an empty cell. */
export function reportedCostCsv(report: ReportedCostReport): string {
  const keys = Object.keys(report.rows[0]?.group ?? {});
  const line = (record: string, row: ReportedCostRow): unknown[] => [
    record,
    ...keys.map((key) => row.group[key]),
    row.calls,
    row.reportedUsd,
    row.compared.calls,
    row.compared.reportedUsd,
    row.compared.computedUsd,
    row.compared.differenceUsd,
    row.compared.relativeDifference,
    row.compared.callsOffByMoreThan5Percent,
    row.notCompared.calls,
    row.notCompared.reportedUsd,
    row.zeroReportedWithTokens,
    '',
  ];
  const lines = [
    ['record', ...keys, ...FIGURES, 'note'],
    ...report.rows.map((row) => line('row', row)),
    line('total', report.total),
    ...report.excluded.map(({ reason, claims, reportedUsd }) => [
      'excluded',
      ...keys.map(() => ''),
      claims,
      reportedUsd,
      ...FIGURES.slice(2).map(() => ''),
      reason,
    ]),
  ];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}
