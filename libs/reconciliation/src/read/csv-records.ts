import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { BillLine, ReadBill, RefusedBillLine } from '../bill-line.ts';

/** A record of a CSV file by column, empty cells null, and the line it ends at. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: Readonly<Record<string, string | null>>;
}

/** What csv-parse gives with `info`. */
const parsed = z.array(
  z.object({ info: z.object({ lines: z.int() }), record: z.record(z.string(), z.string()) }),
);

/**
 * Reads CSV (RFC 4180) or tab-separated text with a header line.
 * @throws SyntaxError when it is neither, or a record has another number of cells than the header
 */
export function readCsvRecords(text: string): CsvRecord[] {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  try {
    const records = parsed.parse(
      parse(text, {
        bom: true,
        columns: true,
        info: true,
        skip_empty_lines: true,
        delimiter: header.includes('\t') && !header.includes(',') ? '\t' : ',',
        trim: true,
      }),
    );
    return records.map(({ info, record }) => ({
      line: info.lines,
      cells: Object.fromEntries(
        Object.entries(record).map(([name, cell]) => [name, cell === '' ? null : cell]),
      ),
    }));
  } catch (error) {
    throw new SyntaxError(`not a CSV file: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** What a reader makes of one record: its line, or why it is refused. */
export type ReadRecord =
  { readonly line: Omit<BillLine, 'line'>; readonly isRounded: boolean } | { readonly reason: string };

/**
 * Reads every record with one function; one that cannot be read is refused singly.
 * @throws SyntaxError as `readCsvRecords`
 */
export function readCsvBill(text: string, readRecord: (cells: CsvRecord['cells']) => ReadRecord): ReadBill {
  const lines: BillLine[] = [];
  const refused: RefusedBillLine[] = [];
  let roundedLines = 0;
  for (const { line, cells } of readCsvRecords(text)) {
    const read = readRecord(cells);
    if ('reason' in read) refused.push({ line, reason: read.reason });
    else {
      lines.push({ line, ...read.line });
      if (read.isRounded) roundedLines += 1;
    }
  }
  return { lines, refused, roundedLines, notes: [] };
}
