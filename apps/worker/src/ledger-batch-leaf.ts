import { canonicalJson, encodeLeaf, formatTimeUs, merkleRoot, type CanonicalValue } from '#evidence';
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
  const root = merkleRoot(
    transactions.map((transaction) => Buffer.from(canonicalJson(transactionRecord(transaction)))),
  );
  return encodeLeaf('ledger.batch', recordedAtUs, {
    batchId,
    transactions: { count: transactions.length, root: root.toString('base64') },
    debits,
  });
}

function transactionRecord(transaction: LedgerTransaction): CanonicalValue {
  const { effectiveAtUs, entries, ...rest } = transaction;
  return {
    ...rest,
    effectiveAt: formatTimeUs(effectiveAtUs),
    // A business key stands in no hash that outlives it: the attempt, whose id is derived, names the place.
    entries: entries.map(({ workItemRef: _erasable, ...entry }) => ({ ...entry })),
  };
}
