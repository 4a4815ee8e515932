import type { Ref, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** A work item that is to be erased. */
export interface ErasedItem {
  readonly ref: Ref;
  readonly key: string;
  /** null for one that no event and no trace has made an item yet. */
  readonly surrogateId: string | null;
  readonly idSeed: string | null;
  readonly subjectId: string | null;
}

export interface ErasureScope {
  readonly items: readonly ErasedItem[];
  readonly traceIds: readonly TraceId[];
}

/**
 * What belongs to work items, or to traces that carry a key: the items, those that these traces are booked to where
 * `withItems` says so, and every trace that names or is linked to any of them.
 *
 * @param refs of work items, or of another key that traces carry (a customer)
 */
export async function readErasureScope(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  traceIds: readonly TraceId[],
  withItems: boolean,
): Promise<ErasureScope> {
  const named = await tracesOf(client, tenantId, refs);
  const carrying = [...new Set([...named, ...traceIds])];
  const items = withItems ? await itemsOf(client, tenantId, carrying) : refs;
  const all = await tracesOf(client, tenantId, items);
  return {
    items: await readItems(client, tenantId, items),
    traceIds: [...new Set([...carrying, ...all])].sort(),
  };
}

async function tracesOf(client: Client, tenantId: bigint, refs: readonly Ref[]): Promise<TraceId[]> {
  const { rows } = await client.query<{ trace_id: string }>(
    `SELECT trace_id FROM trace_refs
      WHERE tenant_id = $1 AND (ref = ANY ($2::text[])
         OR ref IN (SELECT ref FROM work_item_aliases WHERE tenant_id = $1 AND work_item_ref = ANY ($2::text[])))
     UNION SELECT trace_id FROM links WHERE tenant_id = $1 AND work_item_ref = ANY ($2::text[]) AND state <> 'withdrawn'`,
    [tenantId, refs],
  );
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

async function itemsOf(client: Client, tenantId: bigint, traceIds: readonly TraceId[]): Promise<Ref[]> {
  const { rows } = await client.query<{ work_item_ref: string }>(
    `SELECT DISTINCT work_item_ref FROM attempts WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    [tenantId, traceIds],
  );
  return rows.map((row) => row.work_item_ref);
}

async function readItems(client: Client, tenantId: bigint, refs: readonly Ref[]): Promise<ErasedItem[]> {
  const { rows } = await client.query<{
    ref: string;
    surrogate_id: string | null;
    id_seed: string | null;
    subject_id: string | null;
  }>(
    `SELECT asked.ref, w.surrogate_id, w.id_seed, s.subject_id
       FROM unnest($2::text[]) AS asked (ref)
       LEFT JOIN work_items w ON w.tenant_id = $1 AND w.ref = asked.ref
       LEFT JOIN content_subjects s ON s.tenant_id = $1 AND s.ref = asked.ref
      ORDER BY asked.ref`,
    [tenantId, refs],
  );
  return rows.map((row) => ({
    ref: row.ref,
    key: row.ref.split(':').slice(2).join(':'),
    surrogateId: row.surrogate_id,
    idSeed: row.id_seed,
    subjectId: row.subject_id,
  }));
}

/** The ref behind a subject's random id; null for a trace, or one that is erased. */
export async function readRefOfSubject(
  client: Client,
  tenantId: bigint,
  subjectId: string,
): Promise<Ref | null> {
  const { rows } = await client.query<{ ref: string }>(
    `SELECT ref FROM content_subjects WHERE tenant_id = $1 AND subject_id = $2`,
    [tenantId, subjectId],
  );
  return rows[0]?.ref ?? null;
}
