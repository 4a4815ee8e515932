import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { RejectedInput } from '#model';
import { CsvError, parse } from 'csv-parse';

/** One record of a file: the line it began on, from 1, and its values or what is wrong with it. */
export type ImportLine =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly refusal: RejectedInput };

export interface ImportLimits {
  readonly fileBytes: number;
  readonly lineBytes: number;
}

/**
 * Records of a newline-delimited JSON file, as they arrive; empty lines are passed over.
 * @throws RejectedInput `too_large` past the limit of the file; records before it have been handed out
 */
export async function* readNdjson(body: Readable, limits: ImportLimits): AsyncGenerator<ImportLine> {
  let line = 0;
  for await (const text of readLines(body, limits)) {
    line += 1;
    if (text === null) yield { line, refusal: tooLong(limits) };
    else if (text.trim() !== '') yield parseJson(text, line);
  }
}

function parseJson(text: string, line: number): ImportLine {
  try {
    return { line, value: JSON.parse(text) as unknown };
  } catch {
    return { line, refusal: new RejectedInput('invalid', 'is not JSON') };
  }
}

const tooLong = (limits: ImportLimits) =>
  new RejectedInput('too_large', `a line has at most ${limits.lineBytes} bytes`);

/** Lines without their ends; null for one over the limit. Never holds more than one line of the limit. */
async function* readLines(body: Readable, limits: ImportLimits): AsyncGenerator<string | null> {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let isSkipping = false;
  for await (const text of countBytes(body, limits, decoder)) {
    const pieces = text.split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (!isSkipping) pending += piece;
      if (pending.length > limits.lineBytes) {
        isSkipping = true;
        pending = '';
      }
      if (index === pieces.length - 1) break;
      yield isSkipping ? null : pending;
      pending = '';
      isSkipping = false;
    }
  }
  if (isSkipping) yield null;
  else if (pending !== '') yield pending;
}

async function* countBytes(
  body: Readable,
  limits: ImportLimits,
  decoder: StringDecoder,
): AsyncGenerator<string> {
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += buffer.length;
    if (bytes > limits.fileBytes)
      throw new RejectedInput('too_large', `a file has at most ${limits.fileBytes} bytes`);
    yield decoder.write(buffer);
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
}

/** Columns of a CSV file; further ones are `data.<name>`. */
export interface ImportColumns {
  readonly known: readonly string[];
  readonly required: readonly string[];
}

/**
 * Records of a CSV file (RFC 4180, UTF-8, a header line), as they arrive; each is an object of texts by column.
 * A record with another number of cells is refused alone.
 *
 * @throws RejectedInput for a header with an unknown or missing column, a quote that is not closed, a record or a
 *   file past its limit; records before it have been handed out
 */
export async function* readCsvRecords(
  body: Readable,
  limits: ImportLimits,
  columns: ImportColumns,
): AsyncGenerator<ImportLine> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: limits.lineBytes,
  });
  pipeline(countBytes(body, limits, new StringDecoder('utf8')), parser).catch(() => {
    // The parser is destroyed with the same error, and reading it below throws it.
  });
  let header: string[] | null = null;
  // The parser counts a CR LF inside quotes as two lines, and a record where it ends, not where it begins.
  let doubled = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      const text = record.join();
      doubled += text.split('\r\n').length - 1;
      const line = info.lines - doubled - (text.split('\n').length - 1);
      if (header === null) header = checkHeader(record, columns);
      else if (record.length !== header.length)
        yield { line, refusal: new RejectedInput('invalid', 'has another number of cells than the header') };
      else yield { line, value: Object.fromEntries(header.map((name, index) => [name, record[index]])) };
    }
  } catch (error) {
    throw error instanceof CsvError ? new RejectedInput('invalid', error.message) : error;
  }
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function checkHeader(cells: readonly string[], columns: ImportColumns): string[] {
  const names = cells.map((name) => name.trim());
  const unknown = names.find((name) => !columns.known.includes(name) && !/^data\../.test(name));
  const refuse = (message: string): never => {
    throw new RejectedInput('invalid', message, 'header');
  };
  if (unknown !== undefined)
    refuse(`${JSON.stringify(unknown)} is no column: ${columns.known.join(', ')}, data.<name>`);
  const missing = columns.required.find((name) => !names.includes(name));
  if (missing !== undefined) refuse(`lacks the column ${missing}`);
  if (new Set(names).size !== names.length) refuse('names a column twice');
  return names;
}
