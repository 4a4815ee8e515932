import { journalLines } from '#evidence';
import { readCommitsOf, readTransactionsOfBatches, type Client } from '#store';
import type { BundleScope } from './bundle-scope.ts';

const COMMITS_PER_READ = 100;

/** The transactions of some posting commits, and the places of the leaves of these. */
export interface JournalPage {
  readonly lines: readonly string[];
  readonly leaves: readonly number[];
}

/**
 * The transactions of the scope that were posted below the size, each with its place under the leaf of its commit, page by
 * page, by leaf and place.
 */
export async function* readJournal(
  client: Client,
  tenantId: bigint,
  scope: BundleScope['postings'],
  size: number,
): AsyncGenerator<JournalPage> {
  for (let after = -1; ;) {
    const commits = await readCommitsOf(client, tenantId, scope, size, { after, limit: COMMITS_PER_READ });
    const batchIds = commits.map(({ batchId }) => batchId);
    const transactions = await readTransactionsOfBatches(client, tenantId, batchIds);
    const lines: string[] = [];
    for (const { batchId, leafIndex, transactionIds } of commits) {
      const ofCommit = transactions.get(batchId) ?? [];
      lines.push(...(await journalLines(leafIndex, ofCommit, (id) => transactionIds.has(id))));
    }
    const leaves = commits.map(({ leafIndex }) => leafIndex);
    yield { lines, leaves };
    if (commits.length < COMMITS_PER_READ) return;
    after = leaves.at(-1)!;
  }
}
