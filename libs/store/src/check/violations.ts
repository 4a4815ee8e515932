import type { Client } from '../connection/database.ts';
import { queryWholeTenant } from '../connection/query-whole-tenant.ts';
import { IS_GONE } from '../partitions/span-days.ts';
import { attemptCosts } from '../posting/update-attempt-costs.ts';

/** A broken invariant, with enough to find it. */
export interface Violation {
  /** Name of the invariant. */
  readonly invariant: string;
  readonly tenantId: bigint;
  /** What it is about: a transaction, a day of a provider, a batch. */
  readonly subject: string;
  readonly found: string;
}

/** Until the partition of a day is gone its spans are counted there, from then on by their places. */
const HELD = `
SELECT tenant_id, trace_id, batch_id FROM spans WHERE $1::bigint IS NULL OR tenant_id = $1
 UNION ALL
SELECT p.tenant_id, p.trace_id, u.batch_id FROM span_places p, unnest(p.batch_ids) AS u (batch_id)
 WHERE ($1::bigint IS NULL OR p.tenant_id = $1) AND ${IS_GONE}`;

interface Check {
  readonly invariant: string;
  /** Columns tenant_id, subject, found; one row per violation. `$1` is the tenant or null for all. */
  readonly sql: string;
}

const LIMIT = 100;

/**
 * What must hold at every moment, whatever was committed last: each statement sees one snapshot, and postings
 * move entries and positions together.
 */
const CHECKS: readonly Check[] = [
  {
    invariant: 'every transaction balances per asset',
    sql: `
SELECT tenant_id, txn_id::text AS subject, asset || ' ' || sum(amount) AS found FROM ledger_entries
 WHERE $1::bigint IS NULL OR tenant_id = $1 GROUP BY tenant_id, posting_id, txn_id, asset HAVING sum(amount) <> 0`,
  },
  {
    invariant: 'cost placed equals cost owed, per provider, asset and usage day',
    sql: `
SELECT tenant_id, provider || ' ' || usage_day AS subject, asset || ' ' || sum(amount) AS found FROM ledger_entries
 WHERE $1::bigint IS NULL OR tenant_id = $1 GROUP BY tenant_id, provider, asset, usage_day HAVING sum(amount) <> 0`,
  },
  {
    invariant: 'every usage is placed exactly once',
    sql: `
SELECT tenant_id, posting_id || '/' || usage_span_id AS subject, account || ' ' || sum(amount) AS found
  FROM ledger_entries WHERE ($1::bigint IS NULL OR tenant_id = $1) AND account LIKE '5%' AND account !~ '^5(44|45|90)'
 GROUP BY tenant_id, posting_id, usage_span_id, account, asset, attempt_id HAVING sum(amount) < 0`,
  },
  {
    invariant: 'an invoiced month owes nothing beyond what is payable',
    sql: `
SELECT p.tenant_id, p.account || ' ' || p.asset AS subject, sum(p.amount) || ' left' AS found
  FROM reconciliations r JOIN positions p ON p.tenant_id = r.tenant_id AND p.account = '2000:accrued:' || r.provider || ':' || r.period
 WHERE ($1::bigint IS NULL OR r.tenant_id = $1) AND r.is_booked
   AND EXISTS (SELECT FROM jsonb_array_elements(r.result) c
                WHERE c ->> 'currency' || '/12' = p.asset AND (c ->> 'isBooked')::boolean)
   AND NOT EXISTS (SELECT FROM due_reconciliations d
                    WHERE d.tenant_id = r.tenant_id AND d.provider = r.provider AND d.period = r.period)
 GROUP BY p.tenant_id, p.account, p.asset HAVING sum(p.amount) <> 0`,
  },
  {
    invariant: 'positions equal the sum of entries',
    sql: `
WITH summed AS (
  SELECT tenant_id, posting_id, coalesce(attempt_id, '00000000-0000-0000-0000-000000000000') AS attempt_id, account, asset,
         usage_day, sum(amount) AS amount
    FROM ledger_entries WHERE $1::bigint IS NULL OR tenant_id = $1 GROUP BY 1, 2, 3, 4, 5, 6),
standing AS (SELECT * FROM positions WHERE $1::bigint IS NULL OR tenant_id = $1)
SELECT tenant_id, posting_id || ' ' || account AS subject,
       coalesce(standing.amount, 0) || ' is not ' || coalesce(summed.amount, 0) AS found
  FROM summed FULL JOIN standing USING (tenant_id, posting_id, attempt_id, account, asset, usage_day)
 WHERE coalesce(summed.amount, 0) <> coalesce(standing.amount, 0)`,
  },
  {
    invariant: 'attempts cost what their positions say',
    sql: `
SELECT a.tenant_id, a.trace_id || ' ' || a.attempt_id AS subject, a.cost || ' is not ' || coalesce(p.cost, 0) AS found
  FROM attempts a LEFT JOIN (${attemptCosts('($1::bigint IS NULL OR tenant_id = $1)')}) p
       ON p.tenant_id = a.tenant_id AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
 WHERE ($1::bigint IS NULL OR a.tenant_id = $1) AND (a.cost, a.direct_cost, a.has_other_assets)
       IS DISTINCT FROM (coalesce(p.cost, 0), coalesce(p.direct_cost, 0), coalesce(p.has_other_assets, false))`,
  },
  {
    invariant: 'positions of work items equal the sum of entries',
    sql: `
WITH summed AS (
  SELECT tenant_id, work_item_ref AS ref, posting_id, account, asset, sum(amount) AS amount FROM ledger_entries
   WHERE ($1::bigint IS NULL OR tenant_id = $1) AND work_item_ref IS NOT NULL AND account ~ '^5[1234]10:' GROUP BY 1, 2, 3, 4, 5),
standing AS (SELECT * FROM item_positions WHERE $1::bigint IS NULL OR tenant_id = $1)
SELECT tenant_id, posting_id || ' ' || account AS subject,
       coalesce(standing.amount, 0) || ' is not ' || coalesce(summed.amount, 0) AS found
  FROM summed FULL JOIN standing USING (tenant_id, ref, posting_id, account, asset)
 WHERE coalesce(summed.amount, 0) <> coalesce(standing.amount, 0)`,
  },
  {
    invariant: 'what agents cost and what stands beside it balance apart, per provider, asset and usage day',
    sql: `
SELECT tenant_id, provider || ' ' || usage_day AS subject, asset || ' ' || sum(amount) AS found FROM ledger_entries
 WHERE ($1::bigint IS NULL OR tenant_id = $1) AND (substr(account, 3, 1) <> '0' OR account LIKE '2800:%')
 GROUP BY tenant_id, provider, asset, usage_day HAVING sum(amount) <> 0`,
  },
  {
    invariant: 'entries belong to a transaction',
    sql: `
SELECT e.tenant_id, e.txn_id::text AS subject, 'no transaction' AS found FROM ledger_entries e
  LEFT JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
 WHERE ($1::bigint IS NULL OR e.tenant_id = $1) AND t.txn_id IS NULL`,
  },
  {
    invariant: 'every received span is counted once',
    sql: `
SELECT tenant_id, batch_id::text AS subject,
       received || ' received, ' || stored || ' + ' || duplicate || ' + ' || conflicting || ' + ' || rejected AS found
  FROM batches WHERE ($1::bigint IS NULL OR tenant_id = $1) AND received <> stored + duplicate + conflicting + rejected`,
  },
  {
    invariant: 'stored spans are those their batch counted',
    sql: `
WITH held AS (SELECT tenant_id, batch_id, count(*) AS n FROM (${HELD}) AS all_held GROUP BY 1, 2)
SELECT b.tenant_id, b.batch_id::text AS subject, coalesce(held.n, 0) || ' held, ' || b.stored || ' counted' AS found
  FROM batches b LEFT JOIN held USING (tenant_id, batch_id)
 WHERE ($1::bigint IS NULL OR b.tenant_id = $1) AND b.signal <> 'metrics' AND coalesce(held.n, 0) <> b.stored`,
  },
  {
    invariant: 'stored counters are those their batch counted',
    sql: `
WITH held AS (SELECT tenant_id, batch_id, count(*) AS n FROM counter_points WHERE $1::bigint IS NULL OR tenant_id = $1 GROUP BY 1, 2)
SELECT b.tenant_id, b.batch_id::text AS subject, coalesce(held.n, 0) || ' held, ' || b.stored || ' counted' AS found
  FROM batches b LEFT JOIN held USING (tenant_id, batch_id)
 WHERE ($1::bigint IS NULL OR b.tenant_id = $1) AND b.signal = 'metrics' AND coalesce(held.n, 0) <> b.stored`,
  },
  {
    invariant: 'a trace counts its spans',
    sql: `
WITH held AS (SELECT tenant_id, trace_id, count(*) AS n FROM (${HELD}) AS all_held GROUP BY 1, 2)
SELECT tenant_id, trace_id::text AS subject, coalesce(held.n, 0) || ' held, ' || coalesce(t.span_count, 0) || ' counted' AS found
  FROM held FULL JOIN (SELECT * FROM traces WHERE $1::bigint IS NULL OR tenant_id = $1) t USING (tenant_id, trace_id)
 WHERE coalesce(held.n, 0) <> coalesce(t.span_count, 0)`,
  },
];

/**
 * Checks the stored books against themselves, in the caller's transaction. Reads whole tables: a job for a command or a
 * schedule.
 *
 * @param tenantId one tenant, or null for all
 * @returns at most 100 violations of each invariant; empty when all hold
 */
export async function findViolations(client: Client, tenantId: bigint | null): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { invariant, sql } of CHECKS) {
    const rows = await queryWholeTenant<{ tenant_id: bigint; subject: string; found: string }>(
      client,
      `SELECT * FROM (${sql}) AS violation LIMIT ${LIMIT}`,
      [tenantId],
    );
    for (const row of rows) {
      violations.push({ invariant, tenantId: row.tenant_id, subject: row.subject, found: row.found });
    }
  }
  return violations;
}

/** Names of the invariants `findViolations` checks. */
export const INVARIANTS: readonly string[] = CHECKS.map(({ invariant }) => invariant);
