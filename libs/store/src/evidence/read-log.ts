import type { Queryable } from '../connection/database.ts';

/** @returns name and verification keys of a tenant's log; null where it has not begun */
export async function readLog(
  db: Queryable,
  tenantId: bigint,
): Promise<{ origin: string; vkeys: string[] } | null> {
  const { rows } = await db.query<{ origin: string; vkeys: string[] }>({
    name: 'read-log',
    text: 'SELECT origin, vkeys FROM log_heads WHERE tenant_id = $1',
    values: [tenantId],
  });
  return rows[0] ?? null;
}
