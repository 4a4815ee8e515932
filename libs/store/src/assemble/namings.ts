import type { Ref, TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** That a trace names a work item (`declared` by whoever ran it, `found` in what was said) or carries another key. */
export interface Naming {
  readonly ref: Ref;
  readonly traceId: TraceId;
  readonly startedAtUs: bigint;
  readonly naming: 'declared' | 'found' | null;
}

/**
 * Publishes the business keys of traces: exactly these, of which those that went stay as rows that name nothing. What
 * other stages wrote into the rows is left as it stands.
 *
 * @param knownTraceIds those of the traces that may have published keys before
 * @param announces whether traces that only found a key depend on who declares it: then every change of a declaration
 *   waits to be announced
 */
export async function publishNamings(
  db: Queryable,
  tenantId: bigint,
  knownTraceIds: readonly TraceId[],
  namings: readonly Naming[],
  announces: boolean,
): Promise<void> {
  const sorted = [...namings].sort((a, b) =>
    a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : a.traceId < b.traceId ? -1 : 1,
  );
  const keys = [sorted.map(({ ref }) => ref), sorted.map(({ traceId }) => traceId)];
  if (knownTraceIds.length > 0)
    await db.query({
      name: 'withdraw-namings',
      text: `
UPDATE trace_refs r SET naming = NULL, is_announced = r.is_announced AND NOT ($5 AND r.naming = 'declared')
 WHERE r.tenant_id = $1 AND r.trace_id = ANY ($2::uuid[]) AND r.naming IS NOT NULL
   AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::uuid[]) AS k (ref, trace_id)
                    WHERE k.ref = r.ref AND k.trace_id = r.trace_id)`,
      values: [tenantId, knownTraceIds, ...keys, announces],
    });
  if (sorted.length === 0) return;
  await db.query({
    name: 'publish-namings',
    text: `
INSERT INTO trace_refs AS r (tenant_id, ref, trace_id, started_at, detail, naming, is_announced)
SELECT $1, n.ref, n.trace_id, n.started_at, '[]', n.naming, NOT ($6 AND n.naming IS NOT DISTINCT FROM 'declared')
  FROM unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::text[]) AS n (ref, trace_id, started_at, naming)
ON CONFLICT (tenant_id, ref, trace_id) DO UPDATE
   SET naming = excluded.naming,
       is_announced = r.is_announced AND excluded.is_announced AND NOT ($6 AND r.naming IS NOT DISTINCT FROM 'declared'
         AND excluded.naming IS DISTINCT FROM 'declared')
 WHERE r.naming IS DISTINCT FROM excluded.naming OR (r.is_announced AND NOT excluded.is_announced)`,
    values: [
      tenantId,
      ...keys,
      sorted.map(({ startedAtUs }) => timestampFromUs(startedAtUs)),
      sorted.map(({ naming }) => naming),
      announces,
    ],
  });
}

/**
 * Takes what these traces have to announce, in the caller's transaction, and says whom it concerns: other traces that
 * found the same keys. Those that publish after this read the declaration themselves.
 */
export async function announceNamings(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<TraceId[]> {
  const { rows: taken } = await db.query<{ ref: string }>({
    name: 'take-announcements',
    text: `
UPDATE trace_refs SET is_announced = true
 WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND NOT is_announced RETURNING ref`,
    values: [tenantId, traceIds],
  });
  if (taken.length === 0) return [];
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-finders',
    text: `
SELECT DISTINCT trace_id FROM trace_refs
 WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND naming = 'found' AND NOT trace_id = ANY ($3::uuid[])`,
    values: [tenantId, [...new Set(taken.map(({ ref }) => ref))], traceIds],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}
