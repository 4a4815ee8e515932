import type { TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** An approved cut-off: what nothing links of the usage days in it is written off. */
export interface WriteOff {
  readonly adjustmentId: string;
  /** UTC days, `YYYY-MM-DD`; `toDay` exclusive. */
  readonly fromDay: string | null;
  readonly toDay: string;
  /** Null = every provider. */
  readonly provider: string | null;
  /** `no_telemetry`, `unknown_key`, ...: names the account. */
  readonly reasonCode: string;
}

/** Approved write-offs, by id. */
export async function readWriteOffs(db: Queryable, tenantId: bigint): Promise<WriteOff[]> {
  const { rows } = await db.query<{ adjustment_id: string; body: Omit<WriteOff, 'adjustmentId'> }>({
    name: 'read-write-offs',
    text: `
SELECT r.adjustment_id, r.body FROM adjustment_requests r
  JOIN adjustment_approvals a ON a.tenant_id = r.tenant_id AND a.adjustment_id = r.adjustment_id AND a.decision = 'approved'
 WHERE r.tenant_id = $1 AND r.kind = 'write_off' ORDER BY r.adjustment_id`,
    values: [tenantId],
  });
  return rows.map(({ adjustment_id: adjustmentId, body }) => ({ ...body, adjustmentId }));
}

/** Traces with cost that nothing linked when it was posted, of the usage days of a write-off. */
export async function readUnattributedTraces(
  db: Queryable,
  tenantId: bigint,
  { fromDay, toDay, provider }: WriteOff,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ posting_id: string }>({
    name: 'read-unattributed-traces',
    text: `
SELECT DISTINCT posting_id FROM ledger_entries
 WHERE tenant_id = $1 AND account = '5000:unattributed' AND usage_day < $3::date
   AND ($2::date IS NULL OR usage_day >= $2) AND ($4::text IS NULL OR provider = $4)`,
    values: [tenantId, fromDay, toDay, provider],
  });
  return rows.map((row) => traceIdFromUuid(row.posting_id));
}
