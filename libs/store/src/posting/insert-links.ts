import { spanIdToInt8 } from '../connection/hex-id.ts';
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
  readonly confidence: number;
  readonly rule: string;
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
INSERT INTO links (tenant_id, trace_id, link_id, work_item_ref, scope, span_id, tier, confidence, rule, recorded_at)
SELECT $1, *, $2 FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::numeric[], $10::text[])
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
    ],
  });
}
