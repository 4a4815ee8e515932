import { priceRowSchema, type PriceRow } from '#pricing';
import type { Queryable } from '../connection/database.ts';

/** Every row of a tenant's books that says what model names mean, of all versions, by price id. */
export async function readAliasRows(db: Queryable, tenantId: bigint): Promise<PriceRow[]> {
  const { rows } = await db.query<{ rule: unknown }>(
    `SELECT rule FROM prices WHERE tenant_id = $1 AND rule ? 'aliasOf' ORDER BY price_id`,
    [tenantId],
  );
  return rows.map((row) => priceRowSchema.parse(row.rule));
}
