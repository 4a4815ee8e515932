import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import type { GroupKey } from '../reports/group-keys.ts';
import { booksAt } from '../reports/books-at.ts';
import { attemptKeysSql } from '../reports/group-keys.ts';

/** What may belong to a work item beside what is booked on it; USD in pico. */
export interface CandidateCost {
  readonly ref: Ref;
  readonly amountPico: bigint;
  /** Σ amount x confidence in ten-thousandths. */
  readonly expectedBpsPico: bigint;
}

export async function readCandidateCosts(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<CandidateCost[]> {
  const { rows } = await client.query<{ ref: string; amount: string; expected: string }>(
    `SELECT work_item_ref AS ref, sum(amount) AS amount, sum(expected_bps) AS expected FROM link_candidates
      WHERE tenant_id = $1 AND work_item_ref = ANY ($2::text[]) AND state = 'candidate'
      GROUP BY work_item_ref ORDER BY work_item_ref`,
    [tenantId, refs],
  );
  return rows.map((row) => ({
    ref: row.ref,
    amountPico: BigInt(row.amount),
    expectedBpsPico: BigInt(row.expected),
  }));
}

/** Spend of one group that is on no work item; `group` null = all of it. */
export interface UnlinkedCost {
  readonly group: readonly (string | null)[] | null;
  readonly amountPico: bigint;
}

/** What traces that started in [from, to) spent on no work item, the total first. Keys that work items have are null. */
export async function readUnlinkedCosts(
  client: Client,
  tenantId: bigint,
  query: {
    readonly fromDay: string;
    readonly toDay: string;
    readonly groupBy: readonly GroupKey[];
    readonly size: number | null;
  },
): Promise<UnlinkedCost[]> {
  const values: unknown[] = [tenantId, query.fromDay, query.toDay];
  const keys = attemptKeysSql(query.groupBy, (value) => `$${values.push(value)}`);
  const books = booksAt(query.size, (value) => `$${values.push(value)}`);
  const { rows } = await client.query<{ grp: (string | null)[] | null; is_total: boolean; amount: string }>(
    `WITH ${books}one AS (SELECT 1)
     SELECT ${keys} AS grp, GROUPING(${keys}) = 1 AS is_total, coalesce(sum(a.amount), 0) AS amount
       FROM link_candidates a
      WHERE a.tenant_id = $1 AND a.work_item_ref = '' AND a.started_at >= $2::date::timestamptz
        AND a.started_at < $3::date::timestamptz
      GROUP BY GROUPING SETS ((${keys}), ()) ORDER BY is_total DESC, grp`,
    values,
  );
  return rows.map((row) => ({ group: row.is_total ? null : row.grp, amountPico: BigInt(row.amount) }));
}
