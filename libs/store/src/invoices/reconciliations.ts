import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { BillKey } from './due-reconciliations.ts';

/** The newest comparison of a bill with our charges; `result` is what `apps/worker` made of it. */
export interface ReconciliationRow extends BillKey {
  readonly isBooked: boolean;
  readonly result: unknown;
  /** Documents that could not be compared, with the reason. */
  readonly notCompared: unknown;
  readonly reconciledAtUs: bigint;
}

export async function upsertReconciliation(
  db: Queryable,
  tenantId: bigint,
  row: ReconciliationRow,
): Promise<void> {
  await db.query({
    name: 'upsert-reconciliation',
    text: `
INSERT INTO reconciliations (tenant_id, provider, period, is_booked, result, reconciled_at, not_compared)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id, provider, period) DO UPDATE
   SET is_booked = excluded.is_booked, result = excluded.result, reconciled_at = excluded.reconciled_at,
       not_compared = excluded.not_compared`,
    values: [
      tenantId,
      row.provider,
      row.period,
      row.isBooked,
      JSON.stringify(row.result),
      timestampFromUs(row.reconciledAtUs),
      JSON.stringify(row.notCompared),
    ],
  });
}

/** Comparisons by period and provider, newest period first; of one provider and period where these are given. */
export async function readReconciliations(
  db: Queryable,
  tenantId: bigint,
  filter: { readonly provider: string | null; readonly period: string | null; readonly limit: number },
): Promise<(ReconciliationRow & { readonly isDue: boolean })[]> {
  const { rows } = await db.query<{
    provider: string;
    period: string;
    is_booked: boolean;
    result: unknown;
    not_compared: unknown;
    reconciled_at: bigint;
    is_due: boolean;
  }>({
    name: 'read-reconciliations',
    text: `
SELECT r.provider, r.period, r.is_booked, r.result, r.not_compared, r.reconciled_at,
       EXISTS (SELECT FROM due_reconciliations d
                WHERE d.tenant_id = $1 AND d.provider = r.provider AND d.period = r.period) AS is_due
  FROM reconciliations r
 WHERE r.tenant_id = $1 AND ($2::text IS NULL OR r.provider = $2) AND ($3::text IS NULL OR r.period = $3)
 ORDER BY r.period DESC, r.provider LIMIT $4`,
    values: [tenantId, filter.provider, filter.period, filter.limit],
  });
  return rows.map((row) => ({
    provider: row.provider,
    period: row.period,
    isBooked: row.is_booked,
    result: row.result,
    notCompared: row.not_compared,
    reconciledAtUs: row.reconciled_at,
    isDue: row.is_due,
  }));
}
