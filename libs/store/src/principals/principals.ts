import { RejectedInput } from '#model';
import type { Client } from '../connection/database.ts';

/** A person or system that keys belong to. */
export interface PrincipalRow {
  readonly principalId: string;
  readonly name: string;
  readonly createdAtUs: bigint;
}

/** All principals of the tenant, by name. */
export async function listPrincipals(client: Client, tenantId: bigint): Promise<PrincipalRow[]> {
  const { rows } = await client.query<{ principal_id: string; name: string; created_at: bigint }>(
    `SELECT principal_id, name, created_at FROM principals WHERE tenant_id = $1 ORDER BY name`,
    [tenantId],
  );
  return rows.map((row) => ({ principalId: row.principal_id, name: row.name, createdAtUs: row.created_at }));
}

/** @throws RejectedInput `conflict` when the tenant has a principal of that name */
export async function insertPrincipal(
  client: Client,
  tenantId: bigint,
  principalId: string,
  name: string,
): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO principals (tenant_id, principal_id, name) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, name) DO NOTHING`,
    [tenantId, principalId, name],
  );
  if (rowCount === 0) throw new RejectedInput('conflict', `there is a principal ${name} already`, 'name');
}
