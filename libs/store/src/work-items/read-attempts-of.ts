import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { AttemptRow } from '../posting/replace-attempts.ts';

/** A part of an attempt with what is posted for it; USD in pico. */
export interface CostedAttemptPart extends AttemptRow {
  readonly costPico: bigint;
  readonly directPico: bigint;
  readonly hasOtherAssets: boolean;
}

/** All parts of all attempts at the work items, by ref, start, trace and attempt. */
export async function readAttemptsOf(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<CostedAttemptPart[]> {
  const { rows } = await client.query<Row>(
    `
SELECT a.*, coalesce(sum(p.amount) FILTER (WHERE p.asset = 'USD/12'), 0) AS cost,
       coalesce(sum(p.amount) FILTER (WHERE p.asset = 'USD/12' AND p.account = '5200:outcome'), 0) AS direct,
       coalesce(bool_or(p.asset <> 'USD/12'), false) AS has_other
  FROM attempts a
  LEFT JOIN positions p ON p.tenant_id = a.tenant_id AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
       AND p.account >= '5100' AND p.account < '5400'
 WHERE a.tenant_id = $1 AND a.work_item_ref = ANY ($2::text[])
 GROUP BY a.tenant_id, a.trace_id, a.attempt_id
 ORDER BY a.work_item_ref, a.started_at, a.trace_id, a.attempt_id`,
    [tenantId, refs],
  );
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
    dimensions: row.dimensions,
    modelCalls: row.model_calls,
    unpricedCalls: row.unpriced_calls,
    callsWithoutUsage: row.calls_without_usage,
    retrievals: row.retrievals,
    humanMs: row.human_ms,
    isAllocated: row.is_allocated,
    belowLowPico: BigInt(row.below_low),
    doubtBpsPico: BigInt(row.doubt_bps),
    costPico: BigInt(row.cost),
    directPico: BigInt(row.direct),
    hasOtherAssets: row.has_other,
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
  dimensions: Record<string, string>;
  model_calls: number;
  unpriced_calls: number;
  calls_without_usage: number;
  retrievals: number;
  human_ms: bigint;
  is_allocated: boolean;
  below_low: string;
  doubt_bps: string;
  cost: string;
  direct: string;
  has_other: boolean;
}
