import type { Ref, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { isSealedBatch } from './sealed-batch.ts';

/** The part of an attempt that stood in one trace. */
export interface AttemptAt {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly workItemRef: Ref;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
  readonly keyKind: string;
  readonly grade: string;
  readonly placement: string;
  readonly workflow: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly provider: string | null;
}

/** Traces that ever named one of these work items or stood at it; which do so at a size, `readAttemptsAt` tells. */
export async function readTracesNaming(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<TraceId[]> {
  const { rows } = await client.query<{ trace_id: string }>({
    name: 'read-traces-naming',
    text: `SELECT trace_id FROM trace_refs WHERE tenant_id = $1 AND ref = ANY ($2::text[])
           UNION SELECT trace_id FROM attempts WHERE tenant_id = $1 AND work_item_ref = ANY ($2::text[]) ORDER BY 1`,
    values: [tenantId, refs],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/**
 * The attempts of these traces as the books stood at a size of the log, by start, trace and attempt. The answer for
 * one size never changes.
 */
export async function readAttemptsAt(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<AttemptAt[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await client.query<Row>({
    name: 'read-attempts-at',
    text: `
SELECT trace_id, attempt_id, work_item_ref, started_at, ended_at, key_kind, grade, placement, workflow, agent, model, provider
  FROM (SELECT a.* FROM attempts a
         WHERE a.tenant_id = $1 AND a.trace_id = ANY ($2::uuid[]) AND ${isSealedBatch('a.since_batch', '$3')}
        UNION ALL
        SELECT r.* FROM attempt_history h CROSS JOIN LATERAL jsonb_populate_record(NULL::attempts, h.was) r
         WHERE h.tenant_id = $1 AND h.trace_id = ANY ($2::uuid[])
           AND ${isSealedBatch('h.from_batch', '$3')} AND NOT ${isSealedBatch('h.to_batch', '$3')}) a
 ORDER BY started_at, trace_id, attempt_id`,
    values: [tenantId, traceIds, size],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    attemptId: row.attempt_id,
    workItemRef: row.work_item_ref,
    startedAtUs: row.started_at,
    endedAtUs: row.ended_at,
    keyKind: row.key_kind,
    grade: row.grade,
    placement: row.placement,
    workflow: row.workflow,
    agent: row.agent,
    model: row.model,
    provider: row.provider,
  }));
}

interface Row {
  trace_id: string;
  attempt_id: string;
  work_item_ref: string;
  started_at: bigint;
  ended_at: bigint;
  key_kind: string;
  grade: string;
  placement: string;
  workflow: string;
  agent: string | null;
  model: string | null;
  provider: string | null;
}
