import type { Client } from '../connection/database.ts';

/** The price rows with these ids, as stored; the tenant's own and shipped ones. */
export async function readPricesById(
  client: Client,
  tenantId: bigint,
  priceIds: readonly string[],
): Promise<{ readonly priceId: string; readonly rule: unknown }[]> {
  const { rows } = await client.query<{ price_id: string; rule: unknown }>(
    `SELECT price_id, rule FROM prices WHERE tenant_id IN (0, $1) AND price_id = ANY ($2::uuid[])`,
    [tenantId, priceIds],
  );
  return rows.map((row) => ({ priceId: row.price_id, rule: row.rule }));
}
