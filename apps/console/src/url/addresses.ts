import { addressOf, type QueryValues } from '../api/address.ts';
import type { FigureKind } from './figure-kinds.ts';
import { filterSearch, type Filters } from './filters.ts';

/** Where things stand in the console, so that any figure, trace or leaf can be linked to. */
export interface WorkItemName {
  readonly kind: string;
  readonly key: string;
}

/** What a figure of a cost-per-outcome report is of: its question, and the row. */
export interface FigureName {
  readonly filters: Filters;
  /** Keys of the report, as `['workflow', 'outcome_type']`. */
  readonly groupBy: readonly string[];
  /** The row's values in that order; null is the total. */
  readonly cell: readonly (string | null)[] | null;
  /** Which figure of the row; null: the row. */
  readonly figure?: FigureKind | null;
}

/** The books that a page is read at, `size` or `as_of`; nothing = as they stand. */
type Books = { readonly [Name in 'size' | 'as_of']?: string | undefined };

/**
 * All addresses of one tenant.
 *
 * @param books what leads to a work item leads to it as these books know it, unless it names a size itself
 */
export function addressesOf(tenant: string, books: Books = {}) {
  const atBooks = (query: QueryValues): QueryValues => ('size' in query ? query : { ...books, ...query });
  const page = (
    path: string,
    values: Readonly<Record<string, string>> = {},
    query: QueryValues = {},
  ): string => addressOf(`/${encodeURIComponent(tenant)}/${path}`, values, query);
  return {
    workItems: (query: QueryValues = {}): string => page('work-items', {}, query),
    /** The trail; `n` chooses an entry of it. */
    workItem: ({ kind, key }: WorkItemName, query: QueryValues = {}): string =>
      page('work-items/{kind}/{key}', { kind, key }, atBooks(query)),
    /** Two trails beside each other, each `kind:key`. */
    diff: (a: string, b: string, query: QueryValues = {}): string =>
      page('diff', {}, atBooks({ a, b, ...query })),
    /** What is behind a figure of a report. */
    figure: ({ filters, groupBy, cell, figure = null }: FigureName): string =>
      page('explain') +
      filterSearch(filters, {
        ...(groupBy.length === 0 ? {} : { group_by: groupBy.join(',') }),
        ...(cell === null ? {} : { cell: JSON.stringify(cell) }),
        ...(figure === null ? {} : { figure }),
      }),
    /** Every call behind the cost of one work item. */
    workItemCost: ({ kind, key }: WorkItemName, query: QueryValues = {}): string =>
      page('explain/{kind}/{key}', { kind, key }, atBooks(query)),
    /** The same as a size of the log knows it; null = as the books stand. */
    itemAt: ({ kind, key }: WorkItemName, size: number | null, query: QueryValues = {}): string =>
      page('explain/{kind}/{key}', { kind, key }, { ...query, size }),
    /** The work items that the figures of a segment of a row are of. */
    segment: (
      { filters, groupBy, cell }: FigureName,
      conditions: readonly { readonly attribute: string; readonly value: string }[],
      side: 'inside' | 'outside',
    ): string =>
      page('explain') +
      filterSearch(filters, {
        group_by: groupBy.join(','),
        cell: JSON.stringify(cell),
        segment: JSON.stringify(conditions.map(({ attribute, value }) => ({ attribute, value }))),
        side,
      }),
    /** Postings, by trace, work item, account, code, cause or period. */
    transactions: (query: QueryValues): string => page('transactions', {}, query),
    /** A leaf of the evidence log with its proof. */
    leaf: (index: number): string => page('evidence', {}, { leaf: index }),
    evidence: (query: QueryValues = {}): string => page('evidence', {}, query),
    quality: (query: QueryValues = {}): string => page('data-quality', {}, query),
    /** A part of the settings, with what is known of what to set. */
    settings: (part: string, query: QueryValues = {}): string => page('settings/{part}', { part }, query),
    periods: (): string => page('periods'),
    period: (period: string): string => page('periods', {}, { period }),
  };
}
export type Addresses = ReturnType<typeof addressesOf>;

/** `ticket:8123` as its two parts; null for a text that names no work item. */
export function readWorkItemName(text: string): WorkItemName | null {
  const match = /^([a-z][a-z0-9_]{0,62}):([^]{1,512})$/.exec(text.trim());
  return match === null ? null : { kind: match[1]!, key: match[2]! };
}
