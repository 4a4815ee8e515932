import type { Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { STAMP_COLUMNS, toStamp, type LeafStamp, type StampRow } from './leaf-stamp.ts';

/** A cost line told of a work item (human time, a fee, ...), with its place in the log. */
export interface CostLineAt {
  readonly surrogateId: string;
  readonly source: string;
  readonly lineKind: string;
  readonly occurredAtUs: bigint;
  readonly supersedes: string | null;
  readonly body: unknown;
  readonly leaf: LeafStamp;
}

/** What a person decided about whose steps are, with its place in the log. */
export interface LinkDecisionAt {
  readonly decisionId: string;
  readonly traceId: TraceId;
  readonly spanIds: readonly SpanId[] | null;
  readonly action: string;
  readonly recordedBy: string;
  readonly leaf: LeafStamp;
}

/** Cost lines of the work item whose leaf is one of the first `size`, in the order of their leaves. */
export async function readCostLinesAt(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  size: number,
): Promise<CostLineAt[]> {
  const { rows } = await client.query<
    StampRow & {
      surrogate_id: string;
      source: string;
      line_kind: string;
      occurred_at: bigint;
      supersedes: string | null;
      body: unknown;
    }
  >({
    name: 'read-cost-lines-at',
    text: `
SELECT c.surrogate_id, c.source, c.line_kind, c.occurred_at, c.supersedes, c.body, ${STAMP_COLUMNS}
  FROM cost_lines c
  JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = c.surrogate_id::text AND l.kind = 'cost.line' AND l.idx < $3
 WHERE c.tenant_id = $1 AND c.ref = $2 ORDER BY l.idx`,
    values: [tenantId, ref, size],
  });
  return rows.map((row) => ({
    surrogateId: row.surrogate_id,
    source: row.source,
    lineKind: row.line_kind,
    occurredAtUs: row.occurred_at,
    supersedes: row.supersedes,
    body: row.body,
    leaf: toStamp(row),
  }));
}

/** Link decisions about the work item whose leaf is one of the first `size`, in the order of their leaves, then traces. */
export async function readLinkDecisionsAt(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  ref: Ref,
  size: number,
): Promise<LinkDecisionAt[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await client.query<
    StampRow & {
      decision_id: string;
      trace_id: string;
      span_ids: bigint[] | null;
      action: string;
      recorded_by: string;
    }
  >({
    name: 'read-link-decisions-at',
    text: `
SELECT d.decision_id, d.trace_id, d.span_ids, d.action, d.recorded_by, ${STAMP_COLUMNS}
  FROM link_decisions d
  JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = d.decision_id::text AND l.kind = 'link' AND l.idx < $4
 WHERE d.tenant_id = $1 AND d.trace_id = ANY ($2::uuid[]) AND d.work_item_ref = $3 ORDER BY l.idx, d.trace_id`,
    values: [tenantId, traceIds, ref, size],
  });
  return rows.map((row) => ({
    decisionId: row.decision_id,
    traceId: traceIdFromUuid(row.trace_id),
    spanIds: row.span_ids?.map(spanIdFromInt8) ?? null,
    action: row.action,
    recordedBy: row.recorded_by,
    leaf: toStamp(row),
  }));
}
