import type { Asset } from '#model';
import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';
import { groupSql, timeKeys } from './group-keys.ts';

/** Which figure of a cost-per-outcome row an amount belongs to. */
export type CostFigure =
  | 'direct'
  | 'failed_attempt'
  | 'no_outcome'
  | 'pending'
  | 'in_progress'
  | 'overhead'
  | 'unattributed'
  | 'elsewhere'
  | 'loaded';

/** A part of a figure: of one currency and usage day. Figures are apart: their sum is the whole. */
export interface DatedCost {
  readonly group: readonly (string | null)[];
  readonly figure: CostFigure;
  readonly asset: Asset;
  /** UTC, `YYYY-MM-DD`. */
  readonly usageDay: string;
  readonly amountPico: bigint;
}

/**
 * The cost of a cost-per-outcome report in the currencies and of the days it was used, so that each part can be
 * converted by the rate of its day. `loaded`: cost lines and used overhead, in the group of the item's first attempt.
 */
export async function readCostByDay(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<DatedCost[]> {
  const { cells, values } = costCells(tenantId, query);
  const moment = query.view === 'settled' ? 'i.final_at' : 'i.first_attempt_at';
  const group = groupSql(query.groupBy, 't.keys', {
    outcome_type: 'i.outcome_type',
    ...timeKeys(moment),
  });
  const { rows } = await client.query<DatedCostRow>(
    `${cells}, keyed AS (
  SELECT work_item_ref, attempt_id, substr(min(keys COLLATE "C"), 57)::text[] AS keys
    FROM part GROUP BY work_item_ref, attempt_id
), first_keys AS (
  SELECT work_item_ref, substr(min(keys COLLATE "C"), 57)::text[] AS keys FROM part GROUP BY work_item_ref
)
SELECT ${group} AS grp,
       CASE WHEN NOT i.is_settled THEN 'pending' WHEN i.phase <> 'achieved' THEN 'no_outcome'
            WHEN e.account = '5200:outcome' THEN 'direct' ELSE 'failed_attempt' END AS figure,
       e.asset, e.usage_day, sum(e.amount) AS amount
  FROM item i
  JOIN attempts a ON a.tenant_id = $1 AND a.work_item_ref = i.ref
  JOIN keyed t ON t.work_item_ref = a.work_item_ref AND t.attempt_id = a.attempt_id
  JOIN ledger_entries e ON e.tenant_id = $1 AND e.posting_id = a.trace_id AND e.attempt_id = a.attempt_id
       AND e.account >= '5100' AND e.account < '5400'
 GROUP BY 1, 2, 3, 4 HAVING sum(e.amount) <> 0
UNION ALL
SELECT ${group}, 'loaded', e.asset, e.usage_day, sum(e.amount)
  FROM item i
  JOIN ledger_entries e ON e.tenant_id = $1 AND e.work_item_ref = i.ref AND e.account ~ '^5[1234]10:'
  LEFT JOIN first_keys t ON t.work_item_ref = i.ref
 WHERE i.is_settled
 GROUP BY 1, 3, 4 HAVING sum(e.amount) <> 0
 ORDER BY 1, 2, 3, 4`,
    values,
  );
  return rows.map(toDatedCost);
}

export const toDatedCost = (row: DatedCostRow): DatedCost => ({
  group: row.grp,
  figure: row.figure,
  asset: row.asset,
  usageDay: row.usage_day,
  amountPico: BigInt(row.amount),
});

export interface DatedCostRow {
  grp: (string | null)[];
  figure: CostFigure;
  asset: Asset;
  usage_day: string;
  amount: string;
}
