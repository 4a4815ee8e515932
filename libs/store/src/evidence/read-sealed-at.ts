import type { Client } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/**
 * When the newest of the first `size` leaves of a log was sealed, microseconds since the epoch.
 *
 * @param size at least 1, and not beyond the log
 */
export async function readSealedAtUs(
  client: Client,
  tenantId: bigint,
  size: number,
  log: LogName = 'evidence',
): Promise<bigint> {
  const { rows } = await client.query<{ sealed_at: bigint }>({
    name: `read-sealed-at-${log}`,
    text: `SELECT (convert_from(entry, 'UTF8')::jsonb ->> 'sealedAt')::timestamptz AS sealed_at
             FROM ${LOG_TABLES[log].leaves} WHERE tenant_id = $1 AND idx = $2`,
    values: [tenantId, size - 1],
  });
  const row = rows[0];
  if (row === undefined) throw new RangeError(`the log has no leaf ${size - 1}`);
  return row.sealed_at;
}
