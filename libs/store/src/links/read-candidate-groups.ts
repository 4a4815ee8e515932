import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from '../reports/cost-cells.ts';
import { attemptKeysSql, groupSql, timeKeys } from '../reports/group-keys.ts';

/** What may belong to the settled items of a group and is not booked on them; USD in pico. `group` null = all. */
export interface CandidateGroup {
  readonly group: readonly (string | null)[] | null;
  readonly amountPico: bigint;
  readonly expectedBpsPico: bigint;
}

/** Candidates of the items a cost-per-outcome report counts as settled, at the size it is asked for; the total first. */
export async function readCandidateGroups(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<CandidateGroup[]> {
  const { cells, values, bind } = costCells(tenantId, query);
  const moment = query.view === 'settled' ? 'i.final_at' : 'i.first_attempt_at';
  const group = groupSql(query.groupBy, attemptKeysSql(query.groupBy, bind), {
    outcome_type: 'i.outcome_type',
    ...timeKeys(moment),
  });
  const { rows } = await client.query<{
    grp: (string | null)[] | null;
    is_total: boolean;
    amount: string;
    expected: string;
  }>(
    `${cells}, candidate AS (
  SELECT ${group} AS grp, a.amount, a.expected_bps
    FROM item i JOIN link_candidates a ON a.tenant_id = $1 AND a.work_item_ref = i.ref AND a.state = 'candidate'
   WHERE i.is_settled
)
SELECT grp, GROUPING(grp) = 1 AS is_total, coalesce(sum(amount), 0) AS amount, coalesce(sum(expected_bps), 0) AS expected
  FROM candidate GROUP BY GROUPING SETS ((grp), ()) ORDER BY is_total DESC, grp`,
    values,
  );
  return rows.map((row) => ({
    group: row.is_total ? null : row.grp,
    amountPico: BigInt(row.amount),
    expectedBpsPico: BigInt(row.expected),
  }));
}
