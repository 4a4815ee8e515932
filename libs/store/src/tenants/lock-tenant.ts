import type { Client } from '../connection/database.ts';
import { announceShippedBooks } from '../prices/announce-shipped-books.ts';

/**
 * Finds a tenant by its slug, making it where it is missing, and holds its row until the transaction ends: of several
 * first starts at once the others wait here. A tenant that is made has the shipped price books in its log.
 *
 * @returns its id
 */
export async function lockTenant(client: Client, slug: string, nowUs: bigint): Promise<bigint> {
  const made = await client.query<{ tenant_id: bigint }>(
    `INSERT INTO tenants (slug) VALUES ($1) ON CONFLICT (slug) DO NOTHING RETURNING tenant_id`,
    [slug],
  );
  if (made.rows[0] !== undefined) await announceShippedBooks(client, made.rows[0].tenant_id, nowUs);
  const { rows } = await client.query<{ tenant_id: bigint }>(
    `SELECT tenant_id FROM tenants WHERE slug = $1 FOR UPDATE`,
    [slug],
  );
  if (rows[0] === undefined) throw new Error(`the tenant ${slug} was removed meanwhile`);
  return rows[0].tenant_id;
}
