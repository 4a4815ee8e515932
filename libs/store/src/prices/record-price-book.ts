import { RejectedInput } from '#model';
import {
  addRows,
  planVersion,
  type DraftRow,
  type PriceRow,
  type RevisionMode,
  type VersionPlan,
} from '#pricing';
import type { Client, Queryable } from '../connection/database.ts';
import { insertPriceBook } from './insert-price-book.ts';
import type { PreviewProof } from '../previews/preview-proof.ts';
import { priceBookRoot, type PriceBookHead } from './price-book-leaf.ts';
import { readBookRows } from './read-book-rows.ts';

export interface PriceList {
  readonly tenantId: bigint;
  readonly book: string;
  readonly source: string;
  readonly rows: readonly DraftRow[];
  /**
   * `add`: the rows join the book, and supersede those of the same model, start and tier. Else the book says
   * what the list says and nothing more, see `planVersion`.
   */
  readonly mode: { readonly kind: 'add' } | RevisionMode;
  readonly createdBy: string | null;
  readonly recordedAtUs: bigint;
  /** The preview it is recorded by; stands in its leaf. */
  readonly preview?: PreviewProof | undefined;
}

/** What taking a list into its book would do. */
export interface PriceBookPlan extends VersionPlan {
  /** All rows of the book as it stands, of all versions. */
  readonly standing: readonly PriceRow[];
}

/**
 * What the next version of a book would be, without recording anything: a candidate to compare with what stands
 * (`diffBooks(standing, [...standing, ...rows])`), or to price usage by.
 *
 * @returns null where the book already says so
 */
export async function planPriceBook(
  db: Queryable,
  { tenantId, book, mode, rows }: Pick<PriceList, 'tenantId' | 'book' | 'mode' | 'rows'>,
): Promise<PriceBookPlan | null> {
  const standing = await readBookRows(db, tenantId, book);
  const name = { tenantId: tenantId.toString(), book };
  const plan = mode.kind === 'add' ? addRows(standing, rows, name) : planVersion(standing, rows, name, mode);
  if (plan === null) return null;
  refuseTwice(plan.rows);
  return { ...plan, standing };
}

/** @throws RejectedInput where a list states one fact twice: which of them is meant nobody knows */
function refuseTwice(rows: readonly PriceRow[]): void {
  const seen = new Set<string>();
  for (const { priceId, provider, model, validFrom } of rows) {
    if (seen.has(priceId))
      throw new RejectedInput(
        'invalid',
        `${provider} ${model} from ${validFrom ?? 'the beginning'} is given twice with the same tier`,
        'rows',
      );
    seen.add(priceId);
  }
}

/**
 * Takes a price list into a book as its next version, in the caller's transaction: versions of one book are made
 * one after the other, and only rows that change are stored. Idempotent.
 *
 * @param expectedRoot the root of the rows that a plan showed; null = whatever they are
 * @returns the head of the new version; null where the book already says so
 * @throws RejectedInput `conflict` where other rows would be recorded than were shown
 */
export async function recordPriceBook(
  client: Client,
  list: PriceList,
  expectedRoot: Buffer | null = null,
): Promise<PriceBookHead | null> {
  const { tenantId, book, source, createdBy, recordedAtUs, preview } = list;
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `price_books ${tenantId} ${book}`,
  ]);
  const plan = await planPriceBook(client, list);
  if (expectedRoot !== null && (plan === null || !priceBookRoot(plan.rows).equals(expectedRoot)))
    throw new RejectedInput(
      'conflict',
      'the book or the list is not what it was when this root was shown: look at the difference again',
      'root',
    );
  if (plan === null) return null;
  const { version, rows } = plan;
  return insertPriceBook(client, { tenantId, book, source, version, rows, createdBy, recordedAtUs, preview });
}
