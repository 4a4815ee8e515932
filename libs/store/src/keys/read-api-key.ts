import type { Queryable } from '../connection/database.ts';
import { API_KEY_COLUMNS, API_KEY_TABLES, toApiKey, type ApiKey, type ApiKeyRow } from './api-key.ts';

/**
 * The key whose text has this SHA-256, over all tenants (its tenant is what is asked for).
 * @returns null when there is none or it was revoked
 */
export async function readApiKey(db: Queryable, secretHash: Uint8Array): Promise<ApiKey | null> {
  const { rows } = await db.query<ApiKeyRow>(
    `SELECT ${API_KEY_COLUMNS} FROM ${API_KEY_TABLES} WHERE k.secret_hash = $1 AND k.revoked_at IS NULL`,
    [secretHash],
  );
  return rows[0] === undefined ? null : toApiKey(rows[0]);
}
