import { randomUUID } from 'node:crypto';
import type { Queryable } from '../connection/database.ts';
import type { OutcomeEvent, OutcomeTier, Ref } from '#model';
import { referenceFromStored, type StoredReference } from '../outcomes/stored-reference.ts';

export interface WorkItemSeed {
  readonly ref: Ref;
  readonly kind: string;
  readonly key: string;
  /** Random; names the item in leaves. Kept from the first insert. */
  readonly surrogateId: string;
  readonly outcomeType: string;
  readonly definition: string;
}

/** A work item whose row is held. */
export interface LockedWorkItem {
  /** This call made it. */
  readonly isNew: boolean;
  /** Random; what its ids are derived from instead of its key (docs/adr/037). null for an item of before there were any. */
  readonly idSeed: string | null;
}

/**
 * Makes sure the work items exist and holds their rows until the end of the transaction, in ref order. Whoever
 * reads events and attempts of an item after this sees all that earlier holders wrote.
 *
 * @returns every item asked for
 */
export async function lockWorkItems(
  db: Queryable,
  tenantId: bigint,
  items: readonly WorkItemSeed[],
): Promise<Map<Ref, LockedWorkItem>> {
  if (items.length === 0) return new Map();
  const sorted = [...items].sort((a, b) => (a.ref < b.ref ? -1 : 1));
  const { rows } = await db.query<{ ref: string; version: bigint; id_seed: string | null }>({
    name: 'lock-work-items',
    text: `
INSERT INTO work_items AS w (tenant_id, ref, kind, key, surrogate_id, outcome_type, definition, id_seed)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::uuid[])
ON CONFLICT (tenant_id, ref) DO UPDATE SET version = w.version + 1
RETURNING ref, version, id_seed`,
    values: [
      tenantId,
      sorted.map((item) => item.ref),
      sorted.map((item) => item.kind),
      sorted.map((item) => item.key),
      sorted.map((item) => item.surrogateId),
      sorted.map((item) => item.outcomeType),
      sorted.map((item) => item.definition),
      sorted.map(() => randomUUID()),
    ],
  });
  return new Map(rows.map(({ ref, version, id_seed: idSeed }) => [ref, { isNew: version === 1n, idSeed }]));
}

/**
 * An event as it was sent. What its verb does is for the definitions to say that are known when it is asked, not for
 * those that were known when it came.
 */
export interface StoredOutcomeEvent extends Omit<OutcomeEvent, 'effect'> {
  readonly surrogateId: string;
}

/** All events of the items. Unordered. */
export async function readOutcomeEvents(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<StoredOutcomeEvent[]> {
  if (refs.length === 0) return [];
  const { rows } = await db.query<{
    ref: string;
    source: string;
    event_id: string;
    kind: string;
    verb: string;
    occurred_at: bigint;
    sequence: string | null;
    value_amount: string | null;
    value_asset: string | null;
    tier: OutcomeTier | null;
    quality: string | null;
    refers_to: StoredReference | null;
    surrogate_id: string;
  }>({
    name: 'read-outcome-events',
    text: `
SELECT ref, source, event_id, kind, verb, occurred_at, sequence, value_amount, value_asset, tier, quality, refers_to,
       surrogate_id
  FROM outcome_events WHERE tenant_id = $1 AND ref = ANY ($2::text[])`,
    values: [tenantId, refs],
  });
  return rows.map((row) => ({
    ref: row.ref,
    source: row.source,
    eventId: row.event_id,
    kind: row.kind,
    verb: row.verb,
    occurredAtUs: row.occurred_at,
    sequence: row.sequence,
    value:
      row.value_amount === null || row.value_asset === null
        ? null
        : { amountPico: BigInt(row.value_amount), asset: row.value_asset },
    tier: row.tier,
    quality: row.quality,
    refersTo: row.refers_to === null ? null : referenceFromStored(row.refers_to),
    surrogateId: row.surrogate_id,
  }));
}

/**
 * Work items that outcome events tied to conversations, runs and traces: their refs -> work item refs, sorted. What an
 * event ties is a work item only when its kind has a definition, whichever came first.
 */
export async function readWorkItemAliases(
  db: Queryable,
  tenantId: bigint,
  aliasRefs: readonly Ref[],
): Promise<Map<Ref, Ref[]>> {
  const aliases = new Map<Ref, Ref[]>();
  if (aliasRefs.length === 0) return aliases;
  const { rows } = await db.query<{ ref: string; work_item_ref: string }>({
    name: 'read-work-item-aliases',
    text: `
SELECT ref, work_item_ref FROM work_item_aliases
 WHERE tenant_id = $1 AND ref = ANY ($2::text[]) ORDER BY ref, work_item_ref`,
    values: [tenantId, aliasRefs],
  });
  for (const { ref, work_item_ref: workItemRef } of rows) {
    const list = aliases.get(ref);
    if (list === undefined) aliases.set(ref, [workItemRef]);
    else list.push(workItemRef);
  }
  return aliases;
}

/**
 * Conversations that outcome events tied to these work items and to others as well: whose their steps are depends on
 * which of the items is open.
 *
 * @returns an entry only for items that share a conversation
 */
export async function readContestedConversations(
  db: Queryable,
  tenantId: bigint,
  workItemRefs: readonly Ref[],
): Promise<Map<Ref, Ref[]>> {
  const contested = new Map<Ref, Ref[]>();
  if (workItemRefs.length === 0) return contested;
  const { rows } = await db.query<{ ref: string; work_item_ref: string }>({
    name: 'read-contested-conversations',
    text: `
SELECT a.ref, a.work_item_ref FROM work_item_aliases a
 WHERE a.tenant_id = $1 AND a.work_item_ref = ANY ($2::text[]) AND starts_with(a.ref, 'conversation:')
   AND EXISTS (SELECT FROM work_item_aliases other WHERE other.tenant_id = $1 AND other.ref = a.ref
                  AND other.work_item_ref <> a.work_item_ref)`,
    values: [tenantId, workItemRefs],
  });
  for (const { ref, work_item_ref: workItemRef } of rows) {
    const list = contested.get(workItemRef);
    if (list === undefined) contested.set(workItemRef, [ref]);
    else list.push(ref);
  }
  return contested;
}
