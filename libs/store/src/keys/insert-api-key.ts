import { RejectedInput } from '#model';
import type { Client } from '../connection/database.ts';
import type { Role } from './roles.ts';

export interface NewApiKey {
  readonly tenantId: bigint;
  readonly keyId: string;
  /** Used when the tenant has no principal of this name yet. */
  readonly newPrincipalId: string;
  readonly principalName: string;
  readonly secretHash: Uint8Array;
  readonly roles: readonly Role[];
  readonly sources: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly isBootstrap: boolean;
}

/**
 * Stores a key, and its principal where the tenant has none of that name. To be called in a transaction.
 *
 * @returns the principal's id
 * @throws RejectedInput `conflict` when the same secret is stored already
 */
export async function insertApiKey(client: Client, key: NewApiKey): Promise<string> {
  await client.query(
    `INSERT INTO principals (tenant_id, principal_id, name) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, name) DO NOTHING`,
    [key.tenantId, key.newPrincipalId, key.principalName],
  );
  const { rows } = await client.query<{ principal_id: string }>(
    `INSERT INTO api_keys (tenant_id, key_id, principal_id, secret_hash, roles, sources, kinds, is_bootstrap)
     SELECT tenant_id, $3, principal_id, $4, $5, $6, $7, $8 FROM principals WHERE tenant_id = $1 AND name = $2
     ON CONFLICT (secret_hash) DO NOTHING RETURNING principal_id`,
    [
      key.tenantId,
      key.principalName,
      key.keyId,
      key.secretHash,
      key.roles,
      key.sources,
      key.kinds,
      key.isBootstrap,
    ],
  );
  if (rows[0] === undefined) throw new RejectedInput('conflict', 'this key is stored already');
  return rows[0].principal_id;
}
