import { RejectedInput } from '#model';
import type { PriceRow } from '#pricing';
import { readBookRows, readPriceBooks, type Client, type PriceBookVersion } from '#store';
import { z } from 'zod';
import { PageSize } from '../wire.ts';

const owner = z.enum(['tenant', 'shipped']).optional();
const version = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number)
  .optional();

export const DiffQuery = z.object({
  from: version.meta({ description: 'Version before; 0 = the empty book; absent = the one before `to`' }),
  to: version.meta({ description: 'Version after; absent = the newest' }),
  owner,
  format: z.enum(['json', 'csv']).default('json'),
  cursor: z.string().optional(),
  limit: PageSize,
});

/** How many differences went before: two versions of a book never change. */
export const CursorPlace = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

/** The tenant's own book before a shipped one of the same name; the newest version where none is asked for. */
export function findBook(
  heads: readonly PriceBookVersion[],
  tenantId: bigint,
  asked: { book: string; owner?: 'tenant' | 'shipped' | undefined; version?: number | undefined },
): PriceBookVersion | undefined {
  const owners = asked.owner === undefined ? [tenantId, 0n] : [asked.owner === 'shipped' ? 0n : tenantId];
  const found = heads.filter(
    (head) =>
      head.book === asked.book &&
      owners.includes(head.tenantId) &&
      (asked.version === undefined || head.version === asked.version),
  );
  return found.findLast((head) => head.tenantId === tenantId) ?? found.at(-1);
}

export interface TwoVersions {
  /** The version after. */
  readonly head: PriceBookVersion;
  readonly from: number;
  readonly to: number;
  /** Every row of the book up to each of the versions. */
  readonly before: readonly PriceRow[];
  readonly after: readonly PriceRow[];
}

/** @throws RejectedInput `not_found` for a book or version that is not there, `unprocessable` for an order that is none */
export async function readTwoVersions(
  client: Client,
  tenantId: bigint,
  query: Pick<z.infer<typeof DiffQuery>, 'from' | 'to' | 'owner'> & { readonly book: string },
): Promise<TwoVersions> {
  const { book } = query;
  const head = findBook(await readPriceBooks(client, tenantId), tenantId, {
    book,
    owner: query.owner,
    version: query.to,
  });
  if (head === undefined)
    throw new RejectedInput(
      'not_found',
      query.to === undefined
        ? `there is no price book ${book}`
        : `there is no version ${query.to} of a price book ${book}`,
    );
  const to = head.version;
  const from = query.from ?? to - 1;
  if (from >= to) throw new RejectedInput('unprocessable', `must be a version before ${to}`, 'from');
  return {
    head,
    from,
    to,
    before: from === 0 ? [] : await readBookRows(client, head.tenantId, book, from),
    after: await readBookRows(client, head.tenantId, book, to),
  };
}
