import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/**
 * The version of the tenant's policy `content` in force at a time.
 *
 * @returns null where the tenant has set none
 */
export async function readContentPolicy(
  db: Queryable,
  tenantId: bigint,
  atUs: bigint,
): Promise<{ readonly version: number; readonly rule: unknown } | null> {
  const { rows } = await db.query<{ version: number; rule: unknown }>({
    name: 'read-content-policy',
    text: `
SELECT version, rule FROM policies
 WHERE tenant_id = $1 AND name = 'content' AND (valid_from IS NULL OR valid_from <= $2) ORDER BY version DESC LIMIT 1`,
    values: [tenantId, timestampFromUs(atUs)],
  });
  return rows[0] ?? null;
}
