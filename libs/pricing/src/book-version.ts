import { v5 as uuidV5 } from 'uuid';
import type { DraftRow } from './import/imported-prices.ts';
import { effectiveRows, rowKey } from './price-index.ts';
import type { PriceRow } from './price-row.ts';

/** Namespace of price ids (RFC 9562 version 5); never changed, or ids of charges would no longer be found. */
const PRICE_NAMESPACE = '6f9c2f5e-2a9b-5d0f-9a43-0c8f5c1f7a11';

export interface BookName {
  /** Decimal text; `"0"` for the shipped book. */
  readonly tenantId: string;
  readonly book: string;
}

/**
 * Gives rows their place in a version of a book. The id of a row follows from (tenant, book, provider, model,
 * start, window, service tier, version), so that making the same version twice makes the same rows.
 */
export function issueRows(rows: readonly DraftRow[], name: BookName, version: number): PriceRow[] {
  return rows.map((draft) => {
    const row = { ...draft, ...name, version };
    return { ...row, priceId: uuidV5(`${rowKey(row)}@${version}`, PRICE_NAMESPACE) };
  });
}

export interface VersionPlan {
  readonly version: number;
  /** Only what differs from the standing rows: new, changed, and withdrawn ones. */
  readonly rows: readonly PriceRow[];
}

/**
 * The next version of a book that makes it say just what `drafts` say. Rows that stay as they are keep their
 * old version and id, so that nothing priced by them moves; rows that are gone are withdrawn.
 *
 * @param standing all rows of this book, of all versions; none for the first version
 * @returns null when the book already says so
 */
export function planVersion(
  standing: readonly PriceRow[],
  drafts: readonly DraftRow[],
  name: BookName,
): VersionPlan | null {
  const version = 1 + standing.reduce((highest, row) => Math.max(highest, row.version), 0);
  const wanted = new Map(issueRows(drafts, name, version).map((row) => [rowKey(row), row]));
  const inForce = new Map(effectiveRows(standing).map((row) => [rowKey(row), row]));
  const changed = [...wanted].flatMap(([key, row]) => {
    const old = inForce.get(key);
    return old !== undefined && contentOf(old) === contentOf(row) ? [] : [row];
  });
  const gone = [...inForce]
    .filter(([key]) => !wanted.has(key))
    .map(([, row]) => ({ ...row, isWithdrawn: true }));
  const rows = [...changed, ...issueRows(gone, name, version)];
  return rows.length === 0 ? null : { version, rows };
}

/** Everything a row says, without which version said it. */
function contentOf(row: PriceRow): string {
  const { priceId: _id, version: _version, ...content } = row;
  return sortedJson(content);
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
