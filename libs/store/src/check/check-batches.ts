import { ledgerBatchRoot } from '#evidence';
import { z } from 'zod';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { readTransactionsOfBatches } from '../reports/read-ledger.ts';
import type { Violation } from './violations.ts';

const batchLeaf = z.object({ transactions: z.object({ count: z.number(), root: z.string() }) });

/** Posting commits that were held against the log and against themselves. */
export interface CheckedBatches {
  readonly violations: readonly Violation[];
  /** Place of the last leaf that was looked at, plus 1; what it was asked for where there was none. */
  readonly nextIndex: number;
  readonly batches: number;
}

/**
 * Holds the posting commits whose leaves stand at or after `fromIndex`: the stored transactions are those that the
 * leaf commits to, each balances per asset, and the positions of the postings they touched are the sums of all their
 * entries. At most `limit` commits, in the order of the log.
 */
export async function checkBatches(
  db: Queryable,
  tenantId: bigint,
  fromIndex: number,
  limit: number,
): Promise<CheckedBatches> {
  const { rows } = await db.query<{ leaf_index: bigint; batch_id: string; entry: Buffer }>({
    name: 'read-batch-leaves',
    text: `
SELECT b.leaf_index, b.batch_id, l.entry
  FROM ledger_batches b JOIN leaves l ON l.tenant_id = b.tenant_id AND l.idx = b.leaf_index
 WHERE b.tenant_id = $1 AND b.leaf_index >= $2 ORDER BY b.leaf_index LIMIT $3`,
    values: [tenantId, fromIndex, limit],
  });
  const last = rows.at(-1);
  if (last === undefined) return { violations: [], nextIndex: fromIndex, batches: 0 };
  const violation = (invariant: string, subject: string, found: string): Violation => ({
    invariant,
    tenantId,
    subject,
    found,
  });
  const violations: Violation[] = [];
  const stored = await readTransactionsOfBatches(
    db,
    tenantId,
    rows.map((row) => row.batch_id),
  );
  for (const { leaf_index: leafIndex, batch_id: batchId, entry } of rows) {
    const transactions = stored.get(batchId) ?? [];
    const leaf = batchLeaf.parse(JSON.parse(entry.toString())).transactions;
    const root = ledgerBatchRoot(transactions).toString('base64');
    if (leaf.count !== transactions.length || leaf.root !== root)
      violations.push(
        violation(
          'stored transactions are those that the log commits to',
          `leaf ${leafIndex}, batch ${batchId}`,
          `${transactions.length} transactions under ${root}, the leaf says ${leaf.count} under ${leaf.root}`,
        ),
      );
    for (const { transactionId, entries } of transactions) {
      for (const [asset, sum] of sumsByAsset(entries))
        if (sum !== 0n)
          violations.push(
            violation('every transaction balances per asset', transactionId, `${asset} ${sum}`),
          );
    }
  }
  const postings = [...stored.values()].flat().map(({ postingId }) => postingId);
  for (const { subject, found } of await wrongPositions(db, tenantId, [...new Set(postings)]))
    violations.push(violation('positions equal the sum of entries', subject, found));
  return { violations, nextIndex: Number(last.leaf_index) + 1, batches: rows.length };
}

function sumsByAsset(entries: readonly { asset: string; amount: bigint }[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { asset, amount } of entries) sums.set(asset, (sums.get(asset) ?? 0n) + amount);
  return sums;
}

async function wrongPositions(
  db: Queryable,
  tenantId: bigint,
  postingIds: readonly string[],
): Promise<{ subject: string; found: string }[]> {
  if (postingIds.length === 0) return [];
  const { rows } = await db.query<{ posting_id: string; account: string; stands: string; sum: string }>({
    name: 'check-positions-of',
    text: `
WITH summed AS (
  SELECT posting_id, coalesce(attempt_id, '00000000-0000-0000-0000-000000000000') AS attempt_id, account, asset,
         usage_day, sum(amount) AS amount
    FROM ledger_entries WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]) GROUP BY 1, 2, 3, 4, 5),
standing AS (SELECT * FROM positions WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]))
SELECT posting_id, account, coalesce(standing.amount, 0) AS stands, coalesce(summed.amount, 0) AS sum
  FROM summed FULL JOIN standing USING (posting_id, attempt_id, account, asset, usage_day)
 WHERE coalesce(summed.amount, 0) <> coalesce(standing.amount, 0) LIMIT 100`,
    values: [tenantId, postingIds],
  });
  return rows.map((row) => ({
    subject: `${traceIdFromUuid(row.posting_id)} ${row.account}`,
    found: `${row.stands} is not ${row.sum}`,
  }));
}
