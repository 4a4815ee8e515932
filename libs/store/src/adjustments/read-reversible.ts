import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';

/** What there is to know of a transaction before it may be taken back. */
export interface Reversible {
  readonly code: string;
  readonly isOfTrace: boolean;
  /** It owes something to somebody; what only moves cost is made again by the rules. */
  readonly hasCharges: boolean;
  readonly isReversed: boolean;
  /** Work items its posting names. */
  readonly refs: readonly Ref[];
}

/** @returns null where there is no such transaction */
export async function readReversible(
  db: Queryable,
  tenantId: bigint,
  postingId: string,
  transactionId: string | null,
): Promise<Reversible | null> {
  const { rows } = await db.query<{
    code: string;
    is_of_trace: boolean;
    has_charges: boolean;
    is_reversed: boolean;
    refs: string[] | null;
  }>({
    name: 'read-reversible',
    text: `
SELECT t.code, EXISTS (SELECT FROM traces r WHERE r.tenant_id = $1 AND r.trace_id = t.posting_id) AS is_of_trace,
       EXISTS (SELECT FROM ledger_entries e WHERE e.tenant_id = $1 AND e.posting_id = t.posting_id AND e.txn_id = t.txn_id
                  AND e.account LIKE '2%') AS has_charges,
       EXISTS (SELECT FROM reversals r WHERE r.tenant_id = $1 AND r.posting_id = t.posting_id AND r.txn_id = t.txn_id) AS is_reversed,
       (SELECT array_agg(DISTINCT e.work_item_ref) FROM ledger_entries e
         WHERE e.tenant_id = $1 AND e.posting_id = t.posting_id AND e.work_item_ref IS NOT NULL) AS refs
  FROM ledger_transactions t
 WHERE t.tenant_id = $1 AND t.posting_id = $2 AND ($3::uuid IS NULL OR t.txn_id = $3) LIMIT 1`,
    values: [tenantId, postingId, transactionId],
  });
  const row = rows[0];
  return row === undefined
    ? null
    : {
        code: row.code,
        isOfTrace: row.is_of_trace,
        hasCharges: row.has_charges,
        isReversed: row.is_reversed,
        refs: row.refs ?? [],
      };
}
