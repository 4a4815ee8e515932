import type { Client } from '../connection/database.ts';

/**
 * Finds a tenant by its slug, making it where it is missing, and holds its row until the transaction ends: of several
 * first starts at once the others wait here.
 * @returns its id
 */
export async function lockTenant(client: Client, slug: string): Promise<bigint> {
  await client.query(`INSERT INTO tenants (slug) VALUES ($1) ON CONFLICT (slug) DO NOTHING`, [slug]);
  const { rows } = await client.query<{ tenant_id: bigint }>(
    `SELECT tenant_id FROM tenants WHERE slug = $1 FOR UPDATE`,
    [slug],
  );
  if (rows[0] === undefined) throw new Error(`the tenant ${slug} was removed meanwhile`);
  return rows[0].tenant_id;
}
