import type { Queryable } from '../connection/database.ts';

/** One version of a price book: the rows that it changed. */
export interface PriceBookVersion {
  /** 0 = shipped. */
  readonly tenantId: bigint;
  readonly book: string;
  readonly version: number;
  readonly source: string;
  /** RFC 6962 root over the canonical rows, as its `price.book` leaf has it. */
  readonly root: Buffer;
  readonly rowCount: number;
  readonly createdAtUs: bigint;
  readonly createdBy: string | null;
}

/** Every version of every book that can price usage of a tenant, by owner, book and version. */
export async function readPriceBooks(db: Queryable, tenantId: bigint): Promise<PriceBookVersion[]> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    book: string;
    version: number;
    source: string;
    digest: Buffer;
    row_count: number;
    created_at: bigint;
    created_by: string | null;
  }>(
    `SELECT tenant_id, book, version, source, digest, row_count, created_at, created_by FROM price_books
     WHERE tenant_id IN (0, $1) ORDER BY tenant_id, book, version`,
    [tenantId],
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    book: row.book,
    version: row.version,
    source: row.source,
    root: row.digest,
    rowCount: row.row_count,
    createdAtUs: row.created_at,
    createdBy: row.created_by,
  }));
}
