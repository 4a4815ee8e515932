/** Formats that any table is written in; the journal has two more. */
export const FILE_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type TableFormat = (typeof FILE_FORMATS)[number];

export const FILE_TYPES: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};
