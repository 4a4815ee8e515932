import type { Column } from './columns-of.ts';
import { csvLine, csvValues } from './csv-text.ts';
import type { TableFormat } from './file-format.ts';
import { parquetFile } from './parquet-file.ts';

/**
 * A table as a file, page by page: what was written is never needed again, and the next page is read when it is asked
 * for.
 */
export async function* writeTable<Row>(
  columns: readonly Column<Row>[],
  pages: AsyncIterable<readonly Row[]>,
  format: TableFormat,
): AsyncGenerator<string | Uint8Array> {
  if (format === 'parquet') yield* parquetFile(columns, pages, {});
  if (format === 'csv') yield csvLine(columns.map(({ name }) => name));
  if (format !== 'parquet')
    for await (const page of pages)
      yield page
        .map((row) => (format === 'csv' ? csvLine(csvValues(columns, row)) : jsonLine(columns, row)))
        .join('');
}

/** A row as a JSON object of all columns; unknown is null. */
export function jsonLine<Row>(columns: readonly Column<Row>[], row: Row): string {
  const fields = columns.map(({ name, valueOf }) => [name, valueOf(row) ?? null] as const);
  return `${JSON.stringify(Object.fromEntries(fields))}\n`;
}
