import type { IndexedRow } from './indexed-row.ts';

/** One way a row was found, best first in a list. */
export interface RowMatch {
  readonly row: IndexedRow;
  readonly isExact: boolean;
  readonly isReseller: boolean;
}

/** The provider of a tenant's row that holds whoever bills. */
export const ANY_PROVIDER = '*';

interface Listing {
  readonly row: IndexedRow;
  readonly isReseller: boolean;
}

interface Shelf {
  readonly exact: Map<string, Listing[]>;
  readonly patterned: Listing[];
}

/**
 * Rows by provider and name. Order among rows that match one name: own provider before `*` before a reseller's,
 * exact name before pattern, smaller rank, later validFrom, windowed before all-day, higher version, smaller id.
 */
export class PriceShelves {
  readonly #shelves = new Map<string, Shelf>();

  /** Every provider with a row of its own or as a reseller, in no order. */
  get providers(): readonly string[] {
    return [...this.#shelves.keys()];
  }

  has(provider: string): boolean {
    return this.#shelves.has(provider);
  }

  add(row: IndexedRow, resellers: readonly string[]): void {
    this.#put(row.provider, { row, isReseller: false });
    for (const reseller of resellers) this.#put(reseller, { row, isReseller: true });
  }

  /** Matches of a name under a provider and under `*`, best first; times are not looked at. */
  find(provider: string, lowerCaseName: string, isFineTune: boolean): readonly RowMatch[] {
    const places = provider === ANY_PROVIDER ? [provider] : [provider, ANY_PROVIDER];
    const found = places.flatMap((place) => {
      const shelf = this.#shelves.get(place);
      return shelf === undefined ? [] : search(shelf, lowerCaseName, isFineTune);
    });
    return found.sort(byPrecedence);
  }

  #put(provider: string, listing: Listing): void {
    let shelf = this.#shelves.get(provider);
    if (shelf === undefined) {
      shelf = { exact: new Map(), patterned: [] };
      this.#shelves.set(provider, shelf);
    }
    for (const name of listing.row.match.exactNames) {
      const named = shelf.exact.get(name);
      if (named === undefined) shelf.exact.set(name, [listing]);
      else named.push(listing);
    }
    if (listing.row.match.tests.length > 0) shelf.patterned.push(listing);
  }
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
    placeOf(a) - placeOf(b) ||
    Number(b.isExact) - Number(a.isExact) ||
    a.row.rank - b.row.rank ||
    descending(a.row.validFromNs ?? -1n, b.row.validFromNs ?? -1n) ||
    Number(b.row.dailyWindowNs !== null) - Number(a.row.dailyWindowNs !== null) ||
    b.row.version - a.row.version ||
    (a.row.priceId < b.row.priceId ? -1 : 1)
  );
}

function placeOf(match: RowMatch): number {
  return match.isReseller ? 2 : match.row.provider === ANY_PROVIDER ? 1 : 0;
}

function descending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
