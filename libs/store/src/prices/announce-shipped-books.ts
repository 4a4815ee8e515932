import type { Client } from '../connection/database.ts';
import { insertEvidence } from '../posting/evidence-rows.ts';
import { priceBookLeaf } from './price-book-leaf.ts';
import { readPriceBooks } from './read-price-books.ts';

/**
 * Puts the leaves of all versions of the shipped books into the log of a tenant that was just made, in the
 * transaction that makes it: later versions reach it by `insertPriceBook`. Not idempotent.
 */
export async function announceShippedBooks(
  client: Client,
  tenantId: bigint,
  recordedAtUs: bigint,
): Promise<void> {
  const shipped = (await readPriceBooks(client, tenantId)).filter((book) => book.tenantId === 0n);
  const rows = shipped.map((head) => ({
    kind: 'price.book',
    subjectId: `${head.book}@${head.version}`,
    body: priceBookLeaf(head, recordedAtUs),
  }));
  await insertEvidence(client, tenantId, rows, recordedAtUs);
}
