import type { Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';

/** Evidence that a trace, or a step of it, belongs to a work item. */
export interface StoredLink {
  readonly traceId: TraceId;
  readonly linkId: string;
  readonly scope: string;
  readonly spanId: SpanId | null;
  readonly tier: string;
  readonly confidence: string;
  readonly rule: string;
  readonly recordedAtUs: bigint;
}

/** Links of these traces to the work item, oldest first. */
export async function readLinksOf(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  ref: Ref,
): Promise<StoredLink[]> {
  const { rows } = await client.query<{
    trace_id: string;
    link_id: string;
    scope: string;
    span_id: bigint | null;
    tier: string;
    confidence: string;
    rule: string;
    recorded_at: bigint;
  }>(
    `SELECT trace_id, link_id, scope, span_id, tier, confidence, rule, recorded_at FROM links
      WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND work_item_ref = $3
      ORDER BY recorded_at, trace_id, link_id`,
    [tenantId, traceIds, ref],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    linkId: row.link_id,
    scope: row.scope,
    spanId: row.span_id === null ? null : spanIdFromInt8(row.span_id),
    tier: row.tier,
    confidence: row.confidence,
    rule: row.rule,
    recordedAtUs: row.recorded_at,
  }));
}
