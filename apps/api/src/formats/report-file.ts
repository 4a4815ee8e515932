import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { csvLine, csvValues, parquetFile, type Column } from '#files';

/** How every report can be asked for. */
export const ReportFormat = z
  .enum(['json', 'csv', 'ndjson', 'parquet'])
  .default('json')
  .meta({
    description:
      'All fields of a row in each. csv: rows, then what stands beside them (`record`, `note`); ndjson: an object a line; ' +
      'parquet: the rows, and what stands beside them in the metadata of the file',
  });
export type FileFormat = Exclude<z.infer<typeof ReportFormat>, 'json'>;

/** Media types of reports, for their descriptions. */
export const REPORT_TYPES = [
  'application/json',
  'text/csv',
  'application/x-ndjson',
  'application/vnd.apache.parquet',
] as const;

/** What stands beside the rows of a report: its total, what was left out, its tie-out. */
export interface BesideRows {
  readonly record: string;
  readonly value: object;
  /** Lines of it in a CSV: values by the name of their column, and what they are. */
  readonly csv: readonly { readonly cells: Readonly<Record<string, unknown>>; readonly note: string }[];
}

/** A report as a table. */
export interface ReportTable<Row extends object> {
  /** Of the file, without an ending. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly beside: readonly BesideRows[];
  /** Cursor of the next page; null = these are all rows. */
  readonly next: string | null;
}

/** The total of a report: in a CSV a line like the rows. */
export const totalBeside = <Row extends object>(
  columns: readonly Column<Row>[],
  total: Row,
  more: object = {},
): BesideRows => ({
  record: 'total',
  value: { ...total, ...more },
  csv: [{ cells: cellsOf(columns, total), note: '' }],
});

function cellsOf<Row extends object>(columns: readonly Column<Row>[], row: Row): Record<string, unknown> {
  const values = csvValues(columns, row);
  return Object.fromEntries(columns.map(({ name }, index) => [name, values[index]]));
}

/** Answers with the report as a file; the next page is named in the header `Link`. */
export function reportFile<Row extends object>(
  reply: FastifyReply,
  format: FileFormat,
  table: ReportTable<Row>,
): StreamableFile | string {
  if (table.next !== null) void reply.header('link', `<?cursor=${table.next}>; rel="next"`);
  if (format === 'csv') {
    void reply.type('text/csv; charset=utf-8');
    return csvOf(table);
  }
  if (format === 'ndjson') {
    void reply.type('application/x-ndjson');
    return ndjsonOf(table);
  }
  const metadata = metadataOf(table.beside);
  return new StreamableFile(Readable.from(parquetFile(table.columns, [table.rows], metadata)), {
    type: 'application/vnd.apache.parquet',
    disposition: `attachment; filename="${table.name}.parquet"`,
  });
}

/** A record that may stand several times beside the rows is a list. */
function metadataOf(beside: readonly BesideRows[]): Record<string, string> {
  const records = [...new Set(beside.map(({ record }) => record))];
  return Object.fromEntries(
    records.map((record) => {
      const values = beside.filter((each) => each.record === record).map(({ value }) => value);
      return [record, JSON.stringify(values.length === 1 ? values[0] : values)];
    }),
  );
}

/** Header, rows, then what stands beside them; `record` and `note` say which a line is. */
export function csvOf<Row extends object>({ columns, rows, beside }: ReportTable<Row>): string {
  return [
    csvLine(['record', ...columns.map(({ name }) => name), 'note']),
    ...rows.map((row) => csvLine(['row', ...csvValues(columns, row), ''])),
    ...beside.flatMap(({ record, csv }) =>
      csv.map(({ cells, note }) => csvLine([record, ...columns.map(({ name }) => cells[name]), note])),
    ),
  ].join('');
}

/** One JSON object a line: rows, then what stands beside them, each with its `record`. */
export function ndjsonOf<Row extends object>({ rows, beside }: ReportTable<Row>): string {
  const lines = [
    ...rows.map((row) => ({ record: 'row', ...row })),
    ...beside.map(({ record, value }) => ({ record, ...value })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
