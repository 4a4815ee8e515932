import type { LedgerTransaction, Ref } from '#model';
import type { Client, OpenCause } from '#store';
import { commitPosting } from './commit-posting.ts';
import { posterOf, type PostParts } from './post-traces.ts';
import { holdWorkItems } from './posting-facts.ts';
import { readMovedItems } from './read-follow.ts';

/**
 * Brings work items, and those that they are merged into or parts of, to what is known now, in the caller's
 * transaction. Idempotent.
 *
 * @returns what was posted
 */
export async function postItems(
  client: Client,
  parts: PostParts,
  { tenantId, causeId }: Pick<OpenCause, 'tenantId' | 'causeId'>,
  refs: readonly Ref[],
): Promise<readonly LedgerTransaction[]> {
  const poster = await posterOf(client, parts, tenantId);
  const moved = await readMovedItems(client, tenantId, refs);
  const items = await holdWorkItems(client, poster, moved.sort(), new Map());
  return commitPosting(client, poster, {
    transactions: [],
    traceIds: [],
    newTraceIds: new Set(),
    attempts: [],
    candidates: [],
    items: [...items.values()],
    causeOfItem: () => causeId,
  });
}
