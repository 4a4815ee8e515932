/**
 * SQL that reads the books as they stood at a size of the log: expressions for a WITH clause that take the names of
 * the tables, so that what follows reads them by the text it always has. The answer for one size never changes: a
 * posting commit is in it exactly when its `ledger.batch` leaf is one of the first `size` (docs/adr/012).
 *
 * Names `work_items`, `attempts`, `positions`, `item_positions`, `link_candidates`, `ledger_entries` and `ledger_transactions`; $1 must be the tenant.
 *
 * @param size number of leaves; null = the tables themselves, as they stand now
 * @param bind adds a parameter and returns its placeholder
 * @returns text to stand between WITH and the first expression of the query; empty for null
 */
export function booksAt(size: number | null, bind: (value: number) => string): string {
  return size === null ? '' : AT_SIZE.replaceAll(':size', bind(size));
}

/** The posting commits of the first `:size` leaves, and the zero batch: what stood before history was kept. */
const SEALED = `SELECT batch_id FROM ledger_batches WHERE tenant_id = $1 AND leaf_index < :size
  UNION ALL SELECT '00000000-0000-0000-0000-000000000000'`;

/**
 * A table is its rows that were written by then, and those replaced since. The commits about one item or one trace
 * follow each other in the log as they did in time, so exactly one row of a key is in it.
 */
const projectionAt = (table: string, history: string): string => `${table} AS NOT MATERIALIZED (
  SELECT t.* FROM ${table} t
   WHERE t.tenant_id = $1 AND t.since_batch IN (SELECT batch_id FROM sealed)
  UNION ALL
  SELECT r.* FROM ${history} h CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, h.was) r
   WHERE h.tenant_id = $1 AND h.from_batch IN (SELECT batch_id FROM sealed)
     AND NOT EXISTS (SELECT FROM sealed s WHERE s.batch_id = h.to_batch)
)`;

const AT_SIZE = `sealed AS MATERIALIZED (
  ${SEALED}
), ${projectionAt('work_items', 'work_item_history')},
${projectionAt('attempts', 'attempt_history')},
positions AS NOT MATERIALIZED (
  SELECT e.tenant_id, e.posting_id, coalesce(e.attempt_id, '00000000-0000-0000-0000-000000000000') AS attempt_id,
         e.account, e.asset, e.usage_day, sum(e.amount) AS amount
    FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
   WHERE e.tenant_id = $1 AND t.batch_id IN (SELECT batch_id FROM sealed)
   GROUP BY 1, 2, 3, 4, 5, 6
), item_positions AS NOT MATERIALIZED (
  SELECT e.tenant_id, e.work_item_ref AS ref, e.posting_id, e.account, e.asset, sum(e.amount) AS amount
    FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
   WHERE e.tenant_id = $1 AND e.work_item_ref IS NOT NULL AND e.account ~ '^5[1234]10:'
     AND t.batch_id IN (SELECT batch_id FROM sealed)
   GROUP BY 1, 2, 3, 4, 5
), link_candidates AS NOT MATERIALIZED (
  SELECT c.* FROM link_candidates c
   WHERE c.tenant_id = $1 AND c.since_batch IN (SELECT batch_id FROM sealed)
  UNION ALL
  SELECT r.* FROM link_candidate_history h CROSS JOIN LATERAL jsonb_populate_recordset(NULL::link_candidates, h.was) r
   WHERE h.tenant_id = $1 AND h.from_batch IN (SELECT batch_id FROM sealed)
     AND NOT EXISTS (SELECT FROM sealed s WHERE s.batch_id = h.to_batch)
), ledger_entries AS NOT MATERIALIZED (
  SELECT e.* FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
   WHERE e.tenant_id = $1 AND t.batch_id IN (SELECT batch_id FROM sealed)
), ledger_transactions AS NOT MATERIALIZED (
  SELECT t.* FROM ledger_transactions t WHERE t.tenant_id = $1 AND t.batch_id IN (SELECT batch_id FROM sealed)
), `;
