import type { Asset } from '#model';
import type { Client } from '../connection/database.ts';
import { queryWholeTenant } from '../connection/query-whole-tenant.ts';

/** An account over a posting period: what it stood at before, what was posted, by the usage it is about. */
export interface PeriodBalance {
  readonly account: string;
  readonly asset: Asset;
  readonly opening: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
  /** The part of debit - credit that is about usage of other months. */
  readonly ofOtherMonths: bigint;
}

/**
 * The trial balance of a posting period, by asset and account; accounts that neither moved nor stood at anything are
 * left out. Of a closed period it never changes: nothing is posted to it any more.
 *
 * @param period `YYYY-MM`
 */
export async function readPeriodBalances(
  client: Client,
  tenantId: bigint,
  period: string,
): Promise<PeriodBalance[]> {
  const rows = await queryWholeTenant<
    Record<'opening' | 'debit' | 'credit' | 'other', string> & { account: string; asset: Asset }
  >(
    client,
    `SELECT e.account, e.asset,
            coalesce(sum(e.amount) FILTER (WHERE t.period < $2), 0) AS opening,
            coalesce(sum(e.amount) FILTER (WHERE t.period = $2 AND e.amount > 0), 0) AS debit,
            coalesce(-sum(e.amount) FILTER (WHERE t.period = $2 AND e.amount < 0), 0) AS credit,
            coalesce(sum(e.amount) FILTER (WHERE t.period = $2 AND to_char(e.usage_day, 'YYYY-MM') <> $2), 0) AS other
       FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
      WHERE e.tenant_id = $1 AND t.tenant_id = $1 AND t.period <= $2
      GROUP BY e.account, e.asset
     HAVING sum(e.amount) <> 0 OR count(*) FILTER (WHERE t.period = $2) > 0
      ORDER BY e.asset COLLATE "C", e.account COLLATE "C"`,
    [tenantId, period],
  );
  return rows.map((row) => ({
    account: row.account,
    asset: row.asset,
    opening: BigInt(row.opening),
    debit: BigInt(row.debit),
    credit: BigInt(row.credit),
    ofOtherMonths: BigInt(row.other),
  }));
}

/** What was posted about a month to its own period, and what later by which code. */
export interface PeriodDifference {
  readonly account: string;
  readonly asset: Asset;
  /** null = posted to the period itself: as reported. */
  readonly code: string | null;
  readonly amount: bigint;
}

/** The postings that took effect in a month, by asset and account: those of its own period, and each code after it. */
export async function readPeriodDifferences(
  client: Client,
  tenantId: bigint,
  period: string,
): Promise<PeriodDifference[]> {
  const rows = await queryWholeTenant<{ account: string; asset: Asset; code: string | null; amount: string }>(
    client,
    `SELECT e.account, e.asset, CASE WHEN t.period = $2 THEN NULL ELSE t.code END AS code, sum(e.amount) AS amount
       FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
      WHERE e.tenant_id = $1 AND t.tenant_id = $1
        AND t.effective_at >= ($2 || '-01')::date::timestamptz
        AND t.effective_at < (($2 || '-01')::date + interval '1 month')::date::timestamptz
      GROUP BY 1, 2, 3 HAVING sum(e.amount) <> 0
      ORDER BY e.asset COLLATE "C", e.account COLLATE "C", 3 NULLS FIRST`,
    [tenantId, period],
  );
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
}
