import type { Ref, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { booksAt } from '../reports/books-at.ts';

/** Usage days, and the size of the log the books are read at; null = as they stand. */
export interface FocusQuery {
  /** UTC, `YYYY-MM-DD`; `toDay` is exclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly size: number | null;
  /** Only what sits at these work items, in these traces; absent = everything. */
  readonly workItems?: { readonly refs: readonly Ref[]; readonly traceIds: readonly TraceId[] } | undefined;
}

/**
 * Postings with an entry of a usage day in [from, to), by id: a page after `after`. Whether what they hold is a charge, and
 * stands, is not looked at.
 */
export async function readChargedPostings(
  client: Client,
  tenantId: bigint,
  { fromDay, toDay, size, workItems }: FocusQuery,
  after: TraceId | null,
  limit: number,
): Promise<TraceId[]> {
  if (workItems !== undefined)
    return [...new Set(workItems.traceIds)]
      .sort()
      .filter((traceId) => after === null || traceId > after)
      .slice(0, limit);
  const values: unknown[] = [tenantId, fromDay, toDay, after, limit];
  // By the books of the size as well: postings of later must not move the ends of pages.
  const books = booksAt(size, (value) => `$${values.push(value)}`).replace(/, $/, ' ');
  const { rows } = await client.query<{ posting_id: string }>(
    `${books === '' ? '' : `WITH ${books}`}SELECT DISTINCT posting_id FROM ledger_entries
      WHERE tenant_id = $1 AND usage_day >= $2::date AND usage_day < $3::date AND ($4::uuid IS NULL OR posting_id > $4)
      ORDER BY posting_id LIMIT $5`,
    values,
  );
  return rows.map((row) => traceIdFromUuid(row.posting_id));
}
