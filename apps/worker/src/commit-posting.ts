import type { LedgerTransaction, TraceId } from '#model';
import { insertEvidence, insertTransactions, replaceAttempts, type AttemptRow, type Client } from '#store';
import { ledgerBatchLeaf } from './ledger-batch-leaf.ts';
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
  /** Held by `holdWorkItems`. */
  readonly items: readonly HeldWorkItem[];
}

/**
 * Writes one posting commit in the caller's transaction: the transactions with the positions they move, the
 * projections that reports read beside them, and the `ledger.batch` leaf. The only place where the books change.
 */
export async function commitPosting(client: Client, poster: Poster, commit: PostingCommit): Promise<void> {
  const { tenantId, nowUs } = poster;
  const { transactions, traceIds } = commit;
  const batchId = poster.newId();
  const batch = { batchId, recordedAtUs: nowUs, rules: poster.rulesDigest };
  await insertTransactions(client, tenantId, transactions, batch);
  const known = traceIds.filter((traceId) => !commit.newTraceIds.has(traceId));
  const moved =
    (await replaceAttempts(client, tenantId, traceIds, known, commit.attempts, batchId)) +
    (await saveWorkItems(client, poster, commit.items, batchId));
  // What reports read may change without money: such a commit has its place in the log as well.
  if (transactions.length === 0 && moved === 0) return;
  const leaf = ledgerBatchLeaf(batchId, transactions, nowUs);
  await insertEvidence(client, tenantId, [{ kind: 'ledger.batch', subjectId: batchId, body: leaf }], nowUs);
}
