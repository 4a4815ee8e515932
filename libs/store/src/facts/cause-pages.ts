import type { Ref, TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

// Pages of what a rule may touch, by ascending key after the last one seen. Whatever is committed after the rule was
// reads the rule itself, so it need not be in a page.

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';
const time = (us: bigint | null): string | null => (us === null ? null : timestampFromUs(us));

/**
 * Traces with a leaf that started in [from, to). Not narrowed by model: which rows a model identity rule matches
 * is for libs/pricing to say, and a posting that changes nothing posts nothing.
 *
 * @param after '' = from the beginning
 */
export async function readTracesWithLeavesAfter(
  db: Queryable,
  tenantId: bigint,
  range: { readonly fromUs: bigint | null; readonly toUs: bigint | null },
  after: TraceId,
  limit: number,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-traces-with-leaves-after',
    text: `
SELECT DISTINCT trace_id FROM steps
 WHERE tenant_id = $1 AND trace_id > $2::uuid AND role = 'leaf'
   AND started_at >= coalesce($3::timestamptz, '-infinity') AND started_at < coalesce($4::timestamptz, 'infinity')
 ORDER BY trace_id LIMIT $5`,
    values: [tenantId, after === '' ? FIRST_UUID : after, time(range.fromUs), time(range.toUs), limit],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** Traces with a span that ended at or after `fromUs`, for rules that are read when steps are made. */
export async function readTracesSinceAfter(
  db: Queryable,
  tenantId: bigint,
  fromUs: bigint | null,
  after: TraceId,
  limit: number,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-traces-since-after',
    text: `
SELECT trace_id FROM traces
 WHERE tenant_id = $1 AND trace_id > $2::uuid AND last_ended_at >= coalesce($3::timestamptz, '-infinity')
 ORDER BY trace_id LIMIT $4`,
    values: [tenantId, after === '' ? FIRST_UUID : after, time(fromUs), limit],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** Keys of a kind that anything is known of: work items, events, spans, conversations tied to one. */
export async function readRefsOfKindAfter(
  db: Queryable,
  tenantId: bigint,
  kind: string,
  after: Ref,
  limit: number,
): Promise<Ref[]> {
  const prefix = `${kind}:${tenantId}:`;
  const { rows } = await db.query<{ ref: string }>({
    name: 'read-refs-of-kind-after',
    text: `
SELECT ref FROM (
  (SELECT ref FROM work_items WHERE tenant_id = $1 AND ref > $2 AND starts_with(ref, $3) ORDER BY ref LIMIT $4)
  UNION
  (SELECT DISTINCT ref FROM outcome_events WHERE tenant_id = $1 AND ref > $2 AND starts_with(ref, $3) ORDER BY ref LIMIT $4)
  UNION
  (SELECT DISTINCT ref FROM trace_refs WHERE tenant_id = $1 AND ref > $2 AND starts_with(ref, $3) ORDER BY ref LIMIT $4)
  UNION
  (SELECT DISTINCT work_item_ref FROM work_item_aliases
    WHERE tenant_id = $1 AND work_item_ref > $2 AND starts_with(work_item_ref, $3) ORDER BY 1 LIMIT $4)) known
 ORDER BY ref LIMIT $4`,
    values: [tenantId, after === '' ? prefix : after, prefix, limit],
  });
  return rows.map((row) => row.ref);
}

/** Traces that name one of the work items, or a conversation, run or trace tied to one. */
export async function readTracesOfItems(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-traces-of-items',
    text: `
SELECT trace_id FROM trace_refs WHERE tenant_id = $1 AND ref = ANY ($2::text[])
UNION
SELECT t.trace_id FROM work_item_aliases a JOIN trace_refs t ON t.tenant_id = $1 AND t.ref = a.ref
 WHERE a.tenant_id = $1 AND a.work_item_ref = ANY ($2::text[])
UNION
SELECT t.trace_id FROM work_item_aliases a JOIN traces t ON t.tenant_id = $1
   AND t.trace_id = CASE WHEN starts_with(a.ref, 'trace:') THEN split_part(a.ref, ':', 3)::uuid END
 WHERE a.tenant_id = $1 AND a.work_item_ref = ANY ($2::text[])
ORDER BY trace_id`,
    values: [tenantId, refs],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}
