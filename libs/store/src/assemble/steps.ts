import {
  bigintArray,
  integerArray,
  textArray,
  timestampArray,
  uuidArray,
} from '../connection/binary-array.ts';
import { spanIdFromInt8, spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { BinaryRows } from '../connection/binary-rows.ts';
import { copyNew } from '../connection/copy-in.ts';
import type { Client, Queryable } from '../connection/database.ts';
import type { SpanId, TraceId } from '#model';

/** A step as it is stored: the canonical text is the truth, the columns serve queries. */
export interface StepRow {
  readonly traceId: TraceId;
  readonly revision: number;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly role: string;
  readonly provider: string | null;
  readonly callModel: string | null;
  readonly record: string;
}

const COLUMNS = 'tenant_id, trace_id, revision, span_id, started_at, role, provider, call_model, record';

/** Adds step rows of new revisions; rows of an earlier try of the same revision stay as they are. */
export async function insertSteps(
  client: Client,
  tenantId: bigint,
  steps: readonly StepRow[],
): Promise<void> {
  if (steps.length === 0) return;
  const rows = new BinaryRows(9);
  for (const step of steps)
    rows
      .begin()
      .bigint(tenantId)
      .uuid(step.traceId)
      .integer(step.revision)
      .spanId(step.spanId)
      .timestamp(step.startedAtUs)
      .text(step.role)
      .text(step.provider)
      .text(step.callModel)
      .text(step.record);
  await copyNew(client, `steps (${COLUMNS})`, rows, () => insertMissingSteps(client, tenantId, steps));
}

async function insertMissingSteps(
  client: Client,
  tenantId: bigint,
  steps: readonly StepRow[],
): Promise<void> {
  await client.query({
    name: 'insert-steps',
    text: `
INSERT INTO steps (${COLUMNS})
SELECT $1, * FROM unnest($2::uuid[], $3::integer[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[])
ON CONFLICT DO NOTHING`,
    values: [
      tenantId,
      uuidArray(steps.map((step) => step.traceId)),
      integerArray(steps.map((step) => step.revision)),
      bigintArray(steps.map((step) => spanIdToInt8(step.spanId))),
      timestampArray(steps.map((step) => step.startedAtUs)),
      textArray(steps.map((step) => step.role)),
      textArray(steps.map((step) => step.provider)),
      textArray(steps.map((step) => step.callModel)),
      textArray(steps.map((step) => step.record)),
    ],
  });
}

/** The newest row of every step of the traces, ordered by trace, start and span. */
export async function readNewestSteps(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<StepRow[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await db.query<{
    trace_id: string;
    revision: number;
    span_id: bigint;
    started_at: bigint;
    role: string;
    provider: string | null;
    call_model: string | null;
    record: string;
  }>({
    name: 'read-newest-steps',
    text: `
SELECT DISTINCT ON (trace_id, started_at, span_id)
       trace_id, revision, span_id, started_at, role, provider, call_model, record
  FROM steps WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])
 ORDER BY trace_id, started_at, span_id, revision DESC`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    revision: row.revision,
    spanId: spanIdFromInt8(row.span_id),
    startedAtUs: row.started_at,
    role: row.role,
    provider: row.provider,
    callModel: row.call_model,
    record: row.record,
  }));
}
