import type { TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** What the content of a trace said when it was read. */
export interface TraceReadingRow {
  readonly traceId: TraceId;
  /** Of the trace then. */
  readonly revision: number;
  /** JSON whose form is the writer's. */
  readonly reading: string;
}

export async function readTraceReadings(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<TraceReadingRow[]> {
  const { rows } = await db.query<{ trace_id: string; revision: number; reading: string }>({
    name: 'read-trace-readings',
    text: `SELECT trace_id, revision, reading FROM trace_readings WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({ ...row, traceId: traceIdFromUuid(row.trace_id) }));
}

export async function upsertTraceReadings(
  db: Queryable,
  tenantId: bigint,
  readings: readonly TraceReadingRow[],
): Promise<void> {
  if (readings.length === 0) return;
  const sorted = readings.toSorted((a, b) => (a.traceId < b.traceId ? -1 : 1));
  await db.query({
    name: 'upsert-trace-readings',
    text: `
INSERT INTO trace_readings (tenant_id, trace_id, revision, reading)
SELECT $1, * FROM unnest($2::uuid[], $3::integer[], $4::text[])
ON CONFLICT (tenant_id, trace_id) DO UPDATE SET revision = excluded.revision, reading = excluded.reading`,
    values: [
      tenantId,
      sorted.map(({ traceId }) => traceId),
      sorted.map(({ revision }) => revision),
      sorted.map(({ reading }) => reading),
    ],
  });
}
