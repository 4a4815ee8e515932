import type { PriceRow } from '#pricing';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { PreviewProof } from '../previews/preview-proof.ts';
import { priceBookLeaf, priceBookRoot, type PriceBookHead } from './price-book-leaf.ts';

export interface NewPriceBook {
  /** 0 = shipped: then the leaf and the fact go to every tenant there is. */
  readonly tenantId: bigint;
  readonly book: string;
  readonly version: number;
  /** Where the prices come from, for people. */
  readonly source: string;
  /** The rows that this version changes, all of this tenant, book and version. */
  readonly rows: readonly PriceRow[];
  readonly createdBy: string | null;
  readonly recordedAtUs: bigint;
  readonly preview?: PreviewProof | undefined;
}

const INSERT_BOOK = `
INSERT INTO price_books (tenant_id, book, version, source, digest, row_count, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

const INSERT_ROWS = `
INSERT INTO prices (tenant_id, price_id, book, version, provider, model, valid_from, valid_to, rule)
SELECT $1, (rule ->> 'priceId')::uuid, $2, $3, rule ->> 'provider', rule ->> 'model',
       (rule ->> 'validFrom')::timestamptz, (rule ->> 'validTo')::timestamptz, rule
  FROM jsonb_array_elements($4::jsonb) AS t (rule)`;

// A shipped book prices the usage of every tenant, and no log is tenant 0's own.
const INSERT_LEAVES = `
INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at)
SELECT tenant_id, 'price.book', $2, $3, $4 FROM tenants WHERE $1::bigint IN (0, tenant_id) ORDER BY tenant_id`;

const INSERT_FACTS = `
INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
SELECT tenant_id, 'price.book', $2, $3, $4 FROM tenants WHERE $1::bigint IN (0, tenant_id) ORDER BY tenant_id`;

/**
 * Stores a version of a price book with its rows, its evidence leaf and the fact that makes the usage it may price
 * due, in the caller's transaction. Rows are never updated: a correction is a row of a later version.
 *
 * @returns the head that the leaf commits to
 * @throws the database's unique violation (23505) where the version is there already
 */
export async function insertPriceBook(client: Client, price: NewPriceBook): Promise<PriceBookHead> {
  const { tenantId, book, version, source, rows, preview } = price;
  const head = { tenantId, book, version, source, rowCount: rows.length, root: priceBookRoot(rows), preview };
  const recordedAt = timestampFromUs(price.recordedAtUs);
  await client.query(INSERT_BOOK, [
    tenantId,
    book,
    version,
    source,
    head.root,
    rows.length,
    recordedAt,
    price.createdBy,
  ]);
  await client.query(INSERT_ROWS, [tenantId, book, version, JSON.stringify(rows)]);
  await client.query(INSERT_LEAVES, [
    tenantId,
    `${book}@${version}`,
    priceBookLeaf(head, price.recordedAtUs),
    recordedAt,
  ]);
  await client.query(INSERT_FACTS, [
    tenantId,
    `price.book:${tenantId === 0n ? 'shipped' : 'tenant'}:${book}@${version}`,
    JSON.stringify({ book, version, ...reachOf(rows) }),
    recordedAt,
  ]);
  return head;
}

/** Classes that also price steps which are no model calls, whose traces may have no leaf. */
const CALL_CLASSES = ['tool_call', 'search'];

/**
 * Which usage the rows may price: providers, the time between the earliest start and the latest end, and whether it
 * is more than that of model calls.
 */
function reachOf(rows: readonly PriceRow[]): {
  providers: string[];
  validFrom: string | null;
  validTo: string | null;
  pricesCalls?: true;
} {
  const starts = rows.map((row) => row.validFrom ?? '').sort();
  const isOpen = rows.some((row) => row.validTo === null);
  const ends = rows.map((row) => row.validTo ?? '').sort();
  return {
    providers: [...new Set(rows.map((row) => row.provider))].sort(),
    validFrom: starts[0] === undefined || starts[0] === '' ? null : starts[0],
    validTo: isOpen ? null : (ends.at(-1) ?? null),
    ...(rows.some(({ prices }) => CALL_CLASSES.some((each) => each in prices))
      ? { pricesCalls: true as const }
      : {}),
  };
}
