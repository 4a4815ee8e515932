import type { Queryable } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/** Entries `first` to `first + count - 1` of a log, as far as they exist, in order. */
export async function readEntries(
  db: Queryable,
  tenantId: bigint,
  first: number,
  count: number,
  log: LogName = 'evidence',
): Promise<Buffer[]> {
  const { rows } = await db.query<{ entry: Buffer }>({
    name: `read-entries-${log}`,
    text: `SELECT entry FROM ${LOG_TABLES[log].leaves} WHERE tenant_id = $1 AND idx >= $2::bigint AND idx < $2::bigint + $3::bigint ORDER BY idx`,
    values: [tenantId, first, count],
  });
  return rows.map(({ entry }) => entry);
}
