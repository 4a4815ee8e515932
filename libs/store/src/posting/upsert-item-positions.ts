import type { LedgerTransaction } from '#model';
import type { Queryable } from '../connection/database.ts';
import { sumMoves } from './sum-moves.ts';

/** Cost lines and the used part of pools, by work item: the third digit tells them from what calls of agents cost. */
const ITEM_ACCOUNTS = /^5[1234]10:/;

/** Moves the positions of work items by exactly what the entries say; one back at 0 stays as a row. */
export async function upsertItemPositions(
  db: Queryable,
  tenantId: bigint,
  transactions: readonly LedgerTransaction[],
): Promise<void> {
  const moves = sumMoves(transactions, (postingId, { workItemRef, account, asset }) =>
    workItemRef === null || !ITEM_ACCOUNTS.test(account) ? null : [workItemRef, postingId, account, asset],
  );
  if (moves.length === 0) return;
  await db.query({
    name: 'upsert-item-positions',
    text: `
INSERT INTO item_positions AS p (tenant_id, ref, posting_id, account, asset, amount)
SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::numeric[])
ON CONFLICT (tenant_id, ref, posting_id, account, asset) DO UPDATE SET amount = p.amount + excluded.amount`,
    values: [
      tenantId,
      moves.map(({ key }) => key[0]),
      moves.map(({ key }) => key[1]),
      moves.map(({ key }) => key[2]),
      moves.map(({ key }) => key[3]),
      moves.map(({ amount }) => amount),
    ],
  });
}
