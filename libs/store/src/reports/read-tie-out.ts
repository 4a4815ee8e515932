import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { booksAt } from './books-at.ts';
import { POPULATIONS, type PopulationView } from './population.ts';

export interface TieOutQuery {
  readonly view: PopulationView | 'period';
  readonly fromDay: string;
  readonly toDay: string;
  readonly nowUs: bigint;
  readonly outcomeType: string | null;
  /** Leaves of the log the books are read at; null = as they stand. */
  readonly size: number | null;
}

/** A part of what was metered in the period: `in_scope`, or why the report leaves it out. */
export interface TieOutPart {
  readonly reason: string;
  readonly asset: string;
  readonly amountPico: bigint;
}

/**
 * Everything metered in the usage period [from, to), once, by whether the report counts it. The parts of an asset
 * sum to its metered total, because each cost entry of the ledger falls into exactly one.
 */
export async function readTieOut(
  client: Client,
  tenantId: bigint,
  query: TieOutQuery,
): Promise<TieOutPart[]> {
  const population = query.view === 'period' ? null : POPULATIONS[query.view];
  const values: unknown[] = [
    tenantId,
    query.fromDay,
    query.toDay,
    timestampFromUs(query.nowUs),
    query.outcomeType,
  ];
  const { rows } = await client.query<{ reason: string; asset: string; amount: string }>(
    `
WITH ${booksAt(query.size, (size) => `$${values.push(size)}`)}cost AS (
  SELECT e.work_item_ref, e.account, e.asset, sum(e.amount) AS amount
    FROM ledger_entries e
   WHERE e.tenant_id = $1 AND e.usage_day >= $2::date AND e.usage_day < $3::date
     AND e.account >= '5' AND e.account < '59' AND substr(e.account, 3, 1) = '0'
   GROUP BY e.work_item_ref, e.account, e.asset
)
SELECT CASE
         WHEN $5::text IS NOT NULL AND w.ref IS NOT NULL AND w.outcome_type <> $5 THEN 'other_outcome_type'
         WHEN c.account >= '5100' AND c.account < '5400' AND (${population?.settled ?? '$5::text IS NULL OR w.outcome_type = $5'}) THEN 'in_scope'
         WHEN $5::text IS NULL AND ${population === null} THEN 'in_scope'
         WHEN c.account = '5000:unattributed' THEN 'unattributed'
         WHEN c.account LIKE '5400:overhead:%' THEN substr(c.account, 6)
         WHEN c.account NOT LIKE '5_00:%' OR c.account >= '5400' THEN c.account
         WHEN w.ref IS NULL THEN 'work_item_unknown'
         WHEN w.phase = 'open' OR w.final_at > $4::timestamptz THEN 'in_progress'
         ELSE 'settled_in_another_period'
       END AS reason, c.asset, sum(c.amount) AS amount
  FROM cost c
  LEFT JOIN work_items w ON w.tenant_id = $1 AND w.ref = c.work_item_ref
 GROUP BY 1, 2 ORDER BY 2, 1`,
    values,
  );
  return rows.map((row) => ({ reason: row.reason, asset: row.asset, amountPico: BigInt(row.amount) }));
}

/** Σ of what the providers are owed for the usage period, per asset, positive: the other side of the same ledger.
 * What invoices clear and bill beyond it is left out. */
export async function readMetered(
  client: Client,
  tenantId: bigint,
  { fromDay, toDay, size }: Pick<TieOutQuery, 'fromDay' | 'toDay' | 'size'>,
): Promise<{ asset: string; amountPico: bigint }[]> {
  const values: unknown[] = [tenantId, fromDay, toDay];
  const books = booksAt(size, (value) => `$${values.push(value)}`);
  const { rows } = await client.query<{ asset: string; amount: string }>(
    `WITH ${books}owed AS (
       SELECT asset, amount FROM ledger_entries
        WHERE tenant_id = $1 AND usage_day >= $2::date AND usage_day < $3::date AND account >= '2' AND account < '3'
          AND substr(account, 3, 1) = '0' AND account NOT LIKE '2800:%' AND account NOT LIKE '2900:%'
          AND call_model <> 'invoice')
     SELECT asset, -sum(amount) AS amount FROM owed GROUP BY asset ORDER BY asset`,
    values,
  );
  return rows.map((row) => ({ asset: row.asset, amountPico: BigInt(row.amount) }));
}
