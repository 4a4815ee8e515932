import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';

/** What transactions of one code have moved of the cost of some work items. USD in pico. */
export interface CodeMove {
  readonly code: string;
  readonly transactions: bigint;
  readonly amountPico: bigint;
  /** Causes of the largest moves. */
  readonly causes: readonly string[];
}

const CAUSES_SHOWN = 5;

/**
 * What was posted on the cost of work items between two sizes of the log, by transaction code. A settlement moves cost
 * from one account of an item to another: its amount is 0 here, and its transactions are counted all the same.
 *
 * @param fromSize exclusive of what was posted below it; `toSize` null = everything posted since
 */
export async function readMovesBetween(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  fromSize: number,
  toSize: number | null,
): Promise<CodeMove[]> {
  const { rows } = await client.query<{
    code: string;
    transactions: bigint;
    amount: string;
    causes: string[];
  }>(
    `WITH earlier AS (
  SELECT batch_id FROM ledger_batches WHERE tenant_id = $1 AND leaf_index < $3
  UNION ALL SELECT '00000000-0000-0000-0000-000000000000'
), later AS (
  SELECT batch_id FROM ledger_batches WHERE tenant_id = $1 AND leaf_index < $4
), moved AS (
  SELECT t.code, t.cause, t.txn_id, sum(e.amount) AS amount
    FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
   WHERE e.tenant_id = $1 AND e.work_item_ref = ANY ($2::text[]) AND e.asset = 'USD/12'
     AND e.account >= '5100' AND e.account < '5400' AND e.attempt_id IS NOT NULL
     AND t.batch_id NOT IN (SELECT batch_id FROM earlier)
     AND ($4::bigint IS NULL OR t.batch_id IN (SELECT batch_id FROM later))
   GROUP BY t.code, t.cause, t.txn_id
), by_cause AS (
  SELECT code, cause, sum(amount) AS amount, count(*) AS transactions,
         row_number() OVER (PARTITION BY code ORDER BY abs(sum(amount)) DESC, cause) AS place
    FROM moved GROUP BY code, cause
)
SELECT code, sum(transactions)::bigint AS transactions, sum(amount) AS amount,
       array_agg(cause ORDER BY place) FILTER (WHERE place <= ${CAUSES_SHOWN}) AS causes
  FROM by_cause GROUP BY code ORDER BY code`,
    [tenantId, refs, fromSize, toSize],
  );
  return rows.map((row) => ({
    code: row.code,
    transactions: row.transactions,
    amountPico: BigInt(row.amount),
    causes: row.causes,
  }));
}
