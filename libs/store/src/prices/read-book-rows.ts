import { priceRowSchema, type PriceRow } from '#pricing';
import type { Queryable } from '../connection/database.ts';

/** Every row of one book of a tenant (0 = shipped), of all versions up to `version` (null = all), by price id. */
export async function readBookRows(
  db: Queryable,
  tenantId: bigint,
  book: string,
  version: number | null = null,
): Promise<PriceRow[]> {
  const { rows } = await db.query<{ rule: unknown }>(
    `SELECT rule FROM prices
     WHERE tenant_id = $1 AND book = $2 AND version <= coalesce($3::integer, version) ORDER BY price_id`,
    [tenantId, book, version],
  );
  return rows.map((row) => priceRowSchema.parse(row.rule));
}
