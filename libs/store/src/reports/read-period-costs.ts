import type { Client } from '../connection/database.ts';
import { periodCells, type PeriodQuery } from './period-cells.ts';

/** Charges of a period in one group by where they sit now; USD in pico. `group` null = the total. */
export interface PeriodCostRow {
  readonly group: readonly (string | null)[] | null;
  readonly workItems: bigint;
  readonly attempts: bigint;
  readonly costPico: bigint;
  /** With cost lines and what pools are declared to cost. */
  readonly loadedPico: bigint;
  readonly outcomePico: bigint;
  readonly retryPico: bigint;
  readonly noOutcomePico: bigint;
  readonly workPico: bigint;
  readonly overheadPico: bigint;
  readonly unattributedPico: bigint;
  readonly hasOtherAssets: boolean;
}

/** Charges with a usage day in [from, to), as on the bill: one row per group and the total first. */
export async function readPeriodCosts(
  client: Client,
  tenantId: bigint,
  query: PeriodQuery,
): Promise<PeriodCostRow[]> {
  const { cells, values } = periodCells(tenantId, query);
  const { rows } = await client.query<Row>(
    `${cells}
SELECT grp, GROUPING(grp) = 1 AS is_total, count(DISTINCT work_item_ref) AS work_items,
       count(DISTINCT attempt_id) AS attempts,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND substr(account, 3, 1) = '0'), 0) AS cost,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12'), 0) AS loaded,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5200:outcome'), 0) AS outcome,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account IN
         ('5205:carried:retry', '5205:carried:after_outcome', '5205:carried:reopened', '5300:waste:retry', '5300:waste:after_outcome', '5300:waste:reopened')), 0) AS retry,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account IN
         ('5300:waste:failed', '5300:waste:abandoned')), 0) AS no_outcome,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5100:work'), 0) AS work,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account LIKE '5400:%'), 0) AS overhead,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5000:unattributed'), 0) AS unattributed,
       coalesce(bool_or(asset <> 'USD/12'), false) AS has_other
  FROM cell GROUP BY GROUPING SETS ((grp), ())
 ORDER BY is_total DESC, grp`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    workItems: row.work_items,
    attempts: row.attempts,
    costPico: BigInt(row.cost),
    loadedPico: BigInt(row.loaded),
    outcomePico: BigInt(row.outcome),
    retryPico: BigInt(row.retry),
    noOutcomePico: BigInt(row.no_outcome),
    workPico: BigInt(row.work),
    overheadPico: BigInt(row.overhead),
    unattributedPico: BigInt(row.unattributed),
    hasOtherAssets: row.has_other,
  }));
}

interface Row {
  grp: (string | null)[] | null;
  is_total: boolean;
  work_items: bigint;
  attempts: bigint;
  cost: string;
  loaded: string;
  outcome: string;
  retry: string;
  no_outcome: string;
  work: string;
  overhead: string;
  unattributed: string;
  has_other: boolean;
}
