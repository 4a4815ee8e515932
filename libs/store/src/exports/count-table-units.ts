import type { Database } from '../connection/database.ts';
import { inTenantSnapshot } from '../reports/tenant-snapshot.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { TableRequest } from './table-request.ts';

/** What the progress of a table is counted in. */
export type TableUnits = 'transactions' | 'traces' | 'work items';

/** How much a table is made of. Its rows are known when it is written: a transaction has several, and so may a trace. */
export async function countTableUnits(
  db: Database,
  tenantId: bigint,
  request: TableRequest,
  size: number,
): Promise<{ readonly units: TableUnits; readonly total: number }> {
  const { units, sql, values } = questionOf(request, size);
  const total = await inTenantSnapshot(db, tenantId, async (client) => {
    const { rows } = await client.query<{ n: bigint }>(sql, [tenantId, ...values]);
    return Number(rows[0]!.n);
  });
  return { units, total };
}

function questionOf(
  request: TableRequest,
  size: number,
): { readonly units: TableUnits; readonly sql: string; readonly values: readonly unknown[] } {
  if (request.kind === 'journal')
    return {
      units: 'transactions',
      sql: `SELECT count(*) AS n FROM ledger_transactions t JOIN ledger_batches b USING (tenant_id, batch_id)
             WHERE t.tenant_id = $1 AND b.leaf_index < $2 AND ($3::text IS NULL OR t.period = $3)`,
      values: [size, request.period],
    };
  if (request.kind === 'focus')
    return {
      units: 'traces',
      sql: `SELECT count(DISTINCT posting_id) AS n FROM ledger_entries
             WHERE tenant_id = $1 AND usage_day >= $2::date AND usage_day < $3::date`,
      values: [request.fromDay, request.toDay],
    };
  const timeOf = (us: string | null): string | null => (us === null ? null : timestampFromUs(BigInt(us)));
  return {
    units: 'work items',
    sql: `SELECT count(*) AS n FROM work_items
           WHERE tenant_id = $1 AND ($2::text IS NULL OR kind = $2)
             AND ($3::timestamptz IS NULL OR coalesce(phase_at, first_attempt_at) >= $3)
             AND ($4::timestamptz IS NULL OR coalesce(phase_at, first_attempt_at) < $4)`,
    values: [request.workItemKind, timeOf(request.fromUs), timeOf(request.toUs)],
  };
}
