/**
 * What every page is filtered by. All of it stands in the address, so that a link shows what its sender saw; what is
 * not set takes the API's default and is not written.
 */
export interface Filters {
  /** UTC day. */
  readonly from?: string;
  /** The UTC day after the last one. */
  readonly to?: string;
  readonly view?: 'settled' | 'cohort' | 'period';
  readonly workflow?: string;
  readonly outcome_type?: string;
  /** ISO 4217: figures in this currency beside those in USD. */
  readonly currency?: string;
  /** The books: as reported at the close of a month, or as they are now. */
  readonly basis?: 'restated' | 'reported';
  /** The books as they stood then: a day or time, or a size of the evidence log. */
  readonly as_of?: string;
  readonly size?: string;
}

const RULES: { readonly [Name in keyof Required<Filters>]: RegExp } = {
  from: /^\d{4}-\d\d-\d\d$/,
  to: /^\d{4}-\d\d-\d\d$/,
  view: /^(settled|cohort|period)$/,
  workflow: /^[^]{1,512}$/,
  outcome_type: /^[^]{1,127}$/,
  currency: /^[A-Z]{3}$/,
  basis: /^(restated|reported)$/,
  as_of: /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/,
  size: /^[1-9]\d{0,14}$/,
};

const FILTER_NAMES = [
  'from',
  'to',
  'view',
  'workflow',
  'outcome_type',
  'currency',
  'basis',
  'as_of',
  'size',
] as const;

/** Reads what an address says; a value that cannot be one of its filter is as if it were not there. */
export function readFilters(search: URLSearchParams): Filters {
  const read = (name: keyof Filters): { [name: string]: string } => {
    const value = search.get(name);
    return value !== null && RULES[name].test(value) ? { [name]: value } : {};
  };
  return Object.assign({}, ...FILTER_NAMES.map(read));
}

/** The address with some filters set, or taken away by null; what else stands in it stays. */
export function withFilters(
  search: URLSearchParams,
  change: { readonly [Name in keyof Filters]?: Filters[Name] | null },
): URLSearchParams {
  const changed = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change))
    if (value === null || value === undefined || value === '') changed.delete(name);
    else changed.set(name, value);
  return changed;
}

/** The filters alone, as the search of a link to another page: `?from=2026-10-01`, or nothing. */
export function filterSearch(filters: Filters, more: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams({ ...filters, ...more }).toString();
  return search === '' ? '' : `?${search}`;
}

/** The part of them that every report takes. */
export function reportQuery(filters: Filters): Omit<Filters, 'workflow'> {
  const { workflow: _, ...query } = filters;
  return query;
}
