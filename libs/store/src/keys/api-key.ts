import type { Role } from './roles.ts';

/** Who a key speaks for. The secret itself is not stored, only its SHA-256. */
export interface ApiKey {
  readonly tenantId: bigint;
  readonly tenantSlug: string;
  readonly keyId: string;
  readonly principalId: string;
  readonly principalName: string;
  readonly roles: readonly Role[];
  /** For the role outcomes: the CloudEvents sources it may speak for; null = all. */
  readonly sources: readonly string[] | null;
  /** For the role outcomes: the kinds of work item it may speak for; null = all. */
  readonly kinds: readonly string[] | null;
  /** Made by the start-up from OL_BOOTSTRAP_KEY: leaves made by it are marked. */
  readonly isBootstrap: boolean;
  readonly createdAtUs: bigint;
  readonly revokedAtUs: bigint | null;
}

export interface ApiKeyRow {
  tenant_id: bigint;
  slug: string;
  key_id: string;
  principal_id: string;
  name: string;
  roles: Role[];
  sources: string[] | null;
  kinds: string[] | null;
  is_bootstrap: boolean;
  created_at: bigint;
  revoked_at: bigint | null;
}

export const API_KEY_COLUMNS = `k.tenant_id, t.slug, k.key_id, k.principal_id, p.name, k.roles, k.sources, k.kinds,
  k.is_bootstrap, k.created_at, k.revoked_at`;

export const API_KEY_TABLES = `api_keys k
  JOIN tenants t ON t.tenant_id = k.tenant_id
  JOIN principals p ON p.tenant_id = k.tenant_id AND p.principal_id = k.principal_id`;

export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    tenantId: row.tenant_id,
    tenantSlug: row.slug,
    keyId: row.key_id,
    principalId: row.principal_id,
    principalName: row.name,
    roles: row.roles,
    sources: row.sources,
    kinds: row.kinds,
    isBootstrap: row.is_bootstrap,
    createdAtUs: row.created_at,
    revokedAtUs: row.revoked_at,
  };
}
