import type { Queryable } from '../connection/database.ts';

/** Received bytes of resources and scopes by id. */
export interface Origins {
  readonly resources: ReadonlyMap<string, Buffer>;
  readonly scopes: ReadonlyMap<string, Buffer>;
}

export async function readOrigins(
  db: Queryable,
  tenantId: bigint,
  resourceIds: readonly string[],
  scopeIds: readonly string[],
): Promise<Origins> {
  const { rows } = await db.query<{ place: string; id: string; bytes: Buffer }>({
    name: 'read-origins',
    text: `
SELECT 'resource' AS place, resource_id AS id, bytes FROM resources WHERE tenant_id = $1 AND resource_id = ANY ($2::uuid[])
UNION ALL
SELECT 'scope', scope_id, bytes FROM scopes WHERE tenant_id = $1 AND scope_id = ANY ($3::uuid[])`,
    values: [tenantId, resourceIds, scopeIds],
  });
  const of = (place: string): Map<string, Buffer> =>
    new Map(rows.filter((row) => row.place === place).map((row) => [row.id, row.bytes]));
  return { resources: of('resource'), scopes: of('scope') };
}
