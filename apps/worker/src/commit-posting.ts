import type { LedgerTransaction, Ref, TraceId } from '#model';
import {
  insertEvidence,
  insertTransactions,
  replaceAttempts,
  replaceLinkCandidates,
  touchBills,
  updateAttemptCosts,
  type AttemptRow,
  type BillKey,
  type Client,
  type LinkCandidateRow,
} from '#store';
import { ledgerBatchLeaf } from './ledger-batch-leaf.ts';
import { inOpenPeriods } from './in-open-periods.ts';
import { itemPostings } from './post-work-items.ts';
import { saveWorkItems, type HeldWorkItem, type WorkItemHolder } from './posting-facts.ts';

/** Who posts, under which rules. */
export interface Poster extends WorkItemHolder {
  /** Names the rule versions the transactions are posted under. */
  readonly rulesDigest: string;
  /** UUIDv7 of a posting commit. */
  readonly newId: () => string;
}

/** Everything one posting transaction changes of the books: of traces, of work items, of both. */
export interface PostingCommit {
  /** Of any number of postings, each held by `advancePostings`. */
  readonly transactions: readonly LedgerTransaction[];
  /** These traces have exactly these attempts from now on; of some there were none before. */
  readonly traceIds: readonly TraceId[];
  readonly newTraceIds: ReadonlySet<TraceId>;
  readonly attempts: readonly AttemptRow[];
  /** What of their cost is on no work item, and whose it may be. */
  readonly candidates: readonly LinkCandidateRow[];
  /** Held by `holdWorkItems`. */
  readonly items: readonly HeldWorkItem[];
  /** The fact an item is posted for; absent where there are no items. */
  readonly causeOfItem?: (ref: Ref) => string;
}

/**
 * Writes one posting commit in the caller's transaction: the transactions with the positions they move, the
 * projections that reports read beside them, and the `ledger.batch` leaf. The only place where the books change.
 *
 * @returns every transaction of it
 */
export async function commitPosting(
  client: Client,
  poster: Poster,
  commit: PostingCommit,
): Promise<readonly LedgerTransaction[]> {
  const { tenantId, nowUs } = poster;
  const { traceIds, items } = commit;
  const batchId = poster.newId();
  const batch = { batchId, recordedAtUs: nowUs, rules: poster.rulesDigest };
  const known = traceIds.filter((traceId) => !commit.newTraceIds.has(traceId));
  const movedAttempts = await replaceAttempts(client, tenantId, traceIds, known, commit.attempts, batchId);
  const movedCandidates = await replaceLinkCandidates(client, tenantId, known, commit.candidates, batchId);
  // Human time stands in the attempts, so items are posted after them.
  const ofItems = await itemPostings(client, poster, items, commit.causeOfItem ?? (() => 'facts'));
  const transactions = await inOpenPeriods(client, tenantId, [
    ...commit.transactions,
    ...ofItems.transactions,
  ]);
  await insertTransactions(client, tenantId, transactions, batch);
  await updateAttemptCosts(client, tenantId, traceIds);
  await touchBills(client, tenantId, accrualsMoved(transactions), 'charges', BILL_DELAY_MS);
  const movedItems = await saveWorkItems(client, poster, items, ofItems.lines, batchId);
  const moved = movedAttempts + movedCandidates + movedItems;
  // What reports read may change without money: such a commit has its place in the log as well.
  if (transactions.length === 0 && moved === 0) return [];
  const leaf = ledgerBatchLeaf(batchId, transactions, nowUs);
  await insertEvidence(client, tenantId, [{ kind: 'ledger.batch', subjectId: batchId, body: leaf }], nowUs);
  return transactions;
}

/** A bill is compared with a whole month of usage: not more often than this while charges come in. */
const BILL_DELAY_MS = 2_000;
const ACCRUED = /^2000:accrued:(.+):(\d{4}-\d{2})$/;

/** The provider's months whose accruals these transactions move; what invoices themselves clear is left out. */
function accrualsMoved(transactions: readonly LedgerTransaction[]): BillKey[] {
  const accounts = new Set(
    transactions.flatMap(({ entries }) =>
      entries.filter(({ priceId }) => priceId !== null).map(({ account }) => account),
    ),
  );
  return [...accounts].flatMap((account) => {
    const [, provider, period] = ACCRUED.exec(account) ?? [];
    return provider === undefined || period === undefined ? [] : [{ provider, period }];
  });
}
