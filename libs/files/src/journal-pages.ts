import { inTenantSnapshot, listTransactions, type Database, type StoredTransaction } from '#store';

const TRANSACTIONS_PER_PAGE = 500;

export interface JournalQuestion {
  readonly tenantId: bigint;
  /** Only what was posted to this month, `YYYY-MM`. */
  readonly period: string | null;
  /** Leaves of the log the books are read at; null = as they stand when each page is read. */
  readonly size: number | null;
}

/** Every transaction with its entries, by posting and transaction id. */
export async function* journalPages(
  db: Database,
  { tenantId, period, size }: JournalQuestion,
): AsyncGenerator<StoredTransaction[]> {
  let after: { postingId: string; transactionId: string } | undefined;
  for (;;) {
    const page = await inTenantSnapshot(db, tenantId, (client) =>
      listTransactions(client, tenantId, {
        period: period ?? undefined,
        size,
        after,
        limit: TRANSACTIONS_PER_PAGE,
      }),
    );
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < TRANSACTIONS_PER_PAGE) return;
    after = { postingId: last.postingId, transactionId: last.transactionId };
  }
}
