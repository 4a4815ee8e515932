import { spanIdFromInt8, spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { Queryable } from '../connection/database.ts';
import type { Ref, SpanId, TraceId } from '#model';

export interface LinkRow {
  readonly traceId: TraceId;
  readonly linkId: string;
  readonly workItemRef: Ref;
  readonly scope: string;
  readonly spanId: SpanId | null;
  readonly tier: string;
  /** Decimal text with 4 places. */
  readonly confidence: string;
  readonly rule: string;
  /** `booked`, `candidate`, `dangling`, or `withdrawn`: the link it supersedes no longer holds. */
  readonly state: string;
  /** JSON text: the pieces of evidence. */
  readonly evidence: string;
  /** The link that stood before in the same place; null = none did. */
  readonly supersedes: string | null;
}

/** Adds links; one with the same id says the same and is left as it stands. */
export async function insertLinks(
  db: Queryable,
  tenantId: bigint,
  links: readonly LinkRow[],
  recordedAtUs: bigint,
): Promise<void> {
  if (links.length === 0) return;
  await db.query({
    name: 'insert-links',
    text: `
INSERT INTO links (tenant_id, trace_id, link_id, work_item_ref, scope, span_id, tier, confidence, rule, state, evidence,
                   supersedes, recorded_at)
SELECT $1, *, $2 FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::numeric[],
                             $10::text[], $11::text[], $12::jsonb[], $13::uuid[])
ON CONFLICT DO NOTHING`,
    values: [
      tenantId,
      timestampFromUs(recordedAtUs),
      links.map((link) => link.traceId),
      links.map((link) => link.linkId),
      links.map((link) => link.workItemRef),
      links.map((link) => link.scope),
      links.map((link) => (link.spanId === null ? null : spanIdToInt8(link.spanId))),
      links.map((link) => link.tier),
      links.map((link) => link.confidence),
      links.map((link) => link.rule),
      links.map((link) => link.state),
      links.map((link) => link.evidence),
      links.map((link) => link.supersedes),
    ],
  });
}

/** Links of these traces that nothing has superseded and that are not withdrawn, by id. */
export async function readStandingLinks(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<LinkRow[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await db.query<{
    trace_id: string;
    link_id: string;
    work_item_ref: string;
    scope: string;
    span_id: bigint | null;
    tier: string;
    confidence: string;
    rule: string;
    state: string;
    evidence: unknown;
    supersedes: string | null;
  }>({
    name: 'read-standing-links',
    text: `
SELECT trace_id, link_id, work_item_ref, scope, span_id, tier, confidence, rule, state, evidence, supersedes
  FROM links l
 WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND state <> 'withdrawn'
   AND NOT EXISTS (SELECT FROM links later WHERE later.tenant_id = $1 AND later.trace_id = l.trace_id
                      AND later.supersedes = l.link_id)
 ORDER BY trace_id, link_id`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    linkId: row.link_id,
    workItemRef: row.work_item_ref,
    scope: row.scope,
    spanId: row.span_id === null ? null : spanIdFromInt8(row.span_id),
    tier: row.tier,
    confidence: row.confidence,
    rule: row.rule,
    state: row.state,
    evidence: JSON.stringify(row.evidence),
    supersedes: row.supersedes,
  }));
}
