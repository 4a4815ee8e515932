import type { TraceId } from '#model';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';

/** What is owed to a provider for usage of a day. */
interface OwedByDay {
  readonly provider: string;
  readonly usageDay: string;
  readonly asset: string;
  readonly amount: bigint;
}

/** What stands owed for usage of traces that are not there. What invoices clear has no price. */
export async function readOwedWithoutTrace(db: Queryable, tenantId: bigint): Promise<OwedByDay[]> {
  const { rows } = await db.query<{ provider: string; usage_day: string; asset: string; amount: string }>(
    `SELECT provider, usage_day, asset, -sum(amount) AS amount FROM ledger_entries e
      WHERE tenant_id = $1 AND account LIKE '2000:%' AND price_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM traces t WHERE t.tenant_id = $1 AND t.trace_id = e.posting_id)
      GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 ORDER BY 1, 2, 3`,
    [tenantId],
  );
  return rows.map((row) => ({
    provider: row.provider,
    usageDay: row.usage_day,
    asset: row.asset,
    amount: BigInt(row.amount),
  }));
}

/** Ids of the tenant's traces after one, ascending. */
export async function readTraceIdsAfter(
  db: Queryable,
  tenantId: bigint,
  afterTraceId: TraceId,
  limit: number,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>(
    'SELECT trace_id FROM traces WHERE tenant_id = $1 AND trace_id > $2::uuid ORDER BY trace_id LIMIT $3',
    [tenantId, afterTraceId, limit],
  );
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}
