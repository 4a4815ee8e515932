/** Tables written as files, page by page: CSV, NDJSON, Parquet, and the journals of accounting tools. */
export { columnsOf } from './columns-of.ts';
export type { Column } from './columns-of.ts';
export { csvLine, csvValues } from './csv-text.ts';
export { FILE_FORMATS } from './file-format.ts';
export { FOCUS_FORMATS } from './focus-formats.ts';
export { focusPages } from './focus-pages.ts';
export { journalFile } from './journal-file.ts';
export { JOURNAL_FORMATS } from './journal-formats.ts';
export type { JournalFormat } from './journal-formats.ts';
export { journalPages } from './journal-pages.ts';
export type { JournalQuestion } from './journal-pages.ts';
export { parquetFile } from './parquet-file.ts';
export { tableFile, tableType } from './table-file.ts';
export { formatWireTime } from './wire-time.ts';
