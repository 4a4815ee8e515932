import type { Client, Queryable } from '../connection/database.ts';
import { invoiceLock } from './record-invoice.ts';

/** A bill whose comparison with our charges may have changed. */
export interface DueReconciliation {
  readonly tenantId: bigint;
  readonly provider: string;
  /** Usage month, `YYYY-MM`. */
  readonly period: string;
  readonly cause: string;
  readonly version: bigint;
  readonly failures: number;
}

export type BillKey = Pick<DueReconciliation, 'provider' | 'period'>;

/** Makes comparisons due; one that is due already gets the new reason. @param delayMs until it may be claimed */
export async function makeReconciliationsDue(
  db: Queryable,
  tenantId: bigint,
  bills: readonly BillKey[],
  cause: string,
  delayMs: number,
): Promise<void> {
  if (bills.length === 0) return;
  await db.query({
    name: 'make-reconciliations-due',
    text: `
INSERT INTO due_reconciliations AS d (tenant_id, provider, period, due_at, cause)
SELECT $1, provider, period, clock_timestamp() + make_interval(secs => $4::double precision / 1000), $5
  FROM unnest($2::text[], $3::text[]) AS t (provider, period) ORDER BY provider, period
ON CONFLICT (tenant_id, provider, period) DO UPDATE
   SET version = d.version + 1, cause = excluded.cause, due_at = least(d.due_at, excluded.due_at)`,
    values: [
      tenantId,
      bills.map(({ provider }) => provider),
      bills.map(({ period }) => period),
      delayMs,
      cause,
    ],
  });
}

/**
 * Makes due the comparisons of those bills that are there: called by every posting commit for the months whose accruals
 * it moved. Holds the tenant's invoices still until the commit, so that an invoice recorded meanwhile sees what was
 * posted.
 */
export async function touchBills(
  client: Client,
  tenantId: bigint,
  moved: readonly BillKey[],
  cause: string,
  delayMs: number,
): Promise<void> {
  if (moved.length === 0) return;
  await client.query('SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [invoiceLock(tenantId)]);
  const { rows } = await client.query<{ provider: string; period: string }>({
    name: 'read-bills-touched',
    text: `
SELECT DISTINCT i.provider, i.period
  FROM invoices i JOIN unnest($2::text[], $3::text[]) AS t (provider, period) USING (provider, period)
 WHERE i.tenant_id = $1`,
    values: [tenantId, moved.map(({ provider }) => provider), moved.map(({ period }) => period)],
  });
  await makeReconciliationsDue(client, tenantId, rows, cause, delayMs);
}

/** A bill, with the currencies it may have to be converted between. */
export interface BillInCurrency extends BillKey {
  readonly currency: string;
  /** Currency of the charges; null = it does not say. */
  readonly chargedIn: string | null;
}

/**
 * Makes due the comparisons of bills that a new rate, or another way of choosing one, moves. Holds the tenant's invoices
 * still until the commit, like `touchBills`.
 *
 * @param isMoved null = every bill
 */
export async function touchForeignBills(
  client: Client,
  tenantId: bigint,
  isMoved: ((bill: BillInCurrency) => boolean) | null,
  cause: string,
): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [invoiceLock(tenantId)]);
  const { rows } = await client.query<{
    provider: string;
    period: string;
    currency: string;
    charged_in: string | null;
  }>({
    name: 'read-bills-by-currency',
    text: `
SELECT DISTINCT provider, period, currency, charged_in FROM invoices WHERE tenant_id = $1
 ORDER BY provider, period, currency, charged_in`,
    values: [tenantId],
  });
  const moved = new Map<string, BillKey>();
  for (const { provider, period, currency, charged_in: chargedIn } of rows) {
    const bill = { provider, period, currency, chargedIn };
    if (isMoved === null || isMoved(bill)) moved.set(`${provider} ${period}`, { provider, period });
  }
  await makeReconciliationsDue(client, tenantId, [...moved.values()], cause, 0);
}

/**
 * Leases a due comparison to this worker; null = nothing is due. The row is chosen once, in an expression of its own: a
 * subquery may be run again for each row of the join, and would lease others that nobody works on.
 */
export async function claimDueReconciliation(
  db: Queryable,
  leaseMs: number,
): Promise<DueReconciliation | null> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    provider: string;
    period: string;
    cause: string;
    version: bigint;
    failures: number;
  }>({
    name: 'claim-due-reconciliation',
    text: `
WITH c AS MATERIALIZED (
  SELECT tenant_id, provider, period FROM due_reconciliations
   WHERE due_at <= clock_timestamp() AND (leased_until IS NULL OR leased_until < clock_timestamp())
   ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE due_reconciliations d
   SET leased_until = clock_timestamp() + make_interval(secs => $1::double precision / 1000), failures = d.failures + 1
  FROM c WHERE d.tenant_id = c.tenant_id AND d.provider = c.provider AND d.period = c.period
RETURNING d.tenant_id, d.provider, d.period, d.cause, d.version, d.failures`,
    values: [leaseMs],
  });
  const row = rows[0];
  if (row === undefined) return null;
  const { tenant_id: tenantId, provider, period, cause, version, failures } = row;
  return { tenantId, provider, period, cause, version, failures };
}

/** Ends a claim, unless a newer reason came meanwhile: then it is due again. */
export async function completeReconciliation(db: Queryable, claim: DueReconciliation): Promise<void> {
  const key = [claim.tenantId, claim.provider, claim.period, claim.version];
  await db.query({
    name: 'complete-reconciliation',
    text: 'DELETE FROM due_reconciliations WHERE tenant_id = $1 AND provider = $2 AND period = $3 AND version = $4',
    values: key,
  });
  await db.query({
    name: 'release-reconciliation',
    text: `
UPDATE due_reconciliations SET leased_until = NULL, failures = 0
 WHERE tenant_id = $1 AND provider = $2 AND period = $3 AND version <> $4`,
    values: key,
  });
}
