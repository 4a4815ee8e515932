import type { TraceId } from '#model';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';

/**
 * Takes traces of one tenant that were posted before their quality was counted. They are gone with the commit of the
 * transaction; nobody else takes them meanwhile.
 *
 * @returns at most `limit`; null when nothing is left that nobody has taken
 */
export async function takeQualityBacklog(
  db: Queryable,
  limit: number,
): Promise<{ readonly tenantId: bigint; readonly traceIds: TraceId[] } | null> {
  const { rows } = await db.query<{ tenant_id: bigint; trace_id: string }>({
    name: 'take-quality-backlog',
    text: `
WITH first AS (
  SELECT tenant_id FROM quality_backlog ORDER BY tenant_id, trace_id LIMIT 1 FOR UPDATE SKIP LOCKED
), taken AS (
  SELECT tenant_id, trace_id FROM quality_backlog WHERE tenant_id = (SELECT tenant_id FROM first)
   ORDER BY trace_id LIMIT $1 FOR UPDATE SKIP LOCKED
)
DELETE FROM quality_backlog b USING taken t
 WHERE b.tenant_id = t.tenant_id AND b.trace_id = t.trace_id
RETURNING b.tenant_id, b.trace_id`,
    values: [limit],
  });
  const [first] = rows;
  if (first === undefined) return null;
  return {
    tenantId: first.tenant_id,
    traceIds: rows.map((row) => traceIdFromUuid(row.trace_id)).sort(),
  };
}

/** Traces that are being counted wait for it no longer, in the caller's transaction. */
export async function dropFromQualityBacklog(
  client: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<void> {
  await client.query('DELETE FROM quality_backlog WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])', [
    tenantId,
    traceIds,
  ]);
}

/** Holds the postings of traces until the end of the transaction, without moving their versions. */
export async function holdPostings(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<void> {
  await db.query({
    name: 'hold-postings',
    text: `
SELECT posting_id FROM postings WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]) ORDER BY posting_id FOR UPDATE`,
    values: [tenantId, traceIds],
  });
}

/** @returns whether traces of the tenant still wait for being counted */
export async function hasQualityBacklog(db: Queryable, tenantId: bigint): Promise<boolean> {
  const { rows } = await db.query('SELECT 1 FROM quality_backlog WHERE tenant_id = $1 LIMIT 1', [tenantId]);
  return rows.length > 0;
}
