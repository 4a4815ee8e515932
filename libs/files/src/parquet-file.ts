import { parsePico } from '#model';
import { usFromTimestamp } from '#store';
import { ByteWriter, ParquetWriter, type ColumnSource, type SchemaElement } from 'hyparquet-writer';
import type { Column, ColumnKind } from './columns-of.ts';

/** Rows of one row group: what is held in memory at most, whatever the length of the file. */
const ROWS_PER_GROUP = 8192;
const DAY_MS = 86_400_000;

/**
 * Money is DECIMAL(38, 12): exact, and summed exactly by every reader. A float would not hold it, and text could not be
 * summed. Times are UTC in microseconds.
 */
const TYPES: Readonly<Record<ColumnKind, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  decimal: {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    precision: 38,
    scale: 12,
  },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  day: { type: 'INT32', converted_type: 'DATE' },
};

/**
 * A Parquet file (https://parquet.apache.org/docs/file-format/) made row group by row group, compressed with Snappy.
 *
 * @param pages rows in any portions; a group is written when it is full
 * @param metadata stands in the file's footer, by name
 * @returns the bytes in order; what was yielded is never needed again
 * @throws Error for a value that its column cannot hold exactly
 */
export async function* parquetFile<Row>(
  columns: readonly Column<Row>[],
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  metadata: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter(1 << 16);
  const file = new ParquetWriter({
    writer,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, kind }): SchemaElement => ({
        name,
        repetition_type: 'OPTIONAL',
        ...TYPES[kind],
      })),
    ],
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'outcome-ledger',
  });
  let waiting: Row[] = [];
  for await (const page of pages) {
    waiting = waiting.length === 0 ? [...page] : waiting.concat(page);
    while (waiting.length >= ROWS_PER_GROUP) {
      yield group(file, writer, columns, waiting.slice(0, ROWS_PER_GROUP));
      waiting = waiting.slice(ROWS_PER_GROUP);
    }
  }
  if (waiting.length > 0) yield group(file, writer, columns, waiting);
  await file.finish();
  yield taken(writer);
}

function group<Row>(
  file: ParquetWriter,
  writer: ByteWriter,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Uint8Array {
  const columnData = columns.map((column): ColumnSource => ({
    name: column.name,
    data: rows.map((row) => stored(column, column.valueOf(row))),
  }));
  void file.write({ columnData, rowGroupSize: rows.length });
  return taken(writer);
}

/** Takes the bytes out; where they stand in the file is counted on. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

function stored<Row>({ name, kind }: Column<Row>, value: unknown): string | bigint | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (kind === 'json') return JSON.stringify(value);
  if (kind === 'boolean') return value === true;
  if (kind === 'integer' && (typeof value === 'number' || typeof value === 'bigint')) return BigInt(value);
  if (typeof value === 'string') {
    if (kind === 'text') return value;
    const read =
      kind === 'decimal' ? parsePico(value) : kind === 'time' ? usFromTimestamp(value) : dayOf(value);
    if (read !== null) return read;
  }
  throw new TypeError(`column ${name} cannot hold ${JSON.stringify(value)} as ${kind}`);
}

const dayOf = (day: string): number => Date.parse(day) / DAY_MS;
