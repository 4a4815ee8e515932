import type { Queryable } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/** @returns name and verification keys of a tenant's log; null where it has not begun */
export async function readLog(
  db: Queryable,
  tenantId: bigint,
  log: LogName = 'evidence',
): Promise<{ origin: string; vkeys: string[] } | null> {
  const { rows } = await db.query<{ origin: string; vkeys: string[] }>({
    name: `read-log-${log}`,
    text: `SELECT origin, vkeys FROM ${LOG_TABLES[log].heads} WHERE tenant_id = $1`,
    values: [tenantId],
  });
  return rows[0] ?? null;
}
