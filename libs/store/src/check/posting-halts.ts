import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { Violation } from './violations.ts';

/** Why the posting of a tenant stopped. */
export interface PostingHalt {
  readonly haltId: string;
  readonly invariant: string;
  readonly subject: string;
  readonly found: string;
  readonly raisedAtUs: bigint;
  readonly clearedAtUs: bigint | null;
  readonly clearedBy: string | null;
  readonly reason: string | null;
}

/** Stops the posting of a tenant. @param haltId derived from what is broken: raised twice, it is one */
export async function raiseHalt(
  db: Queryable,
  violation: Violation,
  haltId: string,
  raisedAtUs: bigint,
): Promise<void> {
  await db.query({
    name: 'raise-halt',
    text: `
INSERT INTO posting_halts (tenant_id, halt_id, invariant, subject, found, raised_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, halt_id) DO NOTHING`,
    values: [
      violation.tenantId,
      haltId,
      violation.invariant,
      violation.subject,
      violation.found,
      timestampFromUs(raisedAtUs),
    ],
  });
}

/** Newest first. */
export async function readHalts(db: Queryable, tenantId: bigint): Promise<PostingHalt[]> {
  const { rows } = await db.query<{
    halt_id: string;
    invariant: string;
    subject: string;
    found: string;
    raised_at: bigint;
    cleared_at: bigint | null;
    cleared_by: string | null;
    reason: string | null;
  }>(
    `SELECT halt_id, invariant, subject, found, raised_at, cleared_at, cleared_by, reason
       FROM posting_halts WHERE tenant_id = $1 ORDER BY raised_at DESC, halt_id LIMIT 1000`,
    [tenantId],
  );
  return rows.map((row) => ({
    haltId: row.halt_id,
    invariant: row.invariant,
    subject: row.subject,
    found: row.found,
    raisedAtUs: row.raised_at,
    clearedAtUs: row.cleared_at,
    clearedBy: row.cleared_by,
    reason: row.reason,
  }));
}

/** @returns whether there was such a halt that was not cleared */
export async function clearHalt(
  client: Client,
  tenantId: bigint,
  haltId: string,
  cleared: { readonly atUs: bigint; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE posting_halts SET cleared_at = $3, cleared_by = $4, reason = $5
      WHERE tenant_id = $1 AND halt_id = $2 AND cleared_at IS NULL`,
    [tenantId, haltId, timestampFromUs(cleared.atUs), cleared.by, cleared.reason],
  );
  return rowCount === 1;
}

/** Halts that are not cleared, by tenant. */
export async function countOpenHalts(db: Queryable): Promise<{ slug: string; halts: number }[]> {
  const { rows } = await db.query<{ slug: string; halts: bigint }>(
    `SELECT t.slug, count(h.halt_id) FILTER (WHERE h.cleared_at IS NULL) AS halts
       FROM tenants t JOIN posting_halts h USING (tenant_id) GROUP BY t.slug ORDER BY t.slug`,
  );
  return rows.map(({ slug, halts }) => ({ slug, halts: Number(halts) }));
}

/** How far the checker has come in the log of each tenant; where it begins in one that it never looked at. */
export async function readCheckProgress(db: Queryable): Promise<{ tenantId: bigint; leafIndex: number }[]> {
  const { rows } = await db.query<{ tenant_id: bigint; leaf_index: bigint }>(
    `SELECT t.tenant_id, coalesce(c.leaf_index, t.history_from) AS leaf_index
       FROM tenants t LEFT JOIN check_progress c USING (tenant_id) ORDER BY t.tenant_id`,
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, leafIndex: Number(row.leaf_index) }));
}

export async function saveCheckProgress(
  db: Queryable,
  tenantId: bigint,
  leafIndex: number,
  checkedAtUs: bigint,
): Promise<void> {
  await db.query({
    name: 'save-check-progress',
    text: `
INSERT INTO check_progress (tenant_id, leaf_index, checked_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id) DO UPDATE SET leaf_index = excluded.leaf_index, checked_at = excluded.checked_at`,
    values: [tenantId, leafIndex, timestampFromUs(checkedAtUs)],
  });
}
