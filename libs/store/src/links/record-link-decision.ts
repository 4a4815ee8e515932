import type { Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdToInt8 } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** What a person decided about whose steps of some traces are. */
export interface NewLinkDecision {
  readonly decisionId: string;
  readonly workItemRef: Ref;
  readonly action: 'link' | 'unlink';
  readonly traces: readonly { readonly traceId: TraceId; readonly spanIds: readonly SpanId[] | null }[];
  readonly attemptId: string | null;
  readonly reason: string;
  /** 32 bytes; opens the commitment to the reason in the leaf. */
  readonly salt: Buffer;
  readonly recordedAtUs: bigint;
  readonly recordedBy: string;
  readonly leaf: Buffer;
}

/** Records the decision, its evidence row and its fact in the caller's transaction. Append-only. */
export async function recordLinkDecision(
  client: Client,
  tenantId: bigint,
  decision: NewLinkDecision,
): Promise<void> {
  const recordedAt = timestampFromUs(decision.recordedAtUs);
  for (const { traceId, spanIds } of decision.traces) {
    await client.query(
      `INSERT INTO link_decisions (tenant_id, trace_id, decision_id, work_item_ref, action, span_ids, attempt_id, reason, salt,
                                   recorded_at, recorded_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        tenantId,
        traceId,
        decision.decisionId,
        decision.workItemRef,
        decision.action,
        spanIds === null ? null : spanIds.map(spanIdToInt8),
        decision.attemptId,
        decision.reason,
        decision.salt,
        recordedAt,
        decision.recordedBy,
      ],
    );
  }
  await client.query(
    `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, 'link', $2, $3, $4)`,
    [tenantId, decision.decisionId, decision.leaf, recordedAt],
  );
  await client.query(
    `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at) VALUES ($1, 'link', $2, $3, $4)`,
    [
      tenantId,
      `link:${decision.decisionId}`,
      JSON.stringify({ traceIds: decision.traces.map(({ traceId }) => traceId) }),
      recordedAt,
    ],
  );
}
