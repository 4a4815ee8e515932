import type { Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { isSealedBatch } from '../trails/sealed-batch.ts';

/** Evidence that a trace, or a step of it, belongs to a work item. */
export interface StoredLink {
  readonly traceId: TraceId;
  readonly linkId: string;
  readonly workItemRef: Ref;
  readonly scope: string;
  readonly spanId: SpanId | null;
  readonly tier: string;
  readonly confidence: string;
  readonly rule: string;
  readonly state: string;
  /** Pieces of evidence, as JSON; empty for links of the first release, whose rule says it. */
  readonly evidence: unknown;
  readonly supersedes: string | null;
  /** The link that took its place; null = it stands. */
  readonly supersededBy: string | null;
  readonly recordedAtUs: bigint;
}

interface Row {
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
  superseded_by: string | null;
  recorded_at: bigint;
}

const SELECT = `
SELECT l.trace_id, l.link_id, l.work_item_ref, l.scope, l.span_id, l.tier, l.confidence, l.rule, l.state, l.evidence,
       l.supersedes, later.link_id AS superseded_by, l.recorded_at
  FROM links l LEFT JOIN links later ON later.tenant_id = $1 AND later.trace_id = l.trace_id
       AND later.supersedes = l.link_id`;
const STANDS = `later.link_id IS NULL AND l.state <> 'withdrawn'`;

/**
 * Links to the work item, oldest first: of these traces, or of all (`null`).
 *
 * @param withHistory those that were superseded or withdrawn, too
 */
export async function readLinksOf(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[] | null,
  ref: Ref,
  withHistory = false,
): Promise<StoredLink[]> {
  const { rows } = await client.query<Row>(
    `${SELECT}
 WHERE l.tenant_id = $1 AND ($2::uuid[] IS NULL OR l.trace_id = ANY ($2)) AND l.work_item_ref = $3 AND ($4 OR (${STANDS}))
 ORDER BY l.recorded_at, l.trace_id, l.link_id`,
    [tenantId, traceIds, ref, withHistory],
  );
  return rows.map(toLink);
}

/** A reading of the past: leaves of the log, and when the last of them was sealed. */
interface LinksAsOf {
  readonly size: number;
  readonly sealedAtUs: bigint;
}

/**
 * Links to the work item as they stood at a size of the log, oldest first. A link is recorded at the time of the
 * posting commit that wrote it, and the commits about one trace follow each other: what was recorded before the first
 * of its transactions that is not in the size, and before the size was sealed, was known then.
 *
 * @param withHistory those that were superseded or withdrawn by then, too
 */
export async function readLinksAt(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  { size, sealedAtUs }: LinksAsOf,
  withHistory = false,
): Promise<StoredLink[]> {
  const { rows } = await client.query<Row>(
    `WITH links AS (
  SELECT k.* FROM links k
   WHERE k.tenant_id = $1 AND k.work_item_ref = $2 AND k.recorded_at <= $4::timestamptz
     AND NOT EXISTS (SELECT FROM ledger_transactions t
                      WHERE t.tenant_id = $1 AND t.posting_id = k.trace_id AND t.recorded_at <= k.recorded_at
                        AND NOT ${isSealedBatch('t.batch_id', '$3')})
)${SELECT}
 WHERE $5 OR (${STANDS})
 ORDER BY l.recorded_at, l.trace_id, l.link_id`,
    [tenantId, ref, size, timestampFromUs(sealedAtUs), withHistory],
  );
  return rows.map(toLink);
}

/** Links of these traces to whatever work item, oldest first. */
export async function readLinksOfTraces(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  withHistory: boolean,
): Promise<StoredLink[]> {
  const { rows } = await client.query<Row>(
    `${SELECT}
 WHERE l.tenant_id = $1 AND l.trace_id = ANY ($2::uuid[]) AND ($3 OR (${STANDS}))
 ORDER BY l.recorded_at, l.trace_id, l.link_id`,
    [tenantId, traceIds, withHistory],
  );
  return rows.map(toLink);
}

const toLink = (row: Row): StoredLink => ({
  traceId: traceIdFromUuid(row.trace_id),
  linkId: row.link_id,
  workItemRef: row.work_item_ref,
  scope: row.scope,
  spanId: row.span_id === null ? null : spanIdFromInt8(row.span_id),
  tier: row.tier,
  confidence: row.confidence,
  rule: row.rule,
  state: row.state,
  evidence: row.evidence,
  supersedes: row.supersedes,
  supersededBy: row.superseded_by,
  recordedAtUs: row.recorded_at,
});
