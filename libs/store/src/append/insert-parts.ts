import type { AppendSession } from './append-session.ts';
import type { Part } from './batch.ts';

const RESOURCES = `
INSERT INTO resources (tenant_id, resource_id, bytes)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[]) ON CONFLICT (tenant_id, resource_id) DO NOTHING`;
const SCOPES = `
INSERT INTO scopes (tenant_id, scope_id, bytes)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[]) ON CONFLICT (tenant_id, scope_id) DO NOTHING`;

/** Stores resources that may be new. Idempotent; sorted by key, so that two transactions do not deadlock on them. */
export async function insertResources(session: AppendSession, parts: readonly Part[]): Promise<void> {
  if (parts.length > 0) await session.query('insert_resources', RESOURCES, columns(parts));
}

/** Stores scopes that may be new. Idempotent, sorted likewise. */
export async function insertScopes(session: AppendSession, parts: readonly Part[]): Promise<void> {
  if (parts.length > 0) await session.query('insert_scopes', SCOPES, columns(parts));
}

function columns(parts: readonly Part[]): unknown[] {
  const sorted = [...parts].sort((a, b) =>
    a.tenantId === b.tenantId ? (a.id < b.id ? -1 : 1) : a.tenantId < b.tenantId ? -1 : 1,
  );
  return [
    sorted.map((part) => part.tenantId),
    sorted.map((part) => part.id),
    sorted.map((part) => part.bytes),
  ];
}
