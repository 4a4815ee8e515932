import type { Asset, Ref } from '#model';
import type { Queryable } from '../connection/database.ts';

/** What was metered into an overhead pool over usage days. */
export interface PoolCost {
  readonly pool: string;
  readonly asset: Asset;
  readonly amountPico: bigint;
}

/** Overhead by pool and currency with a usage day in [from, to). */
export async function readPoolCosts(
  db: Queryable,
  tenantId: bigint,
  fromDay: string,
  toDay: string,
): Promise<PoolCost[]> {
  const { rows } = await db.query<{ pool: string; asset: Asset; amount: string }>({
    name: 'read-pool-costs',
    text: `
SELECT substr(account, 15) AS pool, asset, sum(amount) AS amount FROM ledger_entries
 WHERE tenant_id = $1 AND account LIKE '5400:overhead:%' AND usage_day >= $2::date AND usage_day < $3::date
 GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2`,
    values: [tenantId, fromDay, toDay],
  });
  return rows.map(({ pool, asset, amount }) => ({ pool, asset, amountPico: BigInt(amount) }));
}

/** What a work item used in a period, by every driver a pool may be divided by. */
export interface ItemUse {
  readonly ref: Ref;
  readonly outcomeType: string;
  readonly retrievals: bigint;
  readonly modelCalls: bigint;
  readonly attempts: bigint;
  /** What the calls of its agents cost in USD, pico. */
  readonly directCostPico: bigint;
}

/** Work items with an attempt that started in [from, to), by ref. */
export async function readItemUse(
  db: Queryable,
  tenantId: bigint,
  fromDay: string,
  toDay: string,
): Promise<ItemUse[]> {
  const { rows } = await db.query<{
    ref: string;
    outcome_type: string;
    retrievals: bigint;
    model_calls: bigint;
    attempts: bigint;
    cost: string;
  }>({
    name: 'read-item-use',
    text: `
WITH used AS (
  SELECT a.work_item_ref AS ref, sum(a.retrievals)::bigint AS retrievals, sum(a.model_calls)::bigint AS model_calls,
         count(DISTINCT a.attempt_id) AS attempts
    FROM attempts a
   WHERE a.tenant_id = $1 AND a.started_at >= $2::date::timestamptz AND a.started_at < $3::date::timestamptz
   GROUP BY 1
), cost AS (
  SELECT e.work_item_ref AS ref, sum(e.amount) AS cost FROM ledger_entries e
   WHERE e.tenant_id = $1 AND e.usage_day >= $2::date AND e.usage_day < $3::date AND e.work_item_ref IS NOT NULL
     AND e.account >= '51' AND e.account < '54' AND substr(e.account, 3, 1) = '0' AND e.asset = 'USD/12'
   GROUP BY 1
)
SELECT u.ref, w.outcome_type, u.retrievals, u.model_calls, u.attempts, coalesce(c.cost, 0) AS cost
  FROM used u JOIN work_items w ON w.tenant_id = $1 AND w.ref = u.ref LEFT JOIN cost c ON c.ref = u.ref
 ORDER BY u.ref`,
    values: [tenantId, fromDay, toDay],
  });
  return rows.map((row) => ({
    ref: row.ref,
    outcomeType: row.outcome_type,
    retrievals: row.retrievals,
    modelCalls: row.model_calls,
    attempts: row.attempts,
    directCostPico: BigInt(row.cost),
  }));
}
