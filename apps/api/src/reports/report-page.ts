import { RejectedInput } from '#model';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../wire.ts';
import type { AskedReport } from './ask-report.ts';

/**
 * The page after the group that the cursor names.
 * @throws RejectedInput `invalid` for a cursor of another question
 */
export function pageOfRows<Row extends { readonly group: Readonly<Record<string, string | null>> }>(
  rows: readonly Row[],
  { groupBy, query }: AskedReport,
  size: number,
): { rows: Row[]; next: string | null } {
  const valuesOf = (row: Row): (string | null)[] => groupBy.map(({ name }) => row.group[name] ?? null);
  const keyOf = (row: Row): string => JSON.stringify(valuesOf(row));
  const after =
    query.cursor === undefined
      ? null
      : JSON.stringify(decodeCursor(query.cursor, z.array(z.string().nullable()).length(groupBy.length)));
  const start = after === null ? 0 : rows.findIndex((row) => keyOf(row) === after) + 1;
  if (after !== null && start === 0)
    throw new RejectedInput(
      'invalid',
      'names a group that is no longer there; ask from the beginning',
      'cursor',
    );
  const page = rows.slice(start, start + size);
  const last = page.at(-1);
  const hasMore = start + size < rows.length && last !== undefined;
  return { rows: page, next: hasMore ? encodeCursor(valuesOf(last)) : null };
}
