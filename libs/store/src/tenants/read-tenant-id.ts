import type { Queryable } from '../connection/database.ts';

/** @returns the id of the tenant with this slug, or null */
export async function readTenantId(db: Queryable, slug: string): Promise<bigint | null> {
  const { rows } = await db.query<{ tenant_id: bigint }>(`SELECT tenant_id FROM tenants WHERE slug = $1`, [
    slug,
  ]);
  return rows[0]?.tenant_id ?? null;
}
