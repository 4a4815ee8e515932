import type { StoredTransaction } from '#store';
import type { TableFormat } from './file-format.ts';
import { JOURNAL_COLUMNS, rowsOfTransaction, type JournalRow } from './journal-formats.ts';
import { writeTable } from './write-table.ts';

/** The journal with a row an entry, in the formats of tables. */
export async function* journalFile(
  pages: AsyncIterable<readonly StoredTransaction[]>,
  format: TableFormat,
): AsyncGenerator<string | Uint8Array> {
  const rows = async function* (): AsyncGenerator<JournalRow[]> {
    for await (const page of pages) yield page.flatMap(rowsOfTransaction);
  };
  yield* writeTable(JOURNAL_COLUMNS, rows(), format);
}
