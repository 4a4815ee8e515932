import {
  foldWorkItem,
  followItems,
  readItemEvents,
  type Follow,
  type ItemFlow,
  type Rules,
} from '#attribution';
import type { Ref } from '#model';
import { readOutcomeEvents, readRelatedItems, type Client } from '#store';
import { groupBy } from './group-by.ts';

/** The way that cost goes, and back. */
const DOWN = ['merged_into', 'split_into'] as const;
const UP = ['merged_from', 'split_from'] as const;

/**
 * Where the cost of these items goes, by the merges and splits committed by now. Read before an item is held, it may
 * be old already: then the fact that moved it makes the traces due again.
 */
export async function readFollow(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  rules: Rules,
): Promise<Follow> {
  const related = await readRelatedItems(client, tenantId, refs, DOWN);
  const events = groupBy(await readOutcomeEvents(client, tenantId, [...related]), ({ ref }) => ref);
  const flows = new Map<Ref, ItemFlow>();
  for (const ref of related) {
    const { mergedInto, splitFrom } = foldWorkItem(readItemEvents(events.get(ref) ?? [], rules).counted);
    flows.set(ref, { mergedInto: mergedInto?.survivor ?? null, splitFrom });
  }
  return followItems(flows);
}

/** Items whose state an event of these items may change: where their cost goes, and that of what they are parts of. */
export async function readMovedItems(client: Client, tenantId: bigint, refs: readonly Ref[]): Promise<Ref[]> {
  const origins = await readRelatedItems(client, tenantId, refs, ['split_from']);
  const seeds = new Set([...refs, ...origins]);
  return [...new Set([...seeds, ...(await readRelatedItems(client, tenantId, [...seeds], DOWN))])];
}

/**
 * Items whose cost may come to each of these.
 * @returns an entry only for items that are related to any; the item itself is in it
 */
export async function readItemsAbove(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<Map<Ref, ReadonlySet<Ref>>> {
  const related = await readRelatedItems(client, tenantId, refs, UP);
  const above = new Map<Ref, ReadonlySet<Ref>>();
  for (const ref of refs)
    if (related.has(ref)) above.set(ref, await readRelatedItems(client, tenantId, [ref], UP));
  return above;
}
