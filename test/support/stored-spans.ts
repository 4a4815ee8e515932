import type { Database } from '#store';

/** What is stored of spans, read back for comparison: hex ids, times in nanoseconds as stored (whole microseconds). */
export interface StoredRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
  readonly bytes: Buffer;
}

/** All spans of a tenant, by key. */
export async function readStoredSpans(db: Database, tenantId: bigint): Promise<StoredRow[]> {
  const { rows } = await db.query<{
    trace_id: string;
    span_id: string;
    parent_span_id: string | null;
    name: string;
    started_at: bigint;
    ended_at: bigint;
    bytes: Buffer;
  }>(
    `SELECT replace(trace_id::text, '-', '') AS trace_id, lpad(to_hex(span_id), 16, '0') AS span_id,
            lpad(to_hex(parent_span_id), 16, '0') AS parent_span_id, name, started_at, ended_at, bytes
       FROM spans WHERE tenant_id = $1 ORDER BY spans.trace_id, spans.span_id, started_at`,
    [tenantId],
  );
  return rows.map((row) => ({
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    name: row.name,
    startedAtUs: row.started_at,
    endedAtUs: row.ended_at,
    bytes: row.bytes,
  }));
}

export interface StoredBatch {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly conflicting: number;
  readonly rejected: number;
}

/** Counts of all batches of a tenant, in the order in which they came. */
export async function readBatches(db: Database, tenantId: bigint): Promise<StoredBatch[]> {
  const { rows } = await db.query<StoredBatch & { batch_id: string }>(
    `SELECT received, stored, duplicate, conflicting, rejected FROM batches WHERE tenant_id = $1 ORDER BY batch_id`,
    [tenantId],
  );
  return rows;
}

/** The sum over all batches of a tenant. */
export async function sumBatches(db: Database, tenantId: bigint): Promise<StoredBatch> {
  const { rows } = await db.query<StoredBatch>(
    `SELECT coalesce(sum(received), 0)::integer AS received, coalesce(sum(stored), 0)::integer AS stored,
            coalesce(sum(duplicate), 0)::integer AS duplicate, coalesce(sum(conflicting), 0)::integer AS conflicting,
            coalesce(sum(rejected), 0)::integer AS rejected
       FROM batches WHERE tenant_id = $1`,
    [tenantId],
  );
  return rows[0]!;
}
