import { RejectedInput } from '#model';
import type { Queryable } from '../connection/database.ts';

/** As a DNS label: the slug stands in URLs and in the names of evidence logs. */
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Makes a tenant.
 * @returns its id
 * @throws RejectedInput `invalid` for a slug that breaks the rule, `conflict` for one that is taken
 */
export async function createTenant(db: Queryable, slug: string): Promise<bigint> {
  if (!SLUG.test(slug))
    throw new RejectedInput(
      'invalid',
      'a tenant slug is 1 to 63 of a-z, 0-9 and "-", not beginning with "-"',
      'slug',
    );
  const { rows } = await db.query<{ tenant_id: bigint }>(
    `INSERT INTO tenants (slug) VALUES ($1) ON CONFLICT (slug) DO NOTHING RETURNING tenant_id`,
    [slug],
  );
  if (rows[0] === undefined) throw new RejectedInput('conflict', `there is a tenant ${slug} already`, 'slug');
  return rows[0].tenant_id;
}
