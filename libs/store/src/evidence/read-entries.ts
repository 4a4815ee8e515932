import type { Queryable } from '../connection/database.ts';

/** Entries `first` to `first + count - 1` of a log, as far as they exist, in order. */
export async function readEntries(
  db: Queryable,
  tenantId: bigint,
  first: number,
  count: number,
): Promise<Buffer[]> {
  const { rows } = await db.query<{ entry: Buffer }>({
    name: 'read-entries',
    text: `SELECT entry FROM leaves WHERE tenant_id = $1 AND idx >= $2::bigint AND idx < $2::bigint + $3::bigint ORDER BY idx`,
    values: [tenantId, first, count],
  });
  return rows.map(({ entry }) => entry);
}
