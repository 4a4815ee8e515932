import type { TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** What a person found a link to be. */
export interface LinkAudit {
  readonly auditId: string;
  readonly traceId: TraceId;
  readonly linkId: string;
  readonly tier: string;
  readonly isRight: boolean;
  readonly note: string | null;
  readonly recordedAtUs: bigint;
  readonly recordedBy: string;
}

/** Records an audit and its evidence row in the caller's transaction. A later one of the same link takes its place. */
export async function recordLinkAudit(
  client: Client,
  tenantId: bigint,
  audit: LinkAudit & { readonly salt: Buffer; readonly leaf: Buffer },
): Promise<void> {
  const recordedAt = timestampFromUs(audit.recordedAtUs);
  await client.query(
    `INSERT INTO link_audits (tenant_id, trace_id, audit_id, link_id, tier, is_right, note, salt, recorded_at, recorded_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tenantId,
      audit.traceId,
      audit.auditId,
      audit.linkId,
      audit.tier,
      audit.isRight,
      audit.note,
      audit.salt,
      recordedAt,
      audit.recordedBy,
    ],
  );
  await client.query(
    `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, 'link', $2, $3, $4)`,
    [tenantId, audit.auditId, audit.leaf, recordedAt],
  );
}

/** Audits in the order they were recorded. */
export async function listLinkAudits(
  client: Client,
  tenantId: bigint,
  after: { readonly recordedAtUs: bigint; readonly auditId: string } | undefined,
  limit: number,
): Promise<LinkAudit[]> {
  const { rows } = await client.query<{
    audit_id: string;
    trace_id: string;
    link_id: string;
    tier: string;
    is_right: boolean;
    note: string | null;
    recorded_at: bigint;
    recorded_by: string;
  }>(
    `SELECT audit_id, trace_id, link_id, tier, is_right, note, recorded_at, recorded_by FROM link_audits
      WHERE tenant_id = $1 AND ($2::timestamptz IS NULL OR (recorded_at, audit_id) > ($2, $3::uuid))
      ORDER BY recorded_at, audit_id LIMIT $4`,
    [
      tenantId,
      after === undefined ? null : timestampFromUs(after.recordedAtUs),
      after?.auditId ?? null,
      limit,
    ],
  );
  return rows.map((row) => ({
    auditId: row.audit_id,
    traceId: traceIdFromUuid(row.trace_id),
    linkId: row.link_id,
    tier: row.tier,
    isRight: row.is_right,
    note: row.note,
    recordedAtUs: row.recorded_at,
    recordedBy: row.recorded_by,
  }));
}

/** Per tier how many links were audited and how many of them were right, by the newest word on each. */
export async function countLinkAudits(
  client: Client,
  tenantId: bigint,
): Promise<{ readonly tier: string; readonly audited: number; readonly right: number }[]> {
  const { rows } = await client.query<{ tier: string; audited: bigint; right: bigint }>(
    `SELECT tier, count(*) AS audited, count(*) FILTER (WHERE is_right) AS right
       FROM (SELECT DISTINCT ON (trace_id, link_id) tier, is_right FROM link_audits WHERE tenant_id = $1
              ORDER BY trace_id, link_id, recorded_at DESC, audit_id DESC) newest
      GROUP BY tier ORDER BY tier`,
    [tenantId],
  );
  return rows.map((row) => ({ tier: row.tier, audited: Number(row.audited), right: Number(row.right) }));
}
