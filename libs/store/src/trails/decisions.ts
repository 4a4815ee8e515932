import type { Decision, DecisionKind, Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdFromInt8, spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { STAMP_COLUMNS, toStamp, type LeafStamp, type StampRow } from './leaf-stamp.ts';

/** A decision that was told of a work item, or of one of its steps. */
export interface ToldDecision {
  readonly factId: string;
  readonly decision: Decision;
  readonly traceId: TraceId | null;
  readonly spanId: SpanId | null;
  readonly occurredAtUs: bigint;
  readonly toldBy: string;
  /** Free text; null where none was given, or it was erased. */
  readonly note: string | null;
}

export interface NewDecision extends ToldDecision {
  readonly ref: Ref;
  /** SHA-256 of the canonical content. */
  readonly contentHash: Buffer;
  /** 32 bytes; opens the commitment to the note in the leaf. */
  readonly salt: Buffer;
  readonly recordedAtUs: bigint;
  readonly leafKind: 'decision' | 'override';
  readonly leaf: Buffer;
}

interface Row {
  decision_id: string;
  kind: DecisionKind;
  subject: string;
  version: string | null;
  result: string | null;
  from_value: string | null;
  reason_code: string | null;
  note: string | null;
  trace_id: string | null;
  span_id: bigint | null;
  occurred_at: bigint;
  recorded_by: string;
}

const COLUMNS =
  'd.decision_id, d.kind, d.subject, d.version, d.result, d.from_value, d.reason_code, d.note, d.trace_id, d.span_id, d.occurred_at, d.recorded_by';

/**
 * Records a decision and its evidence row in the caller's transaction. Append-only; idempotent by its id.
 *
 * @returns `conflict` where another decision was recorded under this id: then nothing is stored
 */
export async function recordDecision(
  client: Client,
  tenantId: bigint,
  told: NewDecision,
): Promise<'stored' | 'duplicate' | 'conflict'> {
  const { decision } = told;
  const recordedAt = timestampFromUs(told.recordedAtUs);
  const { rowCount } = await client.query({
    name: 'insert-decision',
    text: `
INSERT INTO decisions (tenant_id, ref, decision_id, kind, subject, version, result, from_value, reason_code, note, salt,
                       trace_id, span_id, occurred_at, content_hash, recorded_at, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT DO NOTHING`,
    values: [
      tenantId,
      told.ref,
      told.factId,
      decision.kind,
      decision.id,
      decision.version,
      decision.result,
      decision.from,
      decision.reason,
      told.note,
      told.salt,
      told.traceId,
      told.spanId === null ? null : spanIdToInt8(told.spanId),
      timestampFromUs(told.occurredAtUs),
      told.contentHash,
      recordedAt,
      told.toldBy,
    ],
  });
  if (rowCount === 0) {
    const { rows } = await client.query<{ content_hash: Buffer }>({
      name: 'read-decision-hash',
      text: 'SELECT content_hash FROM decisions WHERE tenant_id = $1 AND ref = $2 AND decision_id = $3',
      values: [tenantId, told.ref, told.factId],
    });
    return rows[0]!.content_hash.equals(told.contentHash) ? 'duplicate' : 'conflict';
  }
  await client.query(
    `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, $2, $3, $4, $5)`,
    [tenantId, told.leafKind, told.factId, told.leaf, recordedAt],
  );
  return 'stored';
}

/** What was told of these work items with a leaf among the first `size`, in the order of their leaves. */
export async function readDecisionsAt(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  size: number,
): Promise<(ToldDecision & { readonly ref: Ref; readonly leaf: LeafStamp })[]> {
  const { rows } = await client.query<Row & StampRow & { ref: string }>({
    name: 'read-decisions-at',
    text: `
SELECT d.ref, ${COLUMNS}, ${STAMP_COLUMNS}
  FROM decisions d
  JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = d.decision_id::text AND l.kind IN ('decision', 'override') AND l.idx < $3
 WHERE d.tenant_id = $1 AND d.ref = ANY ($2::text[]) ORDER BY l.idx`,
    values: [tenantId, refs, size],
  });
  return rows.map((row) => ({ ...toTold(row), ref: row.ref, leaf: toStamp(row) }));
}

const toTold = (row: Row): ToldDecision => ({
  factId: row.decision_id,
  decision: {
    kind: row.kind,
    id: row.subject,
    version: row.version,
    result: row.result,
    from: row.from_value,
    reason: row.reason_code,
  },
  traceId: row.trace_id === null ? null : traceIdFromUuid(row.trace_id),
  spanId: row.span_id === null ? null : spanIdFromInt8(row.span_id),
  occurredAtUs: row.occurred_at,
  toldBy: row.recorded_by,
  note: row.note,
});
