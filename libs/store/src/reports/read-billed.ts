import type { Client } from '../connection/database.ts';
import { booksAt } from './books-at.ts';
import type { TieOutQuery } from './read-tie-out.ts';

/** One provider's usage month with an invoice, in one currency. Amounts in pico-units, positive. */
export interface BilledMonth {
  readonly provider: string;
  /** `YYYY-MM` */
  readonly month: string;
  readonly asset: string;
  readonly invoices: readonly string[];
  readonly billedPico: bigint;
  /** Our own charges of the month. */
  readonly chargedPico: bigint;
  readonly variancePico: Readonly<Record<string, bigint>>;
}

/**
 * The usage months that lie whole in [from, to) and have an invoice in the ledger. An invoice stands under the last day
 * of its month; of a month that is only in part in the period it says nothing.
 */
export async function readBilled(
  client: Client,
  tenantId: bigint,
  { fromDay, toDay, size }: Pick<TieOutQuery, 'fromDay' | 'toDay' | 'size'>,
): Promise<BilledMonth[]> {
  const values: unknown[] = [tenantId, fromDay, toDay];
  const books = booksAt(size, (value) => `$${values.push(value)}`);
  const { rows } = await client.query<{
    provider: string;
    month: string;
    asset: string;
    invoices: string[];
    billed: string;
    charged: string;
    variance: Record<string, string>;
  }>(
    `WITH ${books}entry AS (
  SELECT e.provider, to_char(e.usage_day, 'YYYY-MM') AS month, e.asset, e.account, sum(e.amount) AS amount
    FROM ledger_entries e
   WHERE e.tenant_id = $1 AND e.call_model = 'invoice'
     AND date_trunc('month', e.usage_day)::date >= $2::date
     AND (date_trunc('month', e.usage_day) + interval '1 month')::date <= $3::date
   GROUP BY 1, 2, 3, 4 HAVING sum(e.amount) <> 0
)
SELECT provider, month, asset,
       coalesce(array_agg(DISTINCT split_part(account, ':', 4)) FILTER (WHERE account LIKE '2100:%'), '{}') AS invoices,
       coalesce(-sum(amount) FILTER (WHERE account LIKE '2100:%'), 0) AS billed,
       coalesce(sum(amount) FILTER (WHERE account LIKE '2000:%'), 0) AS charged,
       coalesce(jsonb_object_agg(split_part(account, ':', 4), amount::text) FILTER (WHERE account LIKE '5900:%'), '{}') AS variance
  FROM entry GROUP BY provider, month, asset ORDER BY month, provider, asset`,
    values,
  );
  return rows.map((row) => ({
    provider: row.provider,
    month: row.month,
    asset: row.asset,
    invoices: row.invoices,
    billedPico: BigInt(row.billed),
    chargedPico: BigInt(row.charged),
    variancePico: Object.fromEntries(
      Object.entries(row.variance).map(([kind, amount]) => [kind, BigInt(amount)]),
    ),
  }));
}
