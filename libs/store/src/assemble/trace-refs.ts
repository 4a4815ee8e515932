import { textArray, timestampArray, uuidArray } from '../connection/binary-array.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { BinaryRows } from '../connection/binary-rows.ts';
import { copyNew } from '../connection/copy-in.ts';
import type { Client, Queryable } from '../connection/database.ts';
import type { Ref, TraceId } from '#model';

/** A joining key of a trace. `detail` is plain JSON whose meaning depends on the kind of ref. */
export interface TraceRef {
  readonly ref: Ref;
  readonly traceId: TraceId;
  readonly startedAtUs: bigint;
  readonly detail: unknown;
}

const UPSERT = `
INSERT INTO trace_refs AS r (tenant_id, ref, trace_id, started_at, detail)
SELECT $1, ref, trace_id, started_at, detail::jsonb
  FROM unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::text[]) AS n (ref, trace_id, started_at, detail)
ON CONFLICT (tenant_id, ref, trace_id) DO UPDATE SET started_at = excluded.started_at, detail = excluded.detail
 WHERE r.started_at <> excluded.started_at OR r.detail <> excluded.detail`;

/** Publishes joining keys, replacing what the same trace said before under the same ref. Idempotent. */
export async function upsertTraceRefs(
  client: Client,
  tenantId: bigint,
  refs: readonly TraceRef[],
): Promise<void> {
  if (refs.length > 0) await upsertInOrder(client, tenantId, inKeyOrder(refs));
}

/** The same, where nearly always these traces said nothing before. */
export async function insertTraceRefs(
  client: Client,
  tenantId: bigint,
  refs: readonly TraceRef[],
): Promise<void> {
  if (refs.length === 0) return;
  const sorted = inKeyOrder(refs);
  const rows = new BinaryRows(5);
  for (const { ref, traceId, startedAtUs, detail } of sorted)
    rows
      .begin()
      .bigint(tenantId)
      .text(ref)
      .uuid(traceId)
      .timestamp(startedAtUs)
      .jsonb(JSON.stringify(detail));
  await copyNew(client, 'trace_refs (tenant_id, ref, trace_id, started_at, detail)', rows, () =>
    upsertInOrder(client, tenantId, sorted),
  );
}

/** Two writers whose rows go in key order wait for each other instead of deadlocking. */
const inKeyOrder = (refs: readonly TraceRef[]): TraceRef[] =>
  [...refs].sort((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : a.traceId < b.traceId ? -1 : 1));

async function upsertInOrder(client: Client, tenantId: bigint, sorted: readonly TraceRef[]): Promise<void> {
  await client.query({
    name: 'upsert-trace-refs',
    text: UPSERT,
    values: [
      tenantId,
      textArray(sorted.map(({ ref }) => ref)),
      uuidArray(sorted.map(({ traceId }) => traceId)),
      timestampArray(sorted.map(({ startedAtUs }) => startedAtUs)),
      textArray(sorted.map(({ detail }) => JSON.stringify(detail))),
    ],
  });
}

/**
 * The traces under the refs, ordered by ref and trace.
 *
 * @param but traces whose rows the caller knows: to send them back costs more than to find them
 */
export async function readTraceRefs(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
  but: readonly TraceId[],
): Promise<TraceRef[]> {
  if (refs.length === 0) return [];
  const { rows } = await db.query<{ ref: string; trace_id: string; started_at: bigint; detail: unknown }>({
    name: 'read-trace-refs',
    text: `
SELECT ref, trace_id, started_at, detail FROM trace_refs
 WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND NOT (trace_id = ANY ($3::uuid[])) ORDER BY ref, trace_id`,
    values: [tenantId, textArray(refs), uuidArray(but)],
  });
  return rows.map((row) => ({
    ref: row.ref,
    traceId: traceIdFromUuid(row.trace_id),
    startedAtUs: row.started_at,
    detail: row.detail,
  }));
}

/**
 * The traces under the ref of an agent's running totals that start next to a time: up to so many at or before it and as
 * many after it, by start and trace. Of an agent that lives on they gather without end.
 */
export async function readRunningTotals(
  db: Queryable,
  tenantId: bigint,
  ref: Ref,
  startedAtUs: bigint,
  each: number,
): Promise<TraceRef[]> {
  const { rows } = await db.query<{ trace_id: string; started_at: bigint; detail: unknown }>({
    name: 'read-running-totals',
    text: `
SELECT trace_id, started_at, detail FROM (
  (SELECT trace_id, started_at, detail FROM trace_refs
    WHERE tenant_id = $1 AND ref = $2 AND split_part(ref, ':', 1) = 'running_total' AND started_at <= $3
    ORDER BY started_at DESC, trace_id DESC LIMIT $4)
  UNION ALL
  (SELECT trace_id, started_at, detail FROM trace_refs
    WHERE tenant_id = $1 AND ref = $2 AND split_part(ref, ':', 1) = 'running_total' AND started_at > $3
    ORDER BY started_at, trace_id LIMIT $4)) AS around
 ORDER BY started_at, trace_id`,
    values: [tenantId, ref, timestampFromUs(startedAtUs), each],
  });
  return rows.map((row) => ({
    ref,
    traceId: traceIdFromUuid(row.trace_id),
    startedAtUs: row.started_at,
    detail: row.detail,
  }));
}

/** Refs of these kinds that the traces published before. */
export async function readRefsOfTraces(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  kinds: readonly string[],
): Promise<{ readonly traceId: TraceId; readonly ref: Ref }[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await db.query<{ trace_id: string; ref: string }>({
    name: 'read-refs-of-traces',
    text: `
SELECT trace_id, ref FROM trace_refs
 WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND split_part(ref, ':', 1) = ANY ($3::text[])`,
    values: [tenantId, traceIds, kinds],
  });
  return rows.map((row) => ({ traceId: traceIdFromUuid(row.trace_id), ref: row.ref }));
}
