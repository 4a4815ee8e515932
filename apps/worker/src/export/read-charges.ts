import { focusCsv, focusCsvHeader, focusRows } from '#focus';
import type { BundleReceiver } from '#evidence';
import type { TraceId } from '#model';
import { MODEL_ALIASES } from '#pricing';
import { readFocusCharges, type Client } from '#store';
import type { BundleScope } from './bundle-scope.ts';

const TRACES_PER_READ = 200;
const BEGINNING = '0001-01-01';
const END = '9999-12-31';

/**
 * What the calls of the scope cost, as a FOCUS file at the size: of work items what sits at them, of a month its days of
 * usage.
 *
 * @param account slug of the tenant
 */
export async function readCharges(
  client: Client,
  tenantId: bigint,
  { postings, refs, traceIds }: BundleScope,
  size: number,
  account: string,
  to: BundleReceiver,
): Promise<void> {
  const month = 'month' in postings ? postings.month : null;
  const query = {
    ...(month === null ? { fromDay: BEGINNING, toDay: END } : daysOf(month)),
    size,
    workItems: 'month' in postings ? undefined : { refs, traceIds },
  };
  await to.charges(focusCsvHeader(), 0);
  let after: TraceId | null = null;
  do {
    const place: TraceId | null = after;
    const options = { aliasBook: MODEL_ALIASES, after: place, limit: TRACES_PER_READ };
    const page = await readFocusCharges(client, tenantId, query, options);
    const rows = focusRows(page.charges, account);
    await to.charges(focusCsv(rows), rows.length);
    after = page.next;
  } while (after !== null);
}

/** @param month `YYYY-MM` */
function daysOf(month: string): { fromDay: string; toDay: string } {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  return {
    fromDay: `${month}-01`,
    toDay: new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10),
  };
}
