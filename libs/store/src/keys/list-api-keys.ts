import type { Queryable } from '../connection/database.ts';
import { API_KEY_COLUMNS, API_KEY_TABLES, toApiKey, type ApiKey, type ApiKeyRow } from './api-key.ts';

/** All keys of a tenant, revoked ones too, oldest first. */
export async function listApiKeys(db: Queryable, tenantId: bigint): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKeyRow>(
    `SELECT ${API_KEY_COLUMNS} FROM ${API_KEY_TABLES} WHERE k.tenant_id = $1 ORDER BY k.created_at, k.key_id`,
    [tenantId],
  );
  return rows.map(toApiKey);
}
