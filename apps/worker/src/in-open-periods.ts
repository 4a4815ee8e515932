import { monthAfter, toOpenPeriod } from '#ledger';
import type { LedgerTransaction } from '#model';
import { openPosting, type Client } from '#store';

/** The books of the tenant are not what they should be: nothing is posted until somebody has looked and cleared it. */
export class PostingHalted extends Error {
  override readonly name = 'PostingHalted';
  constructor(tenantId: bigint, invariant: string) {
    super(`posting for tenant ${tenantId} is halted: ${invariant}`);
  }
}

/**
 * Puts transactions that took effect in a closed month into the first open one, a prior-period adjustment; when they
 * took effect stays on them. Until the caller's transaction ends no month can be closed.
 *
 * @throws PostingHalted
 */
export async function inOpenPeriods(
  client: Client,
  tenantId: bigint,
  transactions: readonly LedgerTransaction[],
): Promise<readonly LedgerTransaction[]> {
  if (transactions.length === 0) return transactions;
  const { closedThrough, haltedBy } = await openPosting(client, tenantId);
  if (haltedBy !== null) throw new PostingHalted(tenantId, haltedBy);
  if (closedThrough === null) return transactions;
  return transactions.map((each) => toOpenPeriod(each, monthAfter(closedThrough)));
}
