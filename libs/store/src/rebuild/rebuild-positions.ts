import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Client, Queryable } from '../connection/database.ts';

/** Ids of the tenant's postings after one, ascending; 32 hex digits. */
export async function readPostingIdsAfter(
  db: Queryable,
  tenantId: bigint,
  afterPostingId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ posting_id: string }>(
    'SELECT posting_id FROM postings WHERE tenant_id = $1 AND posting_id > $2::uuid ORDER BY posting_id LIMIT $3',
    [tenantId, afterPostingId, limit],
  );
  return rows.map((row) => traceIdFromUuid(row.posting_id));
}

const POSITIONS = `
INSERT INTO positions AS p (tenant_id, posting_id, attempt_id, account, asset, usage_day, amount)
SELECT tenant_id, posting_id, coalesce(attempt_id, '00000000-0000-0000-0000-000000000000'), account, asset, usage_day, sum(amount)
  FROM ledger_entries WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]) GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (tenant_id, posting_id, attempt_id, account, asset, usage_day) DO UPDATE SET amount = excluded.amount
 WHERE p.amount <> excluded.amount`;

const ITEM_POSITIONS = `
INSERT INTO item_positions AS p (tenant_id, ref, posting_id, account, asset, amount)
SELECT tenant_id, work_item_ref, posting_id, account, asset, sum(amount)
  FROM ledger_entries
 WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]) AND work_item_ref IS NOT NULL AND account ~ '^5[1234]10:'
 GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (tenant_id, ref, posting_id, account, asset) DO UPDATE SET amount = excluded.amount
 WHERE p.amount <> excluded.amount`;

/**
 * Makes the positions of postings again from their entries, in the caller's transaction that holds them
 * (`holdPostings`). A position back at 0 stays as a row, as posting leaves it.
 *
 * @returns how many were missing or other than they are now
 */
export async function rebuildPositions(
  client: Client,
  tenantId: bigint,
  postingIds: readonly string[],
): Promise<number> {
  let changed = 0;
  for (const sql of [POSITIONS, ITEM_POSITIONS])
    changed += (await client.query(sql, [tenantId, postingIds])).rowCount ?? 0;
  return changed;
}

/** A position is written with its entries, so one without any is nobody's, whatever is posted meanwhile. */
const STRAY = [
  `DELETE FROM positions p WHERE tenant_id = $1 AND NOT EXISTS (
     SELECT FROM ledger_entries e WHERE e.tenant_id = $1 AND e.posting_id = p.posting_id AND e.account = p.account
        AND e.asset = p.asset AND e.usage_day = p.usage_day AND coalesce(e.attempt_id, '00000000-0000-0000-0000-000000000000') = p.attempt_id)`,
  `DELETE FROM item_positions p WHERE tenant_id = $1 AND NOT EXISTS (
     SELECT FROM ledger_entries e WHERE e.tenant_id = $1 AND e.posting_id = p.posting_id AND e.account = p.account
        AND e.asset = p.asset AND e.work_item_ref = p.ref)`,
];

/** Removes positions that no entry is behind. @returns how many */
export async function removeStrayPositions(client: Client, tenantId: bigint): Promise<number> {
  let removed = 0;
  for (const sql of STRAY) removed += (await client.query(sql, [tenantId])).rowCount ?? 0;
  return removed;
}
