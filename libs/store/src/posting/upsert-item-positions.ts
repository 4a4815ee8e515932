import type { LedgerTransaction } from '#model';
import type { Queryable } from '../connection/database.ts';

/** Cost lines and the used part of pools, by work item: the third digit tells them from what calls of agents cost. */
const ITEM_ACCOUNTS = /^5[1234]10:/;

/** Moves the positions of work items by exactly what the entries say; one back at 0 stays as a row. */
export async function upsertItemPositions(
  db: Queryable,
  tenantId: bigint,
  transactions: readonly LedgerTransaction[],
): Promise<void> {
  const moves = new Map<string, { key: readonly [string, string, string, string]; amount: bigint }>();
  for (const { postingId, entries } of transactions) {
    for (const { workItemRef, account, asset, amount } of entries) {
      if (workItemRef === null || !ITEM_ACCOUNTS.test(account)) continue;
      const key = [workItemRef, postingId, account, asset] as const;
      const known = moves.get(key.join('\n'));
      if (known === undefined) moves.set(key.join('\n'), { key, amount });
      else known.amount += amount;
    }
  }
  if (moves.size === 0) return;
  const sorted = [...moves].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, move]) => move);
  await db.query({
    name: 'upsert-item-positions',
    text: `
INSERT INTO item_positions AS p (tenant_id, ref, posting_id, account, asset, amount)
SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::numeric[])
ON CONFLICT (tenant_id, ref, posting_id, account, asset) DO UPDATE SET amount = p.amount + excluded.amount`,
    values: [
      tenantId,
      sorted.map(({ key }) => key[0]),
      sorted.map(({ key }) => key[1]),
      sorted.map(({ key }) => key[2]),
      sorted.map(({ key }) => key[3]),
      sorted.map(({ amount }) => amount),
    ],
  });
}
