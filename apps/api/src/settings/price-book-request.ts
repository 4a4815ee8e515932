import { Readable } from 'node:stream';
import { RejectedInput } from '#model';
import { MODEL_ALIASES, SELF_HOSTED_RATES } from './kept-books.ts';
import type { ImportedPrices } from '#pricing';
import type { z } from 'zod';
import { PriceBookBody, readBody, readCsv, type PriceBookQuery } from './price-book-bodies.ts';

/** Books that the service itself keeps, and where their rows come from. */
const KEPT: Readonly<Record<string, string>> = {
  [MODEL_ALIASES]: '/v1/model-aliases',
  [SELF_HOSTED_RATES]: '/v1/self-hosted-rates',
};

/** A price list as a request gives it, read and checked, recorded nowhere. */
export interface PriceBookRequest {
  readonly book: string;
  readonly source: string;
  readonly mode: 'add' | 'replace';
  readonly imported: ImportedPrices;
}

/**
 * Reads the body of a price list: JSON of any format, or CSV, which names its book in the query.
 *
 * @param body parsed JSON, or the stream of a text body
 * @throws ZodError or RejectedInput naming the field and the rule
 */
export async function readPriceBookRequest(
  body: unknown,
  query: z.infer<typeof PriceBookQuery>,
  maxBytes: number,
): Promise<PriceBookRequest> {
  const request = await read(body, query, maxBytes);
  const keeper = KEPT[request.book];
  if (keeper !== undefined) throw new RejectedInput('invalid', `is kept by ${keeper}`, 'book');
  return request;
}

async function read(
  body: unknown,
  query: z.infer<typeof PriceBookQuery>,
  maxBytes: number,
): Promise<PriceBookRequest> {
  if (body instanceof Readable) {
    const { book, source, mode } = query;
    if (book === undefined) throw new RejectedInput('invalid', 'names the price book of a CSV body', 'book');
    return { book, source: source ?? 'CSV', mode, imported: readCsv(await readText(body, maxBytes)) };
  }
  const parsed = PriceBookBody.parse(body);
  return { book: parsed.book, source: parsed.source, mode: parsed.mode, imported: readBody(parsed) };
}

async function readText(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += buffer.length;
    if (bytes > maxBytes) throw new RejectedInput('too_large', `a price list has at most ${maxBytes} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}

/** What a price list is named by, whatever it was written as: its rows, and the book they are for. */
export const toPreviewed = (
  {
    book,
    source,
    rows,
  }: { readonly book: string; readonly source: string; readonly rows: readonly unknown[] },
  mode: PriceBookRequest['mode'],
): object => ({ book, source, mode, rows });
