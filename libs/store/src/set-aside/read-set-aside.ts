import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

export const SET_ASIDE_KINDS = [
  'unmatched_spend',
  'unmatched_outcome',
  'unpriced',
  'rejected',
  'conflicting',
] as const;
export type SetAsideKind = (typeof SET_ASIDE_KINDS)[number];

/** Something that could not be worked with, and why. */
export interface SetAsideRow {
  readonly id: string;
  readonly reason: string;
  readonly subject: string;
  readonly detail: unknown;
  readonly sinceUs: bigint;
  readonly clearedAtUs: bigint | null;
}

/** How much of a worklist has one cause. For unpriced calls by provider and model too; null elsewhere. */
export interface SetAsideGroup {
  readonly reason: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly entries: bigint;
  /** Calls concerned, where the entries count them. */
  readonly calls: bigint | null;
  readonly sinceUs: bigint;
}

export interface SetAsideFilter {
  readonly kind: SetAsideKind;
  /** Entries cleared since are listed too. */
  readonly withCleared: boolean;
  readonly after?: { readonly sinceUs: bigint; readonly id: string } | undefined;
  readonly limit: number;
}

/** A worklist, oldest first. */
export async function listSetAside(
  client: Client,
  tenantId: bigint,
  filter: SetAsideFilter,
): Promise<SetAsideRow[]> {
  const { rows } = await client.query<{
    id: string;
    reason: string;
    subject: string;
    detail: unknown;
    since: bigint;
    cleared_at: bigint | null;
  }>(
    `SELECT id, reason, subject, detail, since, cleared_at FROM set_aside
      WHERE tenant_id = $1 AND kind = $2 AND ($3 OR cleared_at IS NULL)
        AND ($4::timestamptz IS NULL OR (since, id) > ($4, $5::uuid))
      ORDER BY since, id LIMIT $6`,
    [
      tenantId,
      filter.kind,
      filter.withCleared,
      filter.after === undefined ? null : timestampFromUs(filter.after.sinceUs),
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
  return rows.map((row) => ({
    id: row.id,
    reason: row.reason,
    subject: row.subject,
    detail: row.detail,
    sinceUs: row.since,
    clearedAtUs: row.cleared_at,
  }));
}

/** The open entries of a worklist by cause, the largest first. */
export async function groupSetAside(
  client: Client,
  tenantId: bigint,
  kind: SetAsideKind,
): Promise<SetAsideGroup[]> {
  const { rows } = await client.query<{
    reason: string;
    provider: string | null;
    model: string | null;
    entries: bigint;
    calls: bigint | null;
    since: bigint;
  }>(
    `SELECT reason, CASE WHEN $2 = 'unpriced' THEN detail ->> 'provider' END AS provider,
            CASE WHEN $2 = 'unpriced' THEN detail ->> 'model' END AS model,
            count(*) AS entries, sum((detail ->> 'calls')::bigint)::bigint AS calls, min(since) AS since
       FROM set_aside WHERE tenant_id = $1 AND kind = $2 AND cleared_at IS NULL
      GROUP BY 1, 2, 3 ORDER BY coalesce(sum((detail ->> 'calls')::bigint), count(*)) DESC, 1, 2, 3`,
    [tenantId, kind],
  );
  return rows.map((row) => ({
    reason: row.reason,
    provider: row.provider,
    model: row.model,
    entries: row.entries,
    calls: row.calls,
    sinceUs: row.since,
  }));
}
