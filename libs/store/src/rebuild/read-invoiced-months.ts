import type { Queryable } from '../connection/database.ts';
import type { BillKey } from '../invoices/due-reconciliations.ts';

/** Every provider and month that a bill was recorded for. */
export async function readInvoicedMonths(db: Queryable, tenantId: bigint): Promise<BillKey[]> {
  const { rows } = await db.query<{ provider: string; period: string }>(
    'SELECT DISTINCT provider, period FROM invoices WHERE tenant_id = $1 ORDER BY provider, period',
    [tenantId],
  );
  return rows;
}
