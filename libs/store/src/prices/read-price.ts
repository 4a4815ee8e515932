import { priceRowSchema, type PriceRow } from '#pricing';
import type { Queryable } from '../connection/database.ts';

/** @returns the price row a charge names, the tenant's own or a shipped one; null where there is none */
export async function readPrice(db: Queryable, tenantId: bigint, priceId: string): Promise<PriceRow | null> {
  const { rows } = await db.query<{ rule: unknown }>(
    `SELECT rule FROM prices WHERE tenant_id IN (0, $1) AND price_id = $2::uuid`,
    [tenantId, priceId],
  );
  return rows[0] === undefined ? null : priceRowSchema.parse(rows[0].rule);
}
