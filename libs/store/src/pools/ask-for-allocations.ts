import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/**
 * Asks for the pools of a tenant's month to be allocated: a fact like any other. One that waits already is enough.
 *
 * @param tenantId null = every tenant that has a policy for pools
 * @param month `YYYY-MM`
 */
export async function askForAllocation(
  db: Queryable,
  tenantId: bigint | null,
  month: string,
  recordedAtUs: bigint,
): Promise<void> {
  await db.query(
    `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
     SELECT t.tenant_id, 'pools.allocate', 'pools.allocate:' || $2::text, jsonb_build_object('month', $2::text), $3
       FROM (SELECT DISTINCT tenant_id FROM policies WHERE name = 'pools' AND ($1::bigint IS NULL OR tenant_id = $1)) t
      WHERE NOT EXISTS (SELECT FROM fact_inbox f WHERE f.tenant_id = t.tenant_id AND f.kind = 'pools.allocate'
                           AND f.cause = 'pools.allocate:' || $2::text)`,
    [tenantId, month, timestampFromUs(recordedAtUs)],
  );
}
