import { addRows, planVersion, type DraftRow, type RevisionMode } from '#pricing';
import type { Client } from '../connection/database.ts';
import { insertPriceBook } from './insert-price-book.ts';
import type { PriceBookHead } from './price-book-leaf.ts';
import { readBookRows } from './read-book-rows.ts';

export interface PriceList {
  readonly tenantId: bigint;
  readonly book: string;
  readonly source: string;
  readonly rows: readonly DraftRow[];
  /**
   * `add`: the rows join the book, and supersede those of the same model, start and tier. Else the book says
   * what the list says and nothing more, see `planVersion`.
   */
  readonly mode: { readonly kind: 'add' } | RevisionMode;
  readonly createdBy: string | null;
  readonly recordedAtUs: bigint;
}

/**
 * Takes a price list into a book as its next version, in the caller's transaction: versions of one book are made
 * one after the other, and only rows that change are stored. Idempotent.
 *
 * @returns the head of the new version; null where the book already says so
 */
export async function recordPriceBook(client: Client, list: PriceList): Promise<PriceBookHead | null> {
  const { tenantId, book, mode } = list;
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `price_books ${tenantId} ${book}`,
  ]);
  const standing = await readBookRows(client, tenantId, book);
  const name = { tenantId: tenantId.toString(), book };
  const plan =
    mode.kind === 'add' ? addRows(standing, list.rows, name) : planVersion(standing, list.rows, name, mode);
  if (plan === null) return null;
  const { source, createdBy, recordedAtUs } = list;
  return insertPriceBook(client, { tenantId, book, source, ...plan, createdBy, recordedAtUs });
}
