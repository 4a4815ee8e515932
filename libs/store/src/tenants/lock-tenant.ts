import type { Client } from '../connection/database.ts';
import { announceTenant } from './announce-tenant.ts';

/**
 * Finds a tenant by its slug, making it where it is missing, and holds its row until the transaction ends: of several
 * first starts at once the others wait here. The log of a tenant that is made begins with it and the shipped price books.
 *
 * @returns its id
 */
export async function lockTenant(client: Client, slug: string, nowUs: bigint): Promise<bigint> {
  const made = await client.query<{ tenant_id: bigint }>(
    `INSERT INTO tenants (slug) VALUES ($1) ON CONFLICT (slug) DO NOTHING RETURNING tenant_id`,
    [slug],
  );
  if (made.rows[0] !== undefined) await announceTenant(client, made.rows[0].tenant_id, slug, nowUs);
  const { rows } = await client.query<{ tenant_id: bigint }>(
    `SELECT tenant_id FROM tenants WHERE slug = $1 FOR UPDATE`,
    [slug],
  );
  if (rows[0] === undefined) throw new Error(`the tenant ${slug} was removed meanwhile`);
  return rows[0].tenant_id;
}
