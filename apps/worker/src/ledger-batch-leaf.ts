import { encodeLeaf, ledgerBatchRoot } from '#evidence';
import type { LedgerTransaction } from '#model';

/**
 * The `ledger.batch` leaf of one posting commit: RFC 6962 root over its canonical transactions, with their
 * count and the debits per asset (architecture 7).
 */
export function ledgerBatchLeaf(
  batchId: string,
  transactions: readonly LedgerTransaction[],
  recordedAtUs: bigint,
): Buffer {
  const debits: Record<string, bigint> = {};
  for (const { entries } of transactions) {
    for (const { asset, amount } of entries) if (amount > 0n) debits[asset] = (debits[asset] ?? 0n) + amount;
  }
  return encodeLeaf('ledger.batch', recordedAtUs, {
    batchId,
    transactions: { count: transactions.length, root: ledgerBatchRoot(transactions).toString('base64') },
    debits,
  });
}
