import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

export type AdjustmentKind = 'write_off' | 'reversal';

/** What one principal asked for and another has to decide. */
export interface Adjustment {
  readonly adjustmentId: string;
  readonly kind: AdjustmentKind;
  readonly body: unknown;
  readonly reason: string;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly decision: 'approved' | 'declined' | null;
  readonly decidedAtUs: bigint | null;
  readonly decidedBy: string | null;
}

export async function insertAdjustment(
  client: Client,
  tenantId: bigint,
  request: Pick<Adjustment, 'adjustmentId' | 'kind' | 'reason' | 'requestedAtUs' | 'requestedBy'> & {
    readonly body: string;
    readonly leaf: Buffer;
  },
): Promise<void> {
  const at = timestampFromUs(request.requestedAtUs);
  await client.query(
    `INSERT INTO adjustment_requests (tenant_id, adjustment_id, kind, body, reason, requested_at, requested_by)
     VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7)`,
    [tenantId, request.adjustmentId, request.kind, request.body, request.reason, at, request.requestedBy],
  );
  await insertLeaf(client, tenantId, request.adjustmentId, request.leaf, at);
}

/** Adjustments, newest first, after one; or one by its id. */
export async function listAdjustments(
  db: Queryable,
  tenantId: bigint,
  filter: {
    readonly adjustmentId?: string;
    readonly after?: { readonly requestedAtUs: bigint; readonly adjustmentId: string } | undefined;
    readonly limit: number;
  },
): Promise<Adjustment[]> {
  const { rows } = await db.query<{
    adjustment_id: string;
    kind: AdjustmentKind;
    body: unknown;
    reason: string;
    requested_at: bigint;
    requested_by: string;
    decision: 'approved' | 'declined' | null;
    decided_at: bigint | null;
    decided_by: string | null;
  }>(
    `SELECT r.adjustment_id, r.kind, r.body, r.reason, r.requested_at, r.requested_by, a.decision, a.decided_at, a.decided_by
       FROM adjustment_requests r LEFT JOIN adjustment_approvals a USING (tenant_id, adjustment_id)
      WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.adjustment_id = $2)
        AND ($3::timestamptz IS NULL OR (r.requested_at, r.adjustment_id) < ($3, $4::uuid))
      ORDER BY r.requested_at DESC, r.adjustment_id DESC LIMIT $5`,
    [
      tenantId,
      filter.adjustmentId ?? null,
      filter.after === undefined ? null : timestampFromUs(filter.after.requestedAtUs),
      filter.after?.adjustmentId ?? null,
      filter.limit,
    ],
  );
  return rows.map((row) => ({
    adjustmentId: row.adjustment_id,
    kind: row.kind,
    body: row.body,
    reason: row.reason,
    requestedAtUs: row.requested_at,
    requestedBy: row.requested_by,
    decision: row.decision,
    decidedAtUs: row.decided_at,
    decidedBy: row.decided_by,
  }));
}

/**
 * Records a decision with its evidence and, for an approval, the fact that works it through.
 *
 * @param reversed the transaction an approved reversal takes back
 * @returns false where it was decided before; nothing is stored then
 */
export async function decideAdjustment(
  client: Client,
  tenantId: bigint,
  decision: {
    readonly adjustmentId: string;
    readonly decision: 'approved' | 'declined';
    readonly decidedAtUs: bigint;
    readonly decidedBy: string;
    readonly leaf: Buffer;
  },
  reversed: { readonly postingId: string; readonly transactionId: string } | null,
): Promise<boolean> {
  const at = timestampFromUs(decision.decidedAtUs);
  const { rowCount } = await client.query(
    `INSERT INTO adjustment_approvals (tenant_id, adjustment_id, decision, decided_at, decided_by)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [tenantId, decision.adjustmentId, decision.decision, at, decision.decidedBy],
  );
  if (rowCount !== 1) return false;
  await insertLeaf(client, tenantId, decision.adjustmentId, decision.leaf, at);
  if (decision.decision !== 'approved') return true;
  if (reversed !== null)
    await client.query(
      `INSERT INTO reversals (tenant_id, posting_id, txn_id, adjustment_id) VALUES ($1, $2, $3, $4)`,
      [tenantId, reversed.postingId, reversed.transactionId, decision.adjustmentId],
    );
  await client.query(
    `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
     VALUES ($1, 'adjustment', 'adjustment:' || $2::text, $3::jsonb, $4)`,
    [tenantId, decision.adjustmentId, JSON.stringify({ adjustmentId: decision.adjustmentId }), at],
  );
  return true;
}

async function insertLeaf(
  client: Client,
  tenantId: bigint,
  subjectId: string,
  leaf: Buffer,
  at: string,
): Promise<void> {
  await client.query(
    `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, 'adjustment', $2, $3, $4)`,
    [tenantId, subjectId, leaf, at],
  );
}
