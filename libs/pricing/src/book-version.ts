import { v5 as uuidV5 } from 'uuid';
import type { DraftRow } from './import/imported-prices.ts';
import { effectiveRows, rowKey } from './effective-rows.ts';
import type { PriceRow } from './price-row.ts';
import { sortedJson } from './sorted-json.ts';

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
  /** Only what differs from the standing rows. */
  readonly rows: readonly PriceRow[];
}

/**
 * How a list that says something else than before is taken: `retrospective` corrects the past, `prospective`
 * (for catalogues, which change prices without a date) leaves everything before `from` as it was.
 */
export type RevisionMode =
  { readonly kind: 'retrospective' } | { readonly kind: 'prospective'; readonly from: string };

/** Marks a row that a prospective revision dated: which start of the catalogue it continues. */
const CONTINUES = 'continuesRowFrom';

/**
 * The next version of a book that makes it say what `drafts` say. Rows that stay as they are keep their old
 * version and id, so that nothing priced by them moves.
 *
 * Retrospective: changed rows supersede, rows that are gone are withdrawn. Prospective: a changed price becomes a
 * row from `mode.from` on, a row that is gone ends then; a row with a date of its own that is new, or that has not
 * begun, is taken with its date; changed names and ends of validity supersede, because they move no known price.
 *
 * @param standing all rows of this book, of all versions; none for the first version
 * @returns null when the book already says so
 */
export function planVersion(
  standing: readonly PriceRow[],
  drafts: readonly DraftRow[],
  name: BookName,
  mode: RevisionMode,
): VersionPlan | null {
  const version = nextVersion(standing);
  const inForce = effectiveRows(standing).sort((a, b) =>
    (a.validFrom ?? '') < (b.validFrom ?? '') ? -1 : 1,
  );
  const kept = new Set<PriceRow>();
  const changed = drafts.flatMap((draft) => {
    const continued = inForce.filter((row) => continues(row, draft));
    for (const row of continued) kept.add(row);
    const revised = revise(continued.at(-1), draft, mode);
    return revised === null ? [] : [revised];
  });
  const gone = inForce.filter((row) => !kept.has(row)).flatMap((row) => retire(row, mode));
  const rows = issueRows([...changed, ...gone].map(withoutPlace), name, version);
  return rows.length === 0 ? null : { version, rows };
}

/**
 * The next version of a book with more rows: each supersedes the standing one of the same provider, model, start,
 * window and tier.
 *
 * @returns null when every row already stands as it is
 */
export function addRows(
  standing: readonly PriceRow[],
  drafts: readonly DraftRow[],
  name: BookName,
): VersionPlan | null {
  const version = nextVersion(standing);
  const inForce = new Map(effectiveRows(standing).map((row) => [rowKey(row), contentOf(row)]));
  const rows = issueRows(drafts, name, version).filter((row) => inForce.get(rowKey(row)) !== contentOf(row));
  return rows.length === 0 ? null : { version, rows };
}

function nextVersion(standing: readonly PriceRow[]): number {
  return 1 + standing.reduce((highest, row) => Math.max(highest, row.version), 0);
}

/** Whether a standing row is what the book says for a row of the list: the same fact, or one dated from it. */
function continues(row: PriceRow, draft: DraftRow): boolean {
  const from = draft.validFrom ?? '';
  return (
    row.provider === draft.provider &&
    row.model === draft.model &&
    row.serviceTier === draft.serviceTier &&
    JSON.stringify(row.dailyWindow) === JSON.stringify(draft.dailyWindow) &&
    ((row.validFrom ?? '') === from || row.inputs[CONTINUES] === from)
  );
}

function revise(old: PriceRow | undefined, draft: DraftRow, mode: RevisionMode): DraftRow | null {
  if (old === undefined) return draft;
  const wanted = { ...draft, validFrom: old.validFrom, inputs: old.inputs };
  const dated = mode.kind === 'prospective' && CONTINUES in old.inputs ? wanted : draft;
  if (contentOf(old) === contentOf(dated)) return null;
  const isPriceSame = pricesOf(old) === pricesOf(draft);
  const hasBegun = mode.kind === 'prospective' && (old.validFrom ?? '') < mode.from;
  if (mode.kind === 'retrospective' || isPriceSame || !hasBegun) return dated;
  if (draft.validTo !== null && draft.validTo <= mode.from) return null;
  return { ...draft, validFrom: mode.from, inputs: { ...draft.inputs, [CONTINUES]: draft.validFrom ?? '' } };
}

function retire(row: PriceRow, mode: RevisionMode): DraftRow[] {
  if (mode.kind === 'retrospective' || (row.validFrom ?? '') >= mode.from)
    return [{ ...row, isWithdrawn: true }];
  return row.validTo !== null && row.validTo <= mode.from ? [] : [{ ...row, validTo: mode.from }];
}

function withoutPlace(row: DraftRow | PriceRow): DraftRow {
  const {
    priceId: _id,
    tenantId: _tenant,
    book: _book,
    version: _version,
    ...draft
  } = {
    priceId: '',
    tenantId: '',
    book: '',
    version: 0,
    ...row,
  };
  return draft;
}

const pricesOf = (row: DraftRow): string => sortedJson([row.prices, row.contextTiers, row.asset]);

/** Everything a row says, without where it stands. */
const contentOf = (row: DraftRow | PriceRow): string => sortedJson(withoutPlace(row));
