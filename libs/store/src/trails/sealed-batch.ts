/**
 * SQL: whether a posting commit is one of the first `size` leaves of the log (docs/adr/012), asked commit by commit, for
 * queries about a few rows; `booksAt` asks it of whole tables. The zero batch stands for what was before history was
 * kept. $1 must be the tenant.
 *
 * @param column the commit's id
 * @param size placeholder of the size
 */
export const isSealedBatch = (column: string, size: string): string =>
  `(${column} = '00000000-0000-0000-0000-000000000000' OR EXISTS (SELECT FROM ledger_batches k
    WHERE k.tenant_id = $1 AND k.batch_id = ${column} AND k.leaf_index < ${size}))`;
