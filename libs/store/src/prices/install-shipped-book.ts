import { importGenaiPrices } from '#pricing';
import type { Client } from '../connection/database.ts';
import type { PriceBookHead } from './price-book-leaf.ts';
import { recordPriceBook } from './record-price-book.ts';

/** Name of the shipped book; its owner is tenant 0. */
export const SHIPPED_BOOK = 'genai-prices';

/**
 * Brings the shipped price book up to the catalogue of the installed genai-prices package, in the caller's
 * transaction. Idempotent; safe to run from many processes at once. A price that the catalogue changed without a
 * date holds from the UTC day of `recordedAtUs` on: what was used before stays as it was priced.
 *
 * @returns the head of the new version; null where the book already says what the catalogue says
 */
export async function installShippedBook(
  client: Client,
  recordedAtUs: bigint,
): Promise<PriceBookHead | null> {
  // Loaded here and not with the file: it is megabytes that no other process than the one that migrates needs.
  const { waitForUpdate } = await import('@pydantic/genai-prices');
  const { rows } = importGenaiPrices(await waitForUpdate());
  const from = `${new Date(Number(recordedAtUs / 1000n)).toISOString().slice(0, 10)}T00:00:00Z`;
  return recordPriceBook(client, {
    tenantId: 0n,
    book: SHIPPED_BOOK,
    source: 'the catalogue of the npm package @pydantic/genai-prices (MIT)',
    rows,
    mode: { kind: 'prospective', from },
    createdBy: null,
    recordedAtUs,
  });
}
