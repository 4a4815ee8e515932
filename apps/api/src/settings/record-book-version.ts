import { readPriceBooks, recordPriceBook, type Client, type PriceBookVersion, type PriceList } from '#store';
import type { z } from 'zod';
import { formatWireTime } from '../wire.ts';
import type { BookVersionView } from './price-book-bodies.ts';

/**
 * Records the next version of a book of the tenant, in the caller's transaction; see `recordPriceBook`.
 *
 * @returns the version as it stands; null where the book already says so
 */
export async function recordBookVersion(
  client: Client,
  list: PriceList,
  expectedRoot: Buffer | null = null,
): Promise<PriceBookVersion | null> {
  const recorded = await recordPriceBook(client, list, expectedRoot);
  if (recorded === null) return null;
  const books = await readPriceBooks(client, list.tenantId);
  return books.find(
    ({ tenantId, book, version }) =>
      tenantId === list.tenantId && book === list.book && version === recorded.version,
  )!;
}

export const toBookView = (book: PriceBookVersion): z.infer<typeof BookVersionView> => ({
  book: book.book,
  version: book.version,
  isShipped: book.tenantId === 0n,
  source: book.source,
  rowCount: book.rowCount,
  root: book.root.toString('base64'),
  createdAt: formatWireTime(book.createdAtUs),
  createdBy: book.createdBy,
});
