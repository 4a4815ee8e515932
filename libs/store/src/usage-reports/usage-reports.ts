import type { Asset, SpanId, TraceId } from '#model';
import type { UsageReport } from '#pricing';
import type { Client, Queryable } from '../connection/database.ts';
import { spanIdFromInt8, spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A report about one call, checked and ready to be stored. */
export interface UsageReportRecord extends UsageReport {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  /** SHA-256 of the canonical content. */
  readonly contentHash: Buffer;
  /** 32 random bytes; what was told is committed to under them. */
  readonly salt: Buffer;
  /** The `usage.report` leaf. */
  readonly leaf: Buffer;
}

/**
 * Stores reports with their evidence and facts in the caller's transaction; idempotent by call, source and name.
 *
 * @returns per record whether it is new, known, or known with other content (of which nothing is stored)
 */
export async function recordUsageReports(
  client: Client,
  tenantId: bigint,
  recorded: { readonly atUs: bigint; readonly by: string },
  records: readonly UsageReportRecord[],
): Promise<('stored' | 'duplicate' | 'conflict')[]> {
  const recordedAt = timestampFromUs(recorded.atUs);
  const results: ('stored' | 'duplicate' | 'conflict')[] = [];
  for (const record of records) {
    const key = [tenantId, record.traceId, spanIdToInt8(record.spanId), record.source, record.name];
    const { rowCount } = await client.query(INSERT, [
      ...key,
      record.says,
      record.amount?.amountPico ?? null,
      record.amount?.asset ?? null,
      record.sequence,
      record.contentHash,
      recordedAt,
      recorded.by,
      record.reportId,
      record.salt,
    ]);
    if (rowCount === 1) {
      await client.query(INSERT_EVIDENCE, [tenantId, record.reportId, record.leaf, recordedAt]);
      await client.query(INSERT_FACT, [tenantId, record.reportId, record.traceId, recordedAt]);
      results.push('stored');
      continue;
    }
    const { rows } = await client.query<{ content_hash: Buffer }>(SELECT_HASH, key);
    results.push(rows[0]?.content_hash.equals(record.contentHash) === true ? 'duplicate' : 'conflict');
  }
  return results;
}

const INSERT = `
INSERT INTO usage_reports (tenant_id, trace_id, span_id, source, report_id, says, amount, asset, sequence, content_hash,
  recorded_at, recorded_by, surrogate_id, salt)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`;
const INSERT_EVIDENCE = `
INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at)
VALUES ($1, 'usage.report', $2::text, $3, $4)`;
const INSERT_FACT = `
INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
VALUES ($1, 'usage.report', 'usage.report:' || $2::text, jsonb_build_object('traceId', $3::text), $4)`;
const SELECT_HASH = `
SELECT content_hash FROM usage_reports
 WHERE tenant_id = $1 AND trace_id = $2 AND span_id = $3 AND source = $4 AND report_id = $5`;

/** A report as it is stored; `reportId` is null where it was told before reports had random ids. */
export type StoredUsageReport = Omit<UsageReport, 'reportId'> & {
  readonly reportId: string | null;
  readonly traceId: TraceId;
  readonly spanId: SpanId;
};

/** All reports about calls of these traces. Unordered. */
export async function readUsageReports(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<StoredUsageReport[]> {
  if (traceIds.length === 0) return [];
  const { rows } = await db.query<{
    trace_id: string;
    span_id: bigint;
    source: string;
    report_id: string;
    says: UsageReport['says'];
    amount: string | null;
    asset: Asset | null;
    sequence: bigint;
    surrogate_id: string | null;
  }>({
    name: 'read-usage-reports',
    text: `
SELECT trace_id, span_id, source, report_id, says, amount, asset, sequence, surrogate_id FROM usage_reports
 WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    spanId: spanIdFromInt8(row.span_id),
    source: row.source,
    name: row.report_id,
    reportId: row.surrogate_id,
    says: row.says,
    amount:
      row.amount === null || row.asset === null ? null : { amountPico: BigInt(row.amount), asset: row.asset },
    sequence: row.sequence,
  }));
}
