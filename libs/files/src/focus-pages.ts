import { focusRows, type FocusRow } from '#focus';
import type { TraceId } from '#model';
import { inTenantSnapshot, readFocusCharges, type Database, type FocusPage } from '#store';

/** Traces whose charges are read at once. */
export const TRACES_PER_PAGE = 200;

export interface FocusQuestion {
  readonly tenantId: bigint;
  /** Usage days, `YYYY-MM-DD`; `toDay` exclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  /** Leaves of the log the books are read at; null = as they stand when each page is read. */
  readonly size: number | null;
  /** Slug of the tenant: the billing account of the file. */
  readonly account: string;
  /** The tenant's book that says what names of models mean. */
  readonly aliasBook: string;
}

/** FOCUS rows of every charge, a page for at most `TRACES_PER_PAGE` traces, by trace. */
export async function* focusPages(db: Database, question: FocusQuestion): AsyncGenerator<FocusRow[]> {
  const { tenantId, account, aliasBook, ...days } = question;
  let after: TraceId | null = null;
  do {
    const place: TraceId | null = after;
    const page: FocusPage = await inTenantSnapshot(db, tenantId, (client) =>
      readFocusCharges(client, tenantId, days, { aliasBook, after: place, limit: TRACES_PER_PAGE }),
    );
    yield focusRows(page.charges, account);
    after = page.next;
  } while (after !== null);
}
