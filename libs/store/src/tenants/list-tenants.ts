import type { Queryable } from '../connection/database.ts';

/** All tenants, by id. */
export async function listTenants(
  db: Queryable,
): Promise<{ readonly tenantId: bigint; readonly slug: string }[]> {
  const { rows } = await db.query<{ tenant_id: bigint; slug: string }>(
    'SELECT tenant_id, slug FROM tenants ORDER BY tenant_id',
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, slug: row.slug }));
}
