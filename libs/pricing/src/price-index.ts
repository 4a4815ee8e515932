import { effectiveRows } from './effective-rows.ts';
import { indexRow, type IndexedRow } from './indexed-row.ts';
import { PriceShelves, type RowMatch } from './price-shelf.ts';
import type { PriceRow, ServiceTier } from './price-row.ts';

/** Matches of one name under one provider in one book, best first, with what finding them assumed. */
export interface PriceGroup {
  readonly matches: readonly RowMatch[];
  readonly scope: PriceScope;
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
  /** All names of the call are of resources that do not say which model they hold. */
  readonly isOpaque: boolean;
  readonly groups: readonly PriceGroup[];
}

/** A name of a call, and the aliases that speak of it, best first; times are not looked at. */
export interface NamedAliases {
  readonly name: string;
  readonly rows: readonly IndexedRow[];
}

/** What a step is charged for that is no model call: a call of a tool, a search. */
export type CallUnit = 'tool_call' | 'search';

/** Books that are asked together: one book of the tenant, or all shipped ones. */
export interface PriceScope {
  readonly isTenant: boolean;
  readonly shelves: PriceShelves;
  /** The rows among them that state a price for the unit. */
  readonly calls: Readonly<Record<CallUnit, PriceShelves>>;
}

/** Rows ready to be looked up. Build it once per set of rows; it never changes but for `memo`. */
export interface PriceIndex {
  /** In the order they are asked: the tenant's own books by name, then what is shipped. */
  readonly scopes: readonly PriceScope[];
  /** What the tenant's books say that names mean; null where they say nothing. */
  readonly aliases: PriceShelves | null;
  /** What `findPriceGroups` has found; bounded there. */
  readonly memo: Map<string, PriceLookup>;
  /** What `resolveAliases` has found; bounded there. */
  readonly aliasMemo: Map<string, readonly NamedAliases[]>;
}

/**
 * Builds the look-up. Of rows with the same key (tenant, book, provider, model, start, window, service tier)
 * only the highest version counts; a withdrawn one takes the key away. Books of the tenant are asked in the order
 * of their names (by code units), each before the shipped ones; for the order within a book see `PriceShelves`.
 */
export function buildPriceIndex(rows: readonly PriceRow[]): PriceIndex {
  const byBook = new Map<string, PriceScope>();
  const aliases = new PriceShelves();
  for (const source of effectiveRows(rows)) {
    const row = indexRow(source);
    if (row.aliasOf !== undefined) {
      aliases.add(row, []);
      continue;
    }
    const { shelves, calls } = scopeOf(byBook, source);
    shelves.add(row, source.resellers);
    if (row.prices.tool_call !== undefined) calls.tool_call.add(row, []);
    if (row.prices.search !== undefined) calls.search.add(row, []);
  }
  return {
    scopes: [...byBook].sort(byOrderOfAsking).map(([, scope]) => scope),
    aliases: aliases.providers.length === 0 ? null : aliases,
    memo: new Map(),
    aliasMemo: new Map(),
  };
}

const SHIPPED_TENANT = '0';

function scopeOf(byBook: Map<string, PriceScope>, row: PriceRow): PriceScope {
  const isTenant = row.tenantId !== SHIPPED_TENANT;
  const book = isTenant ? row.book : '';
  const known = byBook.get(book);
  if (known !== undefined) return known;
  const calls = { tool_call: new PriceShelves(), search: new PriceShelves() };
  const made = { isTenant, shelves: new PriceShelves(), calls };
  byBook.set(book, made);
  return made;
}

function byOrderOfAsking([a, left]: [string, PriceScope], [b, right]: [string, PriceScope]): number {
  if (left.isTenant !== right.isTenant) return left.isTenant ? -1 : 1;
  return a < b ? -1 : 1;
}
