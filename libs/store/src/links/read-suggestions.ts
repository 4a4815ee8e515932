import type { Ref, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** A pair of a trace with unlinked spend and a work item it may belong to, by evidence too weak to book. */
export interface CandidatePair {
  readonly traceId: TraceId;
  readonly workItemRef: Ref;
  readonly tier: string;
  readonly confidence: string;
  readonly state: string;
  readonly amountPico: bigint;
}

/** Candidates of these traces, or for these work items (dangling ones too), the most likely first. */
export async function readCandidatePairs(
  client: Client,
  tenantId: bigint,
  of: { readonly traceIds: readonly TraceId[]; readonly workItemRefs: readonly Ref[] },
): Promise<CandidatePair[]> {
  const { rows } = await client.query<{
    trace_id: string;
    work_item_ref: string;
    tier: string;
    confidence: string;
    state: string;
    amount: string;
  }>(
    `SELECT trace_id, work_item_ref, tier, confidence, state, amount FROM link_candidates
      WHERE tenant_id = $1 AND work_item_ref <> ''
        AND (trace_id = ANY ($2::uuid[]) OR work_item_ref = ANY ($3::text[]))
      ORDER BY confidence DESC, trace_id, work_item_ref LIMIT 5000`,
    [tenantId, of.traceIds, of.workItemRefs],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    workItemRef: row.work_item_ref,
    tier: row.tier,
    confidence: row.confidence,
    state: row.state,
    amountPico: BigInt(row.amount),
  }));
}

/** A trace and the work item of another trace that shares a conversation or a customer with it. */
export interface NeighbourPair {
  readonly traceId: TraceId;
  readonly workItemRef: Ref;
  readonly shared: 'conversation' | 'customer';
  /** Between the starts of the two traces, the nearest where there are several. */
  readonly distanceMs: number;
}

/** Work items of traces that share a conversation with these, or a customer and the workflow. */
export async function readNeighbourPairs(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<NeighbourPair[]> {
  const { rows } = await client.query<{
    trace_id: string;
    work_item_ref: string;
    shared: 'conversation' | 'customer';
    distance: number;
  }>(
    `SELECT own.trace_id, a.work_item_ref, split_part(own.ref, ':', 1) AS shared,
            min(abs(extract(epoch FROM other.started_at - own.started_at)))::double precision * 1000 AS distance
       FROM trace_refs own
       JOIN trace_refs other ON other.tenant_id = $1 AND other.ref = own.ref AND other.trace_id <> own.trace_id
       JOIN attempts a ON a.tenant_id = $1 AND a.trace_id = other.trace_id
       LEFT JOIN link_candidates c ON c.tenant_id = $1 AND c.trace_id = own.trace_id AND c.work_item_ref = ''
      WHERE own.tenant_id = $1 AND own.trace_id = ANY ($2::uuid[])
        AND (starts_with(own.ref, 'conversation:') OR (starts_with(own.ref, 'customer:') AND a.workflow = c.workflow))
      GROUP BY 1, 2, 3 ORDER BY 1, distance, 2, 3 LIMIT 5000`,
    [tenantId, traceIds],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    workItemRef: row.work_item_ref,
    shared: row.shared,
    distanceMs: row.distance,
  }));
}

/** Unlinked spend of the customer whom an outcome event names, by the time between the two. */
export interface CustomerPair {
  readonly traceId: TraceId;
  readonly workItemRef: Ref;
  readonly distanceMs: number;
  readonly amountPico: bigint;
}

/** @param attributes members of the events' data that name a customer, as spans name them */
export async function readCustomerPairs(
  client: Client,
  tenantId: bigint,
  workItemRefs: readonly Ref[],
  attributes: readonly string[],
): Promise<CustomerPair[]> {
  if (attributes.length === 0) return [];
  const { rows } = await client.query<{
    trace_id: string;
    work_item_ref: string;
    distance: number;
    amount: string;
  }>(
    `SELECT c.trace_id, e.ref AS work_item_ref, max(c.amount) AS amount,
            min(abs(extract(epoch FROM c.started_at - e.occurred_at)))::double precision * 1000 AS distance
       FROM outcome_events e CROSS JOIN unnest($3::text[]) AS named (attribute)
       JOIN trace_refs r ON r.tenant_id = $1
            AND r.ref = 'customer:' || e.tenant_id || ':' || named.attribute || '=' || (e.attributes -> 'data' ->> named.attribute)
       JOIN link_candidates c ON c.tenant_id = $1 AND c.trace_id = r.trace_id AND c.work_item_ref = ''
      WHERE e.tenant_id = $1 AND e.ref = ANY ($2::text[])
      GROUP BY 1, 2 ORDER BY 2, distance, 1 LIMIT 5000`,
    [tenantId, workItemRefs, attributes],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    workItemRef: row.work_item_ref,
    distanceMs: row.distance,
    amountPico: BigInt(row.amount),
  }));
}
