import type { Queryable } from '../connection/database.ts';

/**
 * Puts beside each attempt's part what its positions say that it costs, in the caller's transaction that holds the
 * postings and has moved them. Idempotent.
 *
 * @param postingIds those that moved; of postings that are of no trace nothing is to be done
 */
export async function updateAttemptCosts(
  db: Queryable,
  tenantId: bigint,
  postingIds: readonly string[],
): Promise<void> {
  if (postingIds.length === 0) return;
  await db.query({
    name: 'update-attempt-costs',
    text: `
UPDATE attempts a SET cost = n.cost, direct_cost = n.direct_cost, has_other_assets = n.has_other_assets
  FROM (SELECT t.trace_id, t.attempt_id, coalesce(p.cost, 0) AS cost, coalesce(p.direct_cost, 0) AS direct_cost,
               coalesce(p.has_other_assets, false) AS has_other_assets
          FROM attempts t
          LEFT JOIN (${attemptCosts('tenant_id = $1 AND posting_id = ANY ($2::uuid[])')}) p
               ON p.posting_id = t.trace_id AND p.attempt_id = t.attempt_id
         WHERE t.tenant_id = $1 AND t.trace_id = ANY ($2::uuid[])) n
 WHERE a.tenant_id = $1 AND a.trace_id = n.trace_id AND a.attempt_id = n.attempt_id
   AND (a.cost, a.direct_cost, a.has_other_assets) IS DISTINCT FROM (n.cost, n.direct_cost, n.has_other_assets)`,
    values: [tenantId, postingIds],
  });
}

/** SQL of what the parts of attempts cost at the places that reports count; USD in pico. @param which of `positions` */
export const attemptCosts = (which: string): string => `
SELECT tenant_id, posting_id, attempt_id,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12'), 0) AS cost,
       coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5200:outcome'), 0) AS direct_cost,
       bool_or(asset <> 'USD/12') AS has_other_assets
  FROM positions WHERE ${which} AND account >= '5100' AND account < '5400' GROUP BY 1, 2, 3`;
