import type { LedgerTransaction } from '#model';
import { takeShadowedBills, touchForeignBills, type Client } from '#store';
import type { PostParts } from './post-traces.ts';
import { reconcileBill } from './reconcile-bills.ts';

/** What rates move: bills in another currency than the charges they are for. One of them is a page. */
export interface BillPage {
  readonly cursor: string | null;
  readonly before: readonly LedgerTransaction[];
  readonly after: readonly LedgerTransaction[];
}

/**
 * Compares the next bill in another currency without the rates that are supposed, then with them.
 *
 * @param after `provider period` of the bill before; '' = the first one
 * @param suppose records the rates
 */
export async function previewBill(
  client: Client,
  cause: { readonly tenantId: bigint; readonly causeId: string },
  after: string,
  known: PostParts,
  supposed: PostParts,
  suppose: () => Promise<unknown>,
): Promise<BillPage> {
  const { tenantId, causeId } = cause;
  await touchForeignBills(client, tenantId, null, causeId);
  const bills = (await takeShadowedBills(client, tenantId))
    .map((bill) => ({ ...bill, name: `${bill.provider} ${bill.period}` }))
    .filter(({ name }) => name > after)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const [bill] = bills;
  if (bill === undefined) {
    await suppose();
    return { cursor: null, before: [], after: [] };
  }
  const claim = { tenantId, provider: bill.provider, period: bill.period, cause: causeId };
  const without = await reconcileBill(known, claim);
  await suppose();
  return {
    cursor: bills.length === 1 ? null : bill.name,
    before: without,
    after: await reconcileBill(supposed, claim),
  };
}
