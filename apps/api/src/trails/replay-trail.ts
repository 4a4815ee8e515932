import { createHash } from 'node:crypto';
import { canonicalJson, type CanonicalValue } from '#evidence';
import { RejectedInput, type Ref } from '#model';
import { readTrailFacts, refOfTrail, readReadableSizes, readSettledSize, type Client } from '#store';
import { foldTrail, type Trail } from '#trails';
import { pastBooks } from '../reports/past-books.ts';

/** At which size of the log a trail is read; neither = the newest settled one that is signed. */
export interface TrailQuestion {
  readonly size?: number | undefined;
  /** Microseconds since the epoch. */
  readonly at?: bigint | undefined;
}

/** A trail as it was known at a size of the log. */
export interface TrailAt {
  readonly ref: Ref;
  readonly size: number;
  readonly trail: Trail;
}

/**
 * Reads the decision trail of a work item as a size of the log knows it: the same for ever at one size. Reads in the
 * caller's snapshot of the tenant; opens no content.
 *
 * @param name the id that names the work item in leaves, or `kind:key`
 * @throws RejectedInput `not_found` for a trail that size does not know, `unprocessable` for a size that cannot be read
 */
export async function readTrail(
  client: Client,
  tenantId: bigint,
  name: string,
  question: TrailQuestion,
): Promise<TrailAt> {
  const ref = await refOfTrail(client, tenantId, name);
  const size = await trailSize(client, tenantId, question);
  const facts = ref === null ? null : await readTrailFacts(client, tenantId, ref, size);
  if (ref === null || facts === null)
    throw new RejectedInput('not_found', `the log of ${size} leaves knows no trail ${name}`, 'id');
  return { ref, size, trail: foldTrail(facts) };
}

/** The size that a question about trails is answered at. */
export async function trailSize(client: Client, tenantId: bigint, question: TrailQuestion): Promise<number> {
  const past = await pastBooks(client, tenantId, { size: question.size, as_of: question.at }).catch(
    (error: unknown) => {
      // The books name their parameter, trails name theirs.
      if (error instanceof RejectedInput && error.field === 'as_of')
        throw new RejectedInput(error.code, error.message, 'at');
      throw error;
    },
  );
  if (past !== null) return past.size;
  const { fromSize, toSize } = await readReadableSizes(client, tenantId);
  const size = await readSettledSize(client, tenantId, toSize);
  if (size < Math.max(fromSize, 1))
    throw new RejectedInput('unprocessable', 'no checkpoint of this log can be read yet', 'size');
  return size;
}

/** SHA-256 of the RFC 8785 form, in hex. */
export const digestOf = (value: CanonicalValue): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');
