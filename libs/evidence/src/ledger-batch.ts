import type { LedgerEntry, LedgerTransaction } from '#model';
import { canonicalJson } from './canonical-json.ts';
import { formatTimeUs } from './leaf.ts';
import { merkleRoot } from './merkle.ts';

/** What of a transaction stands under a `ledger.batch` root. */
export type BatchTransaction = Omit<LedgerTransaction, 'code' | 'entries'> & {
  readonly code: string;
  readonly entries: readonly LedgerEntry[];
};

/**
 * RFC 6962 root over the canonical transactions of a posting commit, by ascending transaction id: it can be made again
 * from the stored rows. A business key stands in no hash that outlives it: the attempt, whose id is derived, names the
 * place instead of the work item.
 */
export function ledgerBatchRoot(transactions: readonly BatchTransaction[]): Buffer {
  const sorted = [...transactions].sort((a, b) => (a.transactionId < b.transactionId ? -1 : 1));
  return merkleRoot(sorted.map((each) => Buffer.from(canonicalJson(transactionRecord(each)))));
}

/** What of a transaction is hashed. */
export const transactionRecord = (transaction: BatchTransaction) => ({
  transactionId: transaction.transactionId,
  postingId: transaction.postingId,
  code: transaction.code,
  cause: transaction.cause,
  effectiveAt: formatTimeUs(transaction.effectiveAtUs),
  period: transaction.period,
  entries: transaction.entries.map((entry) => ({
    account: entry.account,
    asset: entry.asset,
    amount: entry.amount,
    usageSpanId: entry.usageSpanId,
    usageDay: entry.usageDay,
    provider: entry.provider,
    callModel: entry.callModel,
    attemptId: entry.attemptId,
    priceId: entry.priceId,
  })),
});
