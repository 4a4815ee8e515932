import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { AttemptRow } from '../posting/replace-attempts.ts';
import { readTracesNaming } from '../trails/read-attempts-at.ts';
import { isSealedBatch } from '../trails/sealed-batch.ts';

/** A part of an attempt with what is posted for it; USD in pico. */
export interface CostedAttemptPart extends AttemptRow {
  readonly costPico: bigint;
  readonly directPico: bigint;
  readonly hasOtherAssets: boolean;
}

/**
 * Expressions that read the attempts of a few traces ($3) as they stood at a size of the log ($4), and what was posted
 * for them by then, under the names of the tables. `booksAt` does the same for whole books.
 */
const AT_SIZE = `
WITH attempts AS (
  SELECT a.* FROM attempts a
   WHERE a.tenant_id = $1 AND a.trace_id = ANY ($3::uuid[]) AND ${isSealedBatch('a.since_batch', '$4')}
  UNION ALL
  SELECT r.* FROM attempt_history h CROSS JOIN LATERAL jsonb_populate_record(NULL::attempts, h.was) r
   WHERE h.tenant_id = $1 AND h.trace_id = ANY ($3::uuid[])
     AND ${isSealedBatch('h.from_batch', '$4')} AND NOT ${isSealedBatch('h.to_batch', '$4')}
), positions AS (
  SELECT e.tenant_id, e.posting_id, e.attempt_id, e.account, e.asset, sum(e.amount) AS amount
    FROM ledger_entries e
    JOIN ledger_transactions t ON t.tenant_id = $1 AND t.posting_id = e.posting_id AND t.txn_id = e.txn_id
   WHERE e.tenant_id = $1 AND e.posting_id = ANY ($3::uuid[]) AND ${isSealedBatch('t.batch_id', '$4')}
   GROUP BY 1, 2, 3, 4, 5
)`;

/**
 * All parts of all attempts at the work items, by ref, start, trace and attempt.
 *
 * @param size leaves of the log the books are read at: then the answer never changes; null = as they stand
 */
export async function readAttemptsOf(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  size: number | null = null,
): Promise<CostedAttemptPart[]> {
  const past = size === null ? [] : [await readTracesNaming(client, tenantId, refs), size];
  const { rows } = await client.query<Row>(
    `${size === null ? '' : AT_SIZE}
SELECT a.*, posted.cost, posted.direct, posted.has_other
  FROM attempts a CROSS JOIN LATERAL (
       SELECT coalesce(sum(p.amount) FILTER (WHERE p.asset = 'USD/12'), 0) AS cost,
              coalesce(sum(p.amount) FILTER (WHERE p.asset = 'USD/12' AND p.account = '5200:outcome'), 0) AS direct,
              coalesce(bool_or(p.asset <> 'USD/12'), false) AS has_other
         FROM positions p
        WHERE p.tenant_id = $1 AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
          AND p.account >= '5100' AND p.account < '5400') posted
 WHERE a.tenant_id = $1 AND a.work_item_ref = ANY ($2::text[])
 ORDER BY a.work_item_ref, a.started_at, a.trace_id, a.attempt_id`,
    [tenantId, refs, ...past],
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
