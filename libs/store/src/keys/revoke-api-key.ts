import type { Queryable } from '../connection/database.ts';

/**
 * Ends a key from now on; its row stays, because what it did stays attributed to it. Idempotent.
 * @returns whether the tenant has such a key
 */
export async function revokeApiKey(db: Queryable, tenantId: bigint, keyId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE api_keys SET revoked_at = COALESCE(revoked_at, now()) WHERE tenant_id = $1 AND key_id = $2`,
    [tenantId, keyId],
  );
  return rowCount === 1;
}
