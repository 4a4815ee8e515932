import { timestampFromUs } from '../connection/timestamp.ts';
import type { Queryable } from '../connection/database.ts';

/** An open entry of a worklist. The id is derived from what it is about, so saying it twice adds nothing. */
export interface WorklistEntry {
  readonly id: string;
  readonly kind: 'unmatched_spend' | 'unmatched_outcome' | 'unpriced' | 'rejected';
  readonly reason: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/**
 * Makes the open entries of these kinds about these subjects be exactly `entries`: new ones are opened, those
 * that no longer hold are cleared (never deleted), those cleared earlier are opened again.
 */
export async function replaceWorklist(
  db: Queryable,
  tenantId: bigint,
  kinds: readonly WorklistEntry['kind'][],
  subjects: readonly string[],
  entries: readonly WorklistEntry[],
  nowUs: bigint,
): Promise<void> {
  if (subjects.length === 0) return;
  const now = timestampFromUs(nowUs);
  await db.query({
    name: 'clear-worklist',
    text: `
UPDATE set_aside SET cleared_at = $5
 WHERE tenant_id = $1 AND kind = ANY ($2::text[]) AND subject = ANY ($3::text[]) AND cleared_at IS NULL
   AND NOT id = ANY ($4::uuid[])`,
    values: [tenantId, kinds, subjects, entries.map(({ id }) => id), now],
  });
  if (entries.length === 0) return;
  const sorted = [...new Map(entries.map((entry) => [entry.id, entry])).values()].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  await db.query({
    name: 'open-worklist',
    text: `
INSERT INTO set_aside AS s (tenant_id, id, kind, reason, subject, detail, since)
SELECT $1, *, $2 FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
ON CONFLICT (tenant_id, id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, cleared_at = NULL
 WHERE s.cleared_at IS NOT NULL OR s.reason <> excluded.reason OR s.detail <> excluded.detail`,
    values: [
      tenantId,
      now,
      sorted.map((entry) => entry.id),
      sorted.map((entry) => entry.kind),
      sorted.map((entry) => entry.reason),
      sorted.map((entry) => entry.subject),
      sorted.map((entry) => JSON.stringify(entry.detail)),
    ],
  });
}
