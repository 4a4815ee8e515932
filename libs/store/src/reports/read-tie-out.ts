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
 * sum to its metered total, because each cost position of the ledger falls into exactly one.
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
  SELECT a.work_item_ref, p.account, p.asset, p.amount
    FROM positions p
    -- Overhead is borne by the attempt's workflow, not by its item.
    LEFT JOIN attempts a ON a.tenant_id = $1 AND a.trace_id = p.posting_id AND a.attempt_id = p.attempt_id
         AND p.account < '5400'
   WHERE p.tenant_id = $1 AND p.usage_day >= $2::date AND p.usage_day < $3::date
     AND ${ofCalls('5', 9)} AND p.amount <> 0
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

/**
 * Accounts of what calls cost and are owed for: their third digit is 0. As ranges, because row-level security keeps the
 * planner from looking at its statistics with any other test of a text: it expected a hundredth of the rows.
 *
 * @param first digit of the accounts @param below second digit
 */
function ofCalls(first: string, below: number): string {
  const ranges = Array.from(
    { length: below },
    (_, n) => `account >= '${first}${n}0' AND account < '${first}${n}1'`,
  );
  // What begins with another digit need not be compared with every range.
  return `account >= '${first}' AND account < '${Number(first) + 1}' AND (${ranges.join(' OR ')})`;
}

/** $2 and $3: the period. Imputed costs (2800) and legs in another currency (2900) are nobody's claim. */
const OWED = `usage_day >= $2::date AND usage_day < $3::date AND ${ofCalls('2', 8)}`;

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
       SELECT asset, amount FROM positions WHERE tenant_id = $1 AND ${OWED}
       UNION ALL
       SELECT asset, -amount FROM ledger_entries WHERE tenant_id = $1 AND ${OWED} AND call_model = 'invoice')
     SELECT asset, -sum(amount) AS amount FROM owed GROUP BY asset HAVING sum(amount) <> 0 ORDER BY asset`,
    values,
  );
  return rows.map((row) => ({ asset: row.asset, amountPico: BigInt(row.amount) }));
}
