import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** What the operator lets a tenant send to each ingest process; null = as much as there is room for. */
export interface TenantLimit {
  /** Of request bodies, decompressed. */
  readonly bytesPerSecond: number | null;
  readonly requestsPerSecond: number | null;
}

/** Limits of the tenants that have any, by tenant. */
export async function readTenantLimits(db: Queryable): Promise<Map<bigint, TenantLimit>> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    bytes_per_second: bigint | null;
    requests_per_second: number | null;
  }>({
    name: 'read-tenant-limits',
    text: 'SELECT tenant_id, bytes_per_second, requests_per_second FROM tenant_limits',
    values: [],
  });
  return new Map(
    rows.map((row) => [
      row.tenant_id,
      {
        bytesPerSecond: row.bytes_per_second === null ? null : Number(row.bytes_per_second),
        requestsPerSecond: row.requests_per_second,
      },
    ]),
  );
}

/** Sets what a tenant may send, in place of what was set before. Idempotent. */
export async function setTenantLimit(
  db: Queryable,
  tenantId: bigint,
  limit: TenantLimit,
  nowUs: bigint,
): Promise<void> {
  await db.query(
    `INSERT INTO tenant_limits AS l (tenant_id, bytes_per_second, requests_per_second, changed_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id) DO UPDATE
        SET bytes_per_second = excluded.bytes_per_second, requests_per_second = excluded.requests_per_second,
            changed_at = excluded.changed_at`,
    [tenantId, limit.bytesPerSecond, limit.requestsPerSecond, timestampFromUs(nowUs)],
  );
}
