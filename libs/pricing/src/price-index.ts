import type { Asset } from '#model';
import type { PicoPrices } from './class-price.ts';
import { compileMatch, type CompiledMatch } from './model-match.ts';
import { PRICE_CLASSES, type PriceRow, type PriceTable, type ServiceTier } from './price-row.ts';

/** A price row with its numbers read, ready to be matched and multiplied. */
export interface IndexedRow {
  readonly priceId: string;
  readonly isTenantRow: boolean;
  /** `book@version`. */
  readonly priceBook: string;
  readonly provider: string;
  readonly rank: number;
  readonly version: number;
  readonly validFromNs: bigint | null;
  readonly validToNs: bigint | null;
  readonly dailyWindowNs: { readonly from: bigint; readonly to: bigint } | null;
  readonly asset: Asset;
  readonly serviceTier: ServiceTier | null;
  readonly prices: PicoPrices;
  /** Ascending thresholds, each with the full table in force above it. */
  readonly contextTiers: readonly { readonly aboveTokens: bigint; readonly prices: PicoPrices }[];
  readonly match: CompiledMatch;
}

/** One way a row was found, best first in a list. */
export interface RowMatch {
  readonly row: IndexedRow;
  readonly isExact: boolean;
  readonly isReseller: boolean;
}

/** Matches of one name under one provider, best first, with what finding them assumed. */
export interface PriceGroup {
  readonly matches: readonly RowMatch[];
  /** Who bills and the model's canonical name, if a row of this group prices the call. */
  readonly provider: string;
  readonly callModel: string;
  /** The tier that the model's name states (`:batch`); null where it states none. */
  readonly serviceTier: ServiceTier | null;
  /** The name looked up states the tier: a row for exactly this name is that tier's price. */
  readonly isTierInName: boolean;
  readonly assumptions: readonly string[];
}

/** Everything that may price a call, best first, and who and what the call was. */
export interface PriceLookup {
  readonly provider: string | null;
  readonly callModel: string | null;
  readonly groups: readonly PriceGroup[];
}

interface Listing {
  readonly row: IndexedRow;
  readonly isReseller: boolean;
}

interface Shelf {
  readonly exact: Map<string, Listing[]>;
  readonly patterned: Listing[];
}

/** Rows by provider and name. Build it once per set of rows; it never changes but for `memo`. */
export interface PriceIndex {
  /** Matches of one scope (a tenant's own rows, or the shipped ones), best first; times are not looked at. */
  find(
    isTenantRow: boolean,
    provider: string,
    lowerCaseName: string,
    isFineTune: boolean,
  ): readonly RowMatch[];
  /** Providers with rows of their own in a scope, sorted. */
  providers(isTenantRow: boolean): readonly string[];
  /** What `findPriceGroups` has found; bounded there. */
  readonly memo: Map<string, PriceLookup>;
}

/** The provider of a tenant's row that holds whoever bills. */
export const ANY_PROVIDER = '*';

/**
 * Builds the look-up. Of rows with the same key (tenant, book, provider, model, start, window, service tier)
 * only the highest version counts; a withdrawn one takes the key away.
 *
 * Order among rows that match one name: own provider before `*` before a reseller's, exact name before
 * pattern, smaller rank, later validFrom, windowed before all-day, higher version, smaller price id.
 */
export function buildPriceIndex(rows: readonly PriceRow[]): PriceIndex {
  const shelves = { tenant: new Map<string, Shelf>(), shipped: new Map<string, Shelf>() };
  for (const source of effectiveRows(rows)) {
    const row = indexRow(source);
    const scope = row.isTenantRow ? shelves.tenant : shelves.shipped;
    shelve(scope, row.provider, { row, isReseller: false });
    for (const reseller of source.resellers) shelve(scope, reseller, { row, isReseller: true });
  }
  return {
    memo: new Map(),
    providers: (isTenantRow) => [...(isTenantRow ? shelves.tenant : shelves.shipped).keys()].sort(),
    find: (isTenantRow, provider, name, isFineTune) => {
      const scope = isTenantRow ? shelves.tenant : shelves.shipped;
      const found = [scope.get(provider), scope.get(ANY_PROVIDER)].flatMap((shelf) =>
        shelf === undefined ? [] : search(shelf, name, isFineTune),
      );
      return found.sort(byPrecedence);
    },
  };
}

/** @returns the rows that count: the highest version of every key, without those withdrawn by it */
export function effectiveRows(rows: readonly PriceRow[]): PriceRow[] {
  const newest = new Map<string, PriceRow>();
  for (const row of rows) {
    const key = rowKey(row);
    const other = newest.get(key);
    if (
      other === undefined ||
      row.version > other.version ||
      (row.version === other.version && row.priceId < other.priceId)
    )
      newest.set(key, row);
  }
  return [...newest.values()].filter((row) => !row.isWithdrawn);
}

/** What makes two rows of different versions the same fact; also the name a price id is made from. */
export function rowKey(
  row: Pick<
    PriceRow,
    'tenantId' | 'book' | 'provider' | 'model' | 'validFrom' | 'dailyWindow' | 'serviceTier'
  >,
): string {
  const window = row.dailyWindow === null ? '' : `${row.dailyWindow.from}-${row.dailyWindow.to}`;
  return JSON.stringify([
    row.tenantId,
    row.book,
    row.provider,
    row.model,
    row.validFrom ?? '',
    window,
    row.serviceTier ?? '',
  ]);
}

function indexRow(row: PriceRow): IndexedRow {
  const base = readTable(row.prices);
  const ascending = row.contextTiers
    .map((tier) => ({ aboveTokens: BigInt(tier.aboveTokens), prices: readTable(tier.prices) }))
    .sort((a, b) => (a.aboveTokens < b.aboveTokens ? -1 : 1));
  let below = base;
  const contextTiers = ascending.map((tier) => {
    below = { ...below, ...tier.prices };
    return { aboveTokens: tier.aboveTokens, prices: below };
  });
  return {
    priceId: row.priceId,
    isTenantRow: row.tenantId !== '0',
    priceBook: `${row.book}@${row.version}`,
    provider: row.provider,
    rank: row.rank,
    version: row.version,
    validFromNs: instantNs(row.validFrom),
    validToNs: instantNs(row.validTo),
    dailyWindowNs:
      row.dailyWindow === null
        ? null
        : { from: timeOfDayNs(row.dailyWindow.from), to: timeOfDayNs(row.dailyWindow.to) },
    asset: row.asset,
    serviceTier: row.serviceTier,
    prices: base,
    contextTiers,
    match: compileMatch(row.match),
  };
}

function readTable(table: PriceTable): PicoPrices {
  const prices: { -readonly [each in keyof PicoPrices]: PicoPrices[each] } = {};
  for (const priceClass of PRICE_CLASSES) {
    const text = table[priceClass];
    if (text !== undefined) prices[priceClass] = text === null ? null : BigInt(text);
  }
  return prices;
}

function instantNs(text: string | null): bigint | null {
  return text === null ? null : BigInt(Date.parse(text)) * 1_000_000n;
}

function timeOfDayNs(text: string): bigint {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return BigInt(hours * 3600 + minutes * 60 + seconds) * 1_000_000_000n;
}

function shelve(scope: Map<string, Shelf>, provider: string, listing: Listing): void {
  let shelf = scope.get(provider);
  if (shelf === undefined) {
    shelf = { exact: new Map(), patterned: [] };
    scope.set(provider, shelf);
  }
  for (const name of listing.row.match.exactNames) {
    const named = shelf.exact.get(name);
    if (named === undefined) shelf.exact.set(name, [listing]);
    else named.push(listing);
  }
  if (listing.row.match.tests.length > 0) shelf.patterned.push(listing);
}

function search(shelf: Shelf, name: string, isFineTune: boolean): RowMatch[] {
  const exact = shelf.exact.get(name) ?? [];
  const patterned = shelf.patterned.filter(
    (listing) =>
      !exact.includes(listing) &&
      listing.row.match.tests.some(
        ({ test, namesFineTunes }) => (!isFineTune || namesFineTunes) && test(name),
      ),
  );
  return [
    ...exact.map((listing) => ({ ...listing, isExact: true })),
    ...patterned.map((listing) => ({ ...listing, isExact: false })),
  ];
}

function byPrecedence(a: RowMatch, b: RowMatch): number {
  return (
    shelfOrder(a) - shelfOrder(b) ||
    Number(b.isExact) - Number(a.isExact) ||
    a.row.rank - b.row.rank ||
    descending(a.row.validFromNs ?? -1n, b.row.validFromNs ?? -1n) ||
    Number(b.row.dailyWindowNs !== null) - Number(a.row.dailyWindowNs !== null) ||
    b.row.version - a.row.version ||
    (a.row.priceId < b.row.priceId ? -1 : 1)
  );
}

function shelfOrder(match: RowMatch): number {
  return match.isReseller ? 2 : match.row.provider === ANY_PROVIDER ? 1 : 0;
}

function descending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
