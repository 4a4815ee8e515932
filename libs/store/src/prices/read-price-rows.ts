import { priceRowSchema, type PriceRow } from '#pricing';
import type { Queryable } from '../connection/database.ts';

/**
 * Every price row that can price usage of a tenant: its own and the shipped ones (tenant 0), of all versions,
 * ordered by price id. `buildPriceIndex` picks those that count.
 *
 * @throws ZodError where a stored row is not one (written past `recordPriceBook`)
 */
export async function readPriceRows(db: Queryable, tenantId: bigint): Promise<PriceRow[]> {
  const { rows } = await db.query<{ rule: unknown }>({
    name: 'read-price-rows',
    text: `SELECT rule FROM prices WHERE tenant_id IN (0, $1) ORDER BY price_id`,
    values: [tenantId],
  });
  return rows.map((row) => priceRowSchema.parse(row.rule));
}
