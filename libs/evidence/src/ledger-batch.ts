import type { LedgerEntry, LedgerTransaction } from '#model';
import { canonicalJson } from './canonical-json.ts';
import { formatTimeUs } from './leaf.ts';
import { rootOfTexts } from './merkle.ts';

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
  return rootOfTexts(sorted.map((each) => canonicalJson(transactionRecord(each))));
}

/** What of a transaction is hashed; members in the order of their names, which canonical JSON need not sort then. */
export const transactionRecord = (transaction: BatchTransaction) => ({
  cause: transaction.cause,
  code: transaction.code,
  effectiveAt: formatTimeUs(transaction.effectiveAtUs),
  entries: transaction.entries.map((entry) => ({
    account: entry.account,
    amount: entry.amount,
    asset: entry.asset,
    attemptId: entry.attemptId,
    callModel: entry.callModel,
    priceId: entry.priceId,
    provider: entry.provider,
    usageDay: entry.usageDay,
    usageSpanId: entry.usageSpanId,
  })),
  period: transaction.period,
  postingId: transaction.postingId,
  transactionId: transaction.transactionId,
});
