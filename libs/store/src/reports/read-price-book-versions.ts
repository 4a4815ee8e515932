import type { Client } from '../connection/database.ts';

/**
 * Newest version of every price book the tenant can see, the shipped ones included, by book.
 *
 * @param size only versions whose leaf is one of the first `size` of the log; null = all there are
 */
export async function readPriceBookVersions(
  client: Client,
  tenantId: bigint,
  size: number | null,
): Promise<Record<string, number>> {
  const { rows } = await client.query<{ book: string; version: number }>(
    `SELECT book, max(version) AS version FROM price_books b
      WHERE tenant_id IN (0, $1)
        AND ($2::bigint IS NULL OR EXISTS (
              SELECT FROM leaves l WHERE l.tenant_id = $1 AND l.subject_id = b.book || '@' || b.version
                 AND l.kind = 'price.book' AND l.idx < $2))
      GROUP BY book ORDER BY book`,
    [tenantId, size],
  );
  return Object.fromEntries(rows.map(({ book, version }) => [book, version]));
}
