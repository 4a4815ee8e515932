import type { Ref, TraceId } from '#model';
import type { Client, Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** Where the walk over a tenant's postings goes on. */
export interface CheckWalk {
  readonly tenantId: bigint;
  /** As `readWalkPage` gives it; '' = from the first trace. */
  readonly cursor: string;
}

/** What is posted for these is looked at next: either traces or work items. */
export interface WalkPage {
  readonly traceIds: readonly TraceId[];
  readonly refs: readonly Ref[];
  /** After this page; null = it is the last one. */
  readonly cursor: string | null;
}

/** The walk that waited longest, of the tenants whose posting is not halted; null = there is none. */
export async function readNextWalk(db: Queryable): Promise<CheckWalk | null> {
  const { rows } = await db.query<{ tenant_id: bigint; cursor: string }>({
    name: 'read-next-walk',
    text: `
SELECT t.tenant_id, coalesce(w.cursor, '') AS cursor FROM tenants t LEFT JOIN check_walks w USING (tenant_id)
 WHERE NOT EXISTS (SELECT FROM posting_halts h WHERE h.tenant_id = t.tenant_id AND h.cleared_at IS NULL)
 ORDER BY w.looked_at NULLS FIRST, t.tenant_id LIMIT 1`,
  });
  const row = rows[0];
  return row === undefined ? null : { tenantId: row.tenant_id, cursor: row.cursor };
}

/** Moves a walk on, or puts it behind those of other tenants. @param cursor null = it came to its end and begins again */
export async function saveWalk(
  db: Queryable,
  tenantId: bigint,
  cursor: string | null,
  lookedAtUs: bigint,
): Promise<void> {
  await db.query({
    name: 'save-walk',
    text: `
INSERT INTO check_walks (tenant_id, cursor, looked_at, walks) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id) DO UPDATE
   SET cursor = excluded.cursor, looked_at = excluded.looked_at, walks = check_walks.walks + excluded.walks`,
    values: [tenantId, cursor ?? '', timestampFromUs(lookedAtUs), cursor === null ? 1 : 0],
  });
}

/**
 * Whether everything that is known is posted, in the snapshot of the caller: no fact waits, no rule is worked through,
 * no trace is due, worked on or failing. Traces that may still get spans do not count: none of them was read yet.
 */
export async function isAtRest(client: Client, tenantId: bigint): Promise<boolean> {
  const { rows } = await client.query<{ is_at_rest: boolean }>({
    name: 'is-at-rest',
    text: `
SELECT NOT EXISTS (SELECT FROM fact_inbox WHERE tenant_id = $1)
   AND NOT EXISTS (SELECT FROM causes WHERE tenant_id = $1 AND mode = 'post' AND done_at IS NULL)
   AND NOT EXISTS (SELECT FROM due_traces
                    WHERE tenant_id = $1 AND (due_at <= clock_timestamp() OR leased_until IS NOT NULL OR failures > 0)) AS is_at_rest`,
    values: [tenantId],
  });
  return rows[0]!.is_at_rest;
}

const TRACE = 'trace ';
const ITEM = 'item ';

/** The next traces that have a posting, by id; after the last of them the work items, by key. */
export async function readWalkPage(client: Client, walk: CheckWalk, limit: number): Promise<WalkPage> {
  const { tenantId, cursor } = walk;
  if (cursor.startsWith(ITEM)) {
    const { rows } = await client.query<{ ref: string }>({
      name: 'read-walk-items',
      text: 'SELECT ref FROM work_items WHERE tenant_id = $1 AND ref > $2 ORDER BY ref LIMIT $3',
      values: [tenantId, cursor.slice(ITEM.length), limit],
    });
    const refs = rows.map(({ ref }) => ref);
    return { traceIds: [], refs, cursor: refs.length < limit ? null : `${ITEM}${refs.at(-1)!}` };
  }
  const after = cursor === '' ? '0'.repeat(32) : cursor.slice(TRACE.length);
  const { rows } = await client.query<{ trace_id: string }>({
    name: 'read-walk-traces',
    text: `
SELECT trace_id FROM traces t
 WHERE tenant_id = $1 AND trace_id > $2::uuid
   AND EXISTS (SELECT FROM postings p WHERE p.tenant_id = $1 AND p.posting_id = t.trace_id)
 ORDER BY trace_id LIMIT $3`,
    values: [tenantId, after, limit],
  });
  const traceIds = rows.map((row) => traceIdFromUuid(row.trace_id));
  return { traceIds, refs: [], cursor: traceIds.length < limit ? ITEM : `${TRACE}${traceIds.at(-1)!}` };
}
