import { priceRowSchema, type PriceRow } from '#pricing';
import type { Queryable } from '../connection/database.ts';

/** Owner of the shipped price rows. */
export const SHIPPED_PRICES = 0n;

/**
 * Every price row of these owners, of all versions, ordered by price id: `[SHIPPED_PRICES, tenantId]` is all that
 * can price usage of a tenant. `buildPriceIndex` picks those that count.
 *
 * Reading the shipped rows takes half a second (each is checked by its schema), so who reads for many tenants
 * reads them once.
 *
 * @throws ZodError where a stored row is not one (written past `recordPriceBook`)
 */
export async function readPriceRows(db: Queryable, owners: readonly bigint[]): Promise<PriceRow[]> {
  const { rows } = await db.query<{ rule: unknown }>({
    name: 'read-price-rows',
    text: `SELECT rule FROM prices WHERE tenant_id = ANY ($1::bigint[]) ORDER BY price_id`,
    values: [owners],
  });
  return rows.map((row) => priceRowSchema.parse(row.rule));
}
