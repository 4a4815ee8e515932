import type { Limits } from '#config';
import { encodeCursor } from './wire.ts';

/** Rows of a page: as many as were asked for, else the usual number, and never more than the limit. */
export const pageSizeOf = (
  { pageSize, pageSizeMaximum }: Pick<Limits, 'pageSize' | 'pageSizeMaximum'>,
  asked: number | undefined,
): number => Math.min(asked ?? pageSize, pageSizeMaximum);

/**
 * The page of a list that was read one row further than it shows.
 *
 * @param found at most `limit + 1` rows, in the order of the list
 * @param placeOf what tells a row's place in that order: the next page begins behind it
 * @returns `next`: the cursor of the next page; null at the end
 */
export function pageOf<Row>(
  found: readonly Row[],
  limit: number,
  placeOf: (last: Row) => readonly (string | null)[],
): { readonly rows: readonly Row[]; readonly next: string | null } {
  if (found.length <= limit) return { rows: found, next: null };
  const rows = found.slice(0, limit);
  return { rows, next: encodeCursor(placeOf(rows.at(-1)!)) };
}
