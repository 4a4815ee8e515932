import { journalLines } from '#evidence';
import { readCommitsOf, readTransactionsOfBatches, type Client } from '#store';
import type { BundleScope } from './bundle-scope.ts';

const COMMITS_PER_READ = 100;

/**
 * The transactions of the scope that were posted below the size, each with its place under the leaf of its commit.
 *
 * @returns the lines by leaf and place, and the leaves
 */
export async function readJournal(
  client: Client,
  tenantId: bigint,
  scope: BundleScope['postings'],
  size: number,
): Promise<{ readonly journal: string[]; readonly leaves: number[] }> {
  const commits = await readCommitsOf(client, tenantId, scope, size);
  const journal: string[] = [];
  for (let at = 0; at < commits.length; at += COMMITS_PER_READ) {
    const page = commits.slice(at, at + COMMITS_PER_READ);
    const transactions = await readTransactionsOfBatches(
      client,
      tenantId,
      page.map(({ batchId }) => batchId),
    );
    for (const { batchId, leafIndex, transactionIds } of page) {
      const ofCommit = transactions.get(batchId) ?? [];
      journal.push(...(await journalLines(leafIndex, ofCommit, (id) => transactionIds.has(id))));
    }
  }
  return { journal, leaves: commits.map(({ leafIndex }) => leafIndex) };
}
