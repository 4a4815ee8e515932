import type { Client } from '../connection/database.ts';
import { booksAt } from './books-at.ts';
import type { TieOutQuery } from './read-tie-out.ts';

/** One provider's usage month with an invoice, in the currency of its charges. Amounts in pico-units, positive. */
export interface BilledMonth {
  readonly provider: string;
  /** `YYYY-MM` */
  readonly month: string;
  readonly asset: string;
  readonly invoices: readonly BilledAs[];
  /** In the currency of the charges; null = nobody told a rate into it. */
  readonly billedPico: bigint | null;
  /** Our own charges of the month. */
  readonly chargedPico: bigint;
  readonly variancePico: Readonly<Record<string, bigint>>;
}

/** An invoice as it was billed. */
export interface BilledAs {
  readonly number: string;
  readonly asset: string;
  readonly amountPico: bigint;
}

/** Over `ledger_entries` as it stood: $1 tenant, $2 and $3 the period. */
const BILLED = `entry AS (
  SELECT e.provider, to_char(e.usage_day, 'YYYY-MM') AS month, e.usage_span_id, e.asset, e.account, sum(e.amount) AS amount
    FROM ledger_entries e
   WHERE e.tenant_id = $1 AND (e.call_model = 'invoice' OR e.account LIKE '2900:fx:%')
     AND date_trunc('month', e.usage_day)::date >= $2::date
     AND (date_trunc('month', e.usage_day) + interval '1 month')::date <= $3::date
   GROUP BY 1, 2, 3, 4, 5 HAVING sum(e.amount) <> 0
),
-- The other currency of an invoice: that of the position its payable is not in.
invoice AS (
  SELECT p.provider, p.month, p.usage_span_id, substr(p.account, length('2100:payable:' || p.provider || ':') + 1) AS number,
         p.asset AS billed_in, -p.amount AS billed, coalesce(f.asset, p.asset) AS asset,
         f.asset IS NOT NULL OR o.asset IS NULL AS is_converted
    FROM entry p
    LEFT JOIN entry f ON f.provider = p.provider AND f.month = p.month AND f.usage_span_id = p.usage_span_id
                     AND f.account LIKE '2900:fx:%' AND f.asset <> p.asset
    LEFT JOIN entry o ON o.provider = p.provider AND o.month = p.month AND o.usage_span_id = p.usage_span_id
                     AND o.account LIKE '2900:fx:%' AND o.asset = p.asset
   WHERE p.account LIKE '2100:%'
),
named AS (
  SELECT provider, month, asset, bool_and(is_converted) AS is_converted,
         jsonb_agg(jsonb_build_object('number', number, 'asset', billed_in, 'amount', billed::text) ORDER BY number, billed_in) AS invoices
    FROM invoice GROUP BY provider, month, asset
),
own AS (
  SELECT provider, month, asset, coalesce(sum(amount) FILTER (WHERE account LIKE '2000:%'), 0) AS charged
    FROM entry WHERE account LIKE '2000:%' OR account LIKE '5900:%' GROUP BY provider, month, asset
),
kinds AS (
  SELECT provider, month, asset, jsonb_object_agg(kind, amount::text) AS variance
    FROM (SELECT provider, month, asset, substr(account, length('5900:variance:' || provider || ':') + 1) AS kind, sum(amount) AS amount
            FROM entry WHERE account LIKE '5900:%' GROUP BY 1, 2, 3, 4) k
   GROUP BY provider, month, asset
)
SELECT provider, month, asset, coalesce(n.invoices, '[]') AS invoices, coalesce(n.is_converted, true) AS is_converted,
       coalesce(o.charged, 0) AS charged, coalesce(k.variance, '{}') AS variance
  FROM named n FULL JOIN own o USING (provider, month, asset) LEFT JOIN kinds k USING (provider, month, asset)
 ORDER BY month, provider, asset`;

/**
 * The usage months that lie whole in [from, to) and have an invoice in the ledger. An invoice stands under the last day
 * of its month; of a month that is only in part in the period it says nothing. What one invoice says in two currencies
 * has the same usage: it counts where the charges are.
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
    invoices: { number: string; asset: string; amount: string }[];
    is_converted: boolean;
    charged: string;
    variance: Record<string, string>;
  }>(`WITH ${books}${BILLED}`, values);
  return rows.map((row) => {
    const chargedPico = BigInt(row.charged);
    const variancePico = Object.fromEntries(
      Object.entries(row.variance).map(([kind, amount]) => [kind, BigInt(amount)]),
    );
    const beyond = Object.values(variancePico).reduce((sum, amount) => sum + amount, 0n);
    return {
      provider: row.provider,
      month: row.month,
      asset: row.asset,
      invoices: row.invoices.map(({ number, asset, amount }) => ({
        number,
        asset,
        amountPico: BigInt(amount),
      })),
      billedPico: row.is_converted ? chargedPico + beyond : null,
      chargedPico,
      variancePico,
    };
  });
}
