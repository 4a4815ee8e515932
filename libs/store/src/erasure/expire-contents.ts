import type { TraceId } from '#model';
import type { Client, Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** Tenants that have received anything, by id. */
export async function listTenantIds(db: Queryable): Promise<bigint[]> {
  const { rows } = await db.query<{ tenant_id: bigint }>('SELECT tenant_id FROM tenants ORDER BY tenant_id');
  return rows.map((row) => row.tenant_id);
}

/**
 * Removes encrypted content that was recorded before the time given for its class.
 *
 * @param before by class of content; classes that are absent stay
 * @returns rows removed, at most `limit`
 */
export async function removeExpiredContents(
  client: Client,
  tenantId: bigint,
  before: ReadonlyMap<string, bigint>,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM contents c USING (
       SELECT trace_id, span_id, started_at, e.part FROM contents e
         JOIN unnest($2::text[], $3::timestamptz[]) AS b (part, before) ON b.part = e.part AND e.recorded_at < b.before
        WHERE e.tenant_id = $1 LIMIT $4) AS old
      WHERE c.tenant_id = $1 AND c.trace_id = old.trace_id AND c.span_id = old.span_id
        AND c.started_at = old.started_at AND c.part = old.part`,
    [tenantId, [...before.keys()], [...before.values()].map(timestampFromUs), limit],
  );
  return rowCount ?? 0;
}

/** How far the received bytes of a tenant were cut: null at the beginning. */
export async function readCutThrough(db: Queryable, tenantId: bigint): Promise<bigint | null> {
  const { rows } = await db.query<{ cut_through: bigint }>({
    name: 'read-cut-through',
    text: `SELECT cut_through FROM content_progress WHERE tenant_id = $1`,
    values: [tenantId],
  });
  return rows[0]?.cut_through ?? null;
}

export async function saveCutThrough(db: Queryable, tenantId: bigint, cutThroughUs: bigint): Promise<void> {
  await db.query({
    name: 'save-cut-through',
    text: `
INSERT INTO content_progress AS p (tenant_id, cut_through) VALUES ($1, $2)
ON CONFLICT (tenant_id) DO UPDATE SET cut_through = excluded.cut_through WHERE p.cut_through < excluded.cut_through`,
    values: [tenantId, timestampFromUs(cutThroughUs)],
  });
}

/** Traces that received their newest span from one time on and before another, oldest first. */
export async function readTracesReceived(
  db: Queryable,
  tenantId: bigint,
  fromUs: bigint | null,
  beforeUs: bigint,
  limit: number,
): Promise<{ traceId: TraceId; lastReceivedAtUs: bigint }[]> {
  const { rows } = await db.query<{ trace_id: string; last_received_at: bigint }>({
    name: 'read-traces-received',
    text: `
SELECT trace_id, last_received_at FROM traces
 WHERE tenant_id = $1 AND ($2::timestamptz IS NULL OR last_received_at >= $2) AND last_received_at < $3
 ORDER BY last_received_at, trace_id LIMIT $4`,
    values: [tenantId, fromUs === null ? null : timestampFromUs(fromUs), timestampFromUs(beforeUs), limit],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    lastReceivedAtUs: row.last_received_at,
  }));
}
