import { FOCUS_COLUMNS, focusCsv, focusCsvHeader, type FocusKind, type FocusRow } from '#focus';
import type { Column, ColumnKind } from './columns-of.ts';
import { parquetFile } from './parquet-file.ts';

const KINDS: Readonly<Record<FocusKind, ColumnKind>> = {
  text: 'text',
  decimal: 'decimal',
  integer: 'integer',
  time: 'time',
  json: 'json',
};
const COLUMNS = FOCUS_COLUMNS.map(([name, kind]): Column<FocusRow> => ({
  name,
  kind: KINDS[kind],
  valueOf: (row) => row[name],
}));

type Pages = AsyncIterable<readonly FocusRow[]>;

async function* csv(pages: Pages): AsyncGenerator<string> {
  yield focusCsvHeader();
  for await (const page of pages) yield focusCsv(page);
}

async function* ndjson(pages: Pages): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** How a FOCUS file is written, page by page: what was written is never needed again. */
export const FOCUS_FORMATS = {
  csv: { type: 'text/csv; charset=utf-8', write: csv },
  ndjson: { type: 'application/x-ndjson', write: ndjson },
  parquet: {
    type: 'application/vnd.apache.parquet',
    write: (pages: Pages) =>
      parquetFile(COLUMNS, pages, { focus: JSON.stringify({ version: '1.2', dataset: 'CostAndUsage' }) }),
  },
} as const;
