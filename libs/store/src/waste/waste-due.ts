import type { TraceId } from '#model';
import type { Client, Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** A trace whose runs are to be judged, and the posting it became due with. */
export interface DueWaste {
  readonly tenantId: bigint;
  readonly traceId: TraceId;
  readonly version: bigint;
  readonly failures: number;
}

/**
 * Makes traces due for being judged, in the transaction that posted them: whoever judges what stood before finds the
 * later version when it is done, and leaves them due.
 */
export async function makeWasteDue(
  db: Queryable,
  tenantId: bigint,
  versions: ReadonlyMap<TraceId, bigint>,
): Promise<void> {
  const sorted = [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return;
  await db.query({
    name: 'make-waste-due',
    text: `
INSERT INTO waste_due (tenant_id, trace_id, version)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[])
ON CONFLICT (tenant_id, trace_id) DO UPDATE SET version = excluded.version, leased_until = NULL, failures = 0`,
    values: [tenantId, sorted.map(([traceId]) => traceId), sorted.map(([, version]) => version)],
  });
}

/** Leases due traces to this worker; concurrent workers get others. Work on them is idempotent. */
export async function claimWasteDue(db: Queryable, limit: number, leaseMs: number): Promise<DueWaste[]> {
  const { rows } = await db.query<{ tenant_id: bigint; trace_id: string; version: bigint; failures: number }>(
    {
      name: 'claim-waste-due',
      text: `
WITH c AS MATERIALIZED (
  SELECT tenant_id, trace_id FROM waste_due
   WHERE leased_until IS NULL OR leased_until < clock_timestamp()
   ORDER BY tenant_id, trace_id LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE waste_due d
   SET leased_until = clock_timestamp() + make_interval(secs => $2::double precision / 1000 * 2 ^ least(d.failures, 10)),
       failures = d.failures + 1
  FROM c WHERE d.tenant_id = c.tenant_id AND d.trace_id = c.trace_id
RETURNING d.tenant_id, d.trace_id, d.version, d.failures`,
      values: [limit, leaseMs],
    },
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    traceId: traceIdFromUuid(row.trace_id),
    version: row.version,
    failures: row.failures,
  }));
}

/**
 * Ends claims in the transaction that writes what was judged, before it is written. Rows are taken in the order in which
 * posting takes them: no deadlock with it.
 *
 * @returns the traces that nobody posted, or erased content of, since they were claimed: only what is said of these may be written
 */
export async function completeWasteDue(
  client: Client,
  tenantId: bigint,
  claims: readonly DueWaste[],
): Promise<Set<TraceId>> {
  const { rows } = await client.query<{ trace_id: string }>({
    name: 'complete-waste-due',
    text: `
WITH held AS MATERIALIZED (
  SELECT d.trace_id, d.version = c.version AS stands
    FROM waste_due d JOIN unnest($2::uuid[], $3::bigint[]) AS c (trace_id, version) ON c.trace_id = d.trace_id
   WHERE d.tenant_id = $1 ORDER BY d.trace_id FOR UPDATE OF d
)
DELETE FROM waste_due d USING held h WHERE d.tenant_id = $1 AND d.trace_id = h.trace_id AND h.stands
RETURNING d.trace_id`,
    values: [tenantId, claims.map(({ traceId }) => traceId), claims.map(({ version }) => version)],
  });
  return new Set(rows.map((row) => traceIdFromUuid(row.trace_id)));
}

/**
 * In the transaction that erases content of these traces, before what was read of it: whoever judges them on what stood
 * before finds another version when it is done, writes nothing and leaves them due. Versions of postings are not
 * negative, so this one is nobody's.
 */
export async function judgeWasteAnew(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<void> {
  await client.query({
    name: 'judge-waste-anew',
    text: `
WITH held AS MATERIALIZED (
  SELECT trace_id FROM waste_due
   WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) ORDER BY trace_id FOR UPDATE
)
UPDATE waste_due d SET version = -abs(d.version) - 1, leased_until = NULL
  FROM held h WHERE d.tenant_id = $1 AND d.trace_id = h.trace_id`,
    values: [tenantId, traceIds],
  });
}

/** Throws away what was judged of a tenant, and makes all its traces due. @returns how many */
export async function restartWaste(client: Client, tenantId: bigint): Promise<number> {
  for (const table of ['run_waste', 'waste_findings'])
    await client.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
  const { rowCount } = await client.query(
    `INSERT INTO waste_due (tenant_id, trace_id, version)
     SELECT p.tenant_id, p.posting_id, p.version
       FROM postings p JOIN traces t ON t.tenant_id = p.tenant_id AND t.trace_id = p.posting_id
      WHERE p.tenant_id = $1 AND t.revision > 0
     ON CONFLICT DO NOTHING`,
    [tenantId],
  );
  return rowCount ?? 0;
}
