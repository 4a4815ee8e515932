import type { TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** Usage days, and the size of the log the books are read at; null = as they stand. */
export interface FocusQuery {
  /** UTC, `YYYY-MM-DD`; `toDay` is exclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly size: number | null;
}

/**
 * Postings with an entry of a usage day in [from, to), by id: a page after `after`. Whether what they hold is a charge, and
 * stands, is not looked at.
 */
export async function readChargedPostings(
  client: Client,
  tenantId: bigint,
  { fromDay, toDay }: FocusQuery,
  after: TraceId | null,
  limit: number,
): Promise<TraceId[]> {
  const { rows } = await client.query<{ posting_id: string }>(
    `SELECT DISTINCT posting_id FROM ledger_entries
      WHERE tenant_id = $1 AND usage_day >= $2::date AND usage_day < $3::date AND ($4::uuid IS NULL OR posting_id > $4)
      ORDER BY posting_id LIMIT $5`,
    [tenantId, fromDay, toDay, after, limit],
  );
  return rows.map((row) => traceIdFromUuid(row.posting_id));
}
