import type { Queryable } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/** A tenant's log, with what there is to do for it. */
export interface LogToSeal {
  readonly tenantId: bigint;
  readonly slug: string;
  /** Of the tenant's two logs. */
  readonly log: LogName;
  /** When the oldest leaf that waits was recorded; null where none waits. */
  readonly oldestRecordedAtUs: bigint | null;
  readonly size: number;
  /** Size of the newest checkpoint; 0 where none was signed. */
  readonly signedSize: number;
  /** Of the newest leaf; null in a log without leaves. */
  readonly sealedAtUs: bigint | null;
}

/** Both logs of every tenant, in the order of its id: three index look-ups each. */
export async function readLogsToSeal(db: Queryable): Promise<LogToSeal[]> {
  const logs = [...(await readLogs(db, 'evidence')), ...(await readLogs(db, 'access'))];
  return logs.sort((a, b) => (a.tenantId < b.tenantId ? -1 : a.tenantId > b.tenantId ? 1 : 0));
}

async function readLogs(db: Queryable, log: LogName): Promise<LogToSeal[]> {
  const { inbox, heads, checkpoints } = LOG_TABLES[log];
  const { rows } = await db.query<{
    tenant_id: bigint;
    slug: string;
    oldest_recorded_at: bigint | null;
    size: bigint;
    signed_size: bigint;
    sealed_at: bigint | null;
  }>({
    name: `read-logs-to-seal-${log}`,
    text: `
SELECT t.tenant_id, t.slug, coalesce(h.size, 0) AS size, h.sealed_at,
       (SELECT i.recorded_at FROM ${inbox} i WHERE i.tenant_id = t.tenant_id
         ORDER BY i.seq LIMIT 1) AS oldest_recorded_at,
       coalesce((SELECT c.size FROM ${checkpoints} c WHERE c.tenant_id = t.tenant_id
                  ORDER BY c.size DESC LIMIT 1), 0) AS signed_size
  FROM tenants t LEFT JOIN ${heads} h ON h.tenant_id = t.tenant_id
 ORDER BY t.tenant_id`,
  });
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    slug: row.slug,
    log,
    oldestRecordedAtUs: row.oldest_recorded_at,
    size: Number(row.size),
    signedSize: Number(row.signed_size),
    sealedAtUs: row.sealed_at,
  }));
}
