import type { TraceId } from '#model';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';

/** What a trace has added to the days of its emitters. */
export interface TraceQuality {
  readonly traceId: TraceId;
  /** How many rows the trace has in `cost_claims`. */
  readonly claims: number;
  /** JSON whose form is the writer's; equal text = nothing has changed. */
  readonly summary: string;
}

/** What stands for these traces. The caller holds their postings, so that it stays what it is. */
export async function readTraceQuality(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<TraceQuality[]> {
  const { rows } = await db.query<{ trace_id: string; claims: number; summary: string }>({
    name: 'read-trace-quality',
    text: `SELECT trace_id, claims, summary FROM trace_quality WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({ ...row, traceId: traceIdFromUuid(row.trace_id) }));
}

/** What stands for traces after one, ascending. */
export async function readTraceQualityAfter(
  db: Queryable,
  tenantId: bigint,
  after: TraceId,
  limit: number,
): Promise<TraceQuality[]> {
  const { rows } = await db.query<{ trace_id: string; claims: number; summary: string }>(
    `SELECT trace_id, claims, summary FROM trace_quality WHERE tenant_id = $1 AND trace_id > $2::uuid
      ORDER BY trace_id LIMIT $3`,
    [tenantId, after, limit],
  );
  return rows.map((row) => ({ ...row, traceId: traceIdFromUuid(row.trace_id) }));
}

export async function upsertTraceQuality(
  db: Queryable,
  tenantId: bigint,
  traces: readonly TraceQuality[],
): Promise<void> {
  if (traces.length === 0) return;
  const sorted = traces.toSorted((a, b) => (a.traceId < b.traceId ? -1 : 1));
  await db.query({
    name: 'upsert-trace-quality',
    text: `
INSERT INTO trace_quality (tenant_id, trace_id, claims, summary)
SELECT $1, * FROM unnest($2::uuid[], $3::integer[], $4::text[])
ON CONFLICT (tenant_id, trace_id) DO UPDATE SET claims = excluded.claims, summary = excluded.summary`,
    values: [
      tenantId,
      sorted.map(({ traceId }) => traceId),
      sorted.map(({ claims }) => claims),
      sorted.map(({ summary }) => summary),
    ],
  });
}
