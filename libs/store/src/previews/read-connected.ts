import { parseRef, toRef, type Ref, type TraceId } from '#model';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import { readRelatedItems } from '../outcomes/read-related-items.ts';

/** Traces and keys that hang together: what one of them is posted for may depend on any other. */
export interface Connected {
  readonly traceIds: readonly TraceId[];
  readonly refs: readonly Ref[];
}

/**
 * Everything that hangs together with a trace or a key, over any number of steps: keys that traces name, or would name
 * under the rule of a preview; conversations, runs and traces that outcome events tie to an item; merged and split
 * items. Customers do not count: they only suggest.
 *
 * @param limit of traces
 * @returns null where there are more
 */
export async function readConnected(
  db: Queryable,
  tenantId: bigint,
  previewId: string,
  seed: Connected,
  limit: number,
): Promise<Connected | null> {
  const traceIds = new Set<TraceId>(seed.traceIds);
  const refs = new Set<Ref>(seed.refs);
  let newTraces = [...traceIds];
  let newRefs = [...refs];
  while (newTraces.length > 0 || newRefs.length > 0) {
    const ofTraces = await refsOfTraces(db, tenantId, previewId, newTraces);
    const related = await relatedRefs(db, tenantId, [...newRefs, ...ofTraces]);
    const asked = [...new Set([...newRefs, ...ofTraces, ...related])];
    const found = await tracesOfRefs(db, tenantId, previewId, asked);
    newRefs = [...related].filter((ref) => !refs.has(ref));
    newTraces = found.filter((traceId) => !traceIds.has(traceId));
    for (const ref of asked) refs.add(ref);
    for (const traceId of newTraces) traceIds.add(traceId);
    if (traceIds.size > limit) return null;
  }
  return { traceIds: [...traceIds].sort(), refs: [...refs].sort() };
}

async function refsOfTraces(
  db: Queryable,
  tenantId: bigint,
  previewId: string,
  traceIds: readonly TraceId[],
): Promise<Ref[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await db.query<{ ref: string }>({
    name: 'read-connected-refs',
    text: `
SELECT ref FROM trace_refs
 WHERE tenant_id = $1 AND trace_id = ANY ($3::uuid[]) AND NOT starts_with(ref, 'customer:')
UNION
SELECT ref FROM preview_namings WHERE tenant_id = $1 AND preview_id = $2 AND trace_id = ANY ($3::uuid[])`,
    values: [tenantId, previewId, traceIds],
  });
  return [...rows.map(({ ref }) => ref), ...traceIds.map((traceId) => toRef('trace', tenantId, traceId))];
}

async function tracesOfRefs(
  db: Queryable,
  tenantId: bigint,
  previewId: string,
  refs: readonly Ref[],
): Promise<TraceId[]> {
  if (refs.length === 0) return [];
  const named = refs.flatMap((ref) => (/^trace:\d+:[0-9a-f]{32}$/.test(ref) ? [parseRef(ref).key] : []));
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-connected-traces',
    text: `
SELECT trace_id FROM trace_refs WHERE tenant_id = $1 AND ref = ANY ($3::text[])
UNION
SELECT trace_id FROM preview_namings WHERE tenant_id = $1 AND preview_id = $2 AND ref = ANY ($3::text[])
UNION
SELECT trace_id FROM traces WHERE tenant_id = $1 AND trace_id = ANY ($4::uuid[])`,
    values: [tenantId, previewId, refs, named],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** Keys tied to these by outcome events or by a merge or split, in either direction. */
async function relatedRefs(db: Queryable, tenantId: bigint, refs: readonly Ref[]): Promise<Set<Ref>> {
  if (refs.length === 0) return new Set();
  const { rows } = await db.query<{ ref: string; work_item_ref: string }>({
    name: 'read-connected-aliases',
    text: `
SELECT ref, work_item_ref FROM work_item_aliases
 WHERE tenant_id = $1 AND (ref = ANY ($2::text[]) OR work_item_ref = ANY ($2::text[]))`,
    values: [tenantId, refs],
  });
  const tied = new Set(rows.flatMap((row) => [row.ref, row.work_item_ref]));
  const relations = ['merged_into', 'merged_from', 'split_into', 'split_from'] as const;
  for (const ref of await readRelatedItems(db, tenantId, [...new Set([...refs, ...tied])], relations))
    tied.add(ref);
  return tied;
}
