import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';

/**
 * First statement of every posting: moves each posting to its next version and holds its row until the end of
 * the transaction, so that two facts about one trace are posted one after the other, and what is read after
 * this is what the earlier one left. Rows are taken in id order: no deadlock between posters.
 *
 * @returns the new version by posting id (32 hex digits); 1 = nothing was ever posted
 */
export async function advancePostings(
  db: Queryable,
  tenantId: bigint,
  postingIds: readonly string[],
): Promise<Map<string, bigint>> {
  const { rows } = await db.query<{ posting_id: string; version: bigint }>({
    name: 'advance-postings',
    text: `
INSERT INTO postings AS p (tenant_id, posting_id, version)
SELECT $1, id, 1 FROM unnest($2::uuid[]) AS t (id) ORDER BY id
ON CONFLICT (tenant_id, posting_id) DO UPDATE SET version = p.version + 1
RETURNING posting_id, version`,
    values: [tenantId, [...postingIds].sort()],
  });
  return new Map(rows.map((row) => [traceIdFromUuid(row.posting_id), row.version]));
}
