import type { Client } from '../connection/database.ts';

/** Newest version of every price book the tenant can see, the shipped ones included, by book. */
export async function readPriceBookVersions(
  client: Client,
  tenantId: bigint,
): Promise<Record<string, number>> {
  const { rows } = await client.query<{ book: string; version: number }>(
    `SELECT book, max(version) AS version FROM price_books WHERE tenant_id IN (0, $1) GROUP BY book ORDER BY book`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ book, version }) => [book, version]));
}
