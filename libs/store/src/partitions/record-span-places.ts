import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { partitionOf, type Day } from './span-days.ts';

/** What of a tenant is let go with a day. */
export interface LetGo {
  readonly tenantId: bigint;
  readonly spans: number;
  readonly traces: number;
  /** Export requests whose leaf can no longer be opened. */
  readonly batches: number;
}

/** Tenants with spans of a day, by id. */
export async function readTenantsOfDay(db: Queryable, day: Day): Promise<bigint[]> {
  const { rows } = await db.query<{ tenant_id: bigint }>(
    `SELECT DISTINCT tenant_id FROM ${partitionOf(day)} ORDER BY tenant_id`,
  );
  return rows.map((row) => row.tenant_id);
}

/**
 * Records which request brought each span of a tenant's day, and destroys the salts of those requests: what their leaves
 * commit to can no longer be shown, and is said to be so. Idempotent.
 *
 * @returns null where it was recorded before
 */
export async function recordSpanPlaces(
  client: Client,
  tenantId: bigint,
  day: Day,
  keepDays: number,
  nowUs: bigint,
): Promise<LetGo | null> {
  const partition = partitionOf(day);
  const { rows: known } = await client.query(
    'SELECT 1 FROM span_days WHERE tenant_id = $1 AND day = $2 AND dropped_at IS NULL',
    [tenantId, day],
  );
  if (known.length > 0) return null;
  await client.query(
    `INSERT INTO span_places (tenant_id, trace_id, day, span_ids, started_at, batch_ids, positions,
                              last_ended_at, root_ended)
     SELECT tenant_id, trace_id, $2::date, array_agg(span_id ORDER BY batch_id, position),
            array_agg(started_at ORDER BY batch_id, position), array_agg(batch_id ORDER BY batch_id, position),
            array_agg(position ORDER BY batch_id, position), max(greatest(ended_at, started_at)),
            bool_or(parent_span_id IS NULL AND ended_at <> timestamptz 'epoch')
       FROM ${partition} WHERE tenant_id = $1 GROUP BY tenant_id, trace_id ORDER BY trace_id
     ON CONFLICT (tenant_id, trace_id, day) DO NOTHING`,
    [tenantId, day],
  );
  const { rowCount: batches } = await client.query(
    `UPDATE batches SET salt = NULL
      WHERE tenant_id = $1 AND salt IS NOT NULL
        AND batch_id IN (SELECT batch_id FROM ${partition} WHERE tenant_id = $1)`,
    [tenantId],
  );
  const { rows } = await client.query<{ spans: bigint; traces: bigint }>(
    `INSERT INTO span_days (tenant_id, day, spans, traces, batches, keep_days, recorded_at)
     SELECT $1, $2::date, coalesce(sum(cardinality(span_ids)), 0), count(*), $3, $4, $5
       FROM span_places WHERE tenant_id = $1 AND day = $2::date
     RETURNING spans, traces`,
    [tenantId, day, batches ?? 0, keepDays, timestampFromUs(nowUs)],
  );
  const { spans, traces } = rows[0]!;
  return { tenantId, spans: Number(spans), traces: Number(traces), batches: batches ?? 0 };
}
