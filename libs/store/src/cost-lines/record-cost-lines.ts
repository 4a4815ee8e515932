import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A cost line, checked and ready to be stored. */
export interface CostLineRecord {
  readonly ref: Ref;
  readonly source: string;
  readonly lineId: string;
  readonly kind: string;
  readonly occurredAtUs: bigint;
  readonly supersedes: string | null;
  /** Quantity, unit, role, rate, amount, biller, attempt, trace, as JSON text. */
  readonly body: string;
  /** UUID that names the line in leaves and in the API. */
  readonly surrogateId: string;
  /** SHA-256 of the canonical content: equal for a re-sent line, different for another one under its id. */
  readonly contentHash: Buffer;
  /** 32 bytes; opens the commitment in the leaf. */
  readonly salt: Buffer;
  /** The `cost.line` leaf for the evidence inbox. */
  readonly leaf: Buffer;
}

/** What became of one record; `surrogateId` is that of the line stored first under this source and id. */
export interface RecordedCostLine {
  readonly state: 'stored' | 'duplicate' | 'conflict';
  readonly surrogateId: string;
}

/**
 * Stores cost lines in the caller's transaction: receipt, line, evidence and fact of each. Idempotent by
 * (source, line id): the same content again is a duplicate, other content a conflict of which nothing is stored.
 * Records of one call must have distinct (source, line id).
 *
 * @returns one result per record, in the order given
 */
export async function recordCostLines(
  client: Client,
  tenantId: bigint,
  received: { readonly atUs: bigint; readonly by: string },
  records: readonly CostLineRecord[],
): Promise<RecordedCostLine[]> {
  const receivedAt = timestampFromUs(received.atUs);
  const { rows: receipts } = await client.query<{ source: string; line_id: string }>(INSERT_RECEIPTS, [
    tenantId,
    JSON.stringify(records.map(toRow)),
    receivedAt,
  ]);
  const isNew = new Set(receipts.map((row) => `${row.source}\n${row.line_id}`));
  const fresh = records.filter(({ source, lineId }) => isNew.has(`${source}\n${lineId}`));
  if (fresh.length > 0) {
    const rows = JSON.stringify(fresh.map(toRow));
    await client.query(INSERT_LINES, [tenantId, rows, receivedAt, received.by]);
    await client.query(INSERT_EVIDENCE, [tenantId, rows, receivedAt]);
    await client.query(INSERT_FACTS, [tenantId, rows, receivedAt]);
  }
  const earlier = await readEarlier(client, tenantId, records);
  return records.map((record): RecordedCostLine => {
    const row = earlier.get(`${record.source}\n${record.lineId}`)!;
    const state = isNew.has(`${record.source}\n${record.lineId}`)
      ? 'stored'
      : record.contentHash.equals(row.content_hash)
        ? 'duplicate'
        : 'conflict';
    return { state, surrogateId: row.surrogate_id };
  });
}

interface EarlierRow {
  source: string;
  line_id: string;
  content_hash: Buffer;
  surrogate_id: string;
}

async function readEarlier(
  client: Client,
  tenantId: bigint,
  records: readonly CostLineRecord[],
): Promise<Map<string, EarlierRow>> {
  const { rows } = await client.query<EarlierRow>(SELECT_EARLIER, [
    tenantId,
    records.map(({ source }) => source),
    records.map(({ lineId }) => lineId),
  ]);
  return new Map(rows.map((row) => [`${row.source}\n${row.line_id}`, row]));
}

const toRow = (record: CostLineRecord) => ({
  ref: record.ref,
  source: record.source,
  line_id: record.lineId,
  line_kind: record.kind,
  occurred_at: timestampFromUs(record.occurredAtUs),
  supersedes: record.supersedes,
  body: record.body,
  surrogate_id: record.surrogateId,
  content_hash: record.contentHash.toString('base64'),
  salt: record.salt.toString('base64'),
  leaf: record.leaf.toString('base64'),
});

const RECORDS = `jsonb_to_recordset($2::jsonb) AS r(
  ref text, source text, line_id text, line_kind text, occurred_at timestamptz, supersedes text, body text,
  surrogate_id uuid, content_hash text, salt text, leaf text)`;

// Sorted, so that two requests with the same lines wait for each other instead of deadlocking.
const INSERT_RECEIPTS = `
INSERT INTO cost_line_receipts (tenant_id, source, line_id, content_hash, ref, received_at)
SELECT $1::bigint, source, line_id, decode(content_hash, 'base64'), ref, $3::timestamptz
FROM ${RECORDS} ORDER BY source, line_id
ON CONFLICT DO NOTHING
RETURNING source, line_id`;

const INSERT_LINES = `
INSERT INTO cost_lines (tenant_id, ref, source, line_id, line_kind, occurred_at, supersedes, body, surrogate_id, salt,
  received_at, received_by)
SELECT $1::bigint, ref, source, line_id, line_kind, occurred_at, supersedes, body::jsonb, surrogate_id,
  decode(salt, 'base64'), $3::timestamptz, $4::uuid
FROM ${RECORDS}`;

const INSERT_EVIDENCE = `
INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at)
SELECT $1::bigint, 'cost.line', surrogate_id::text, decode(leaf, 'base64'), $3::timestamptz
FROM ${RECORDS}`;

const INSERT_FACTS = `
INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
SELECT $1::bigint, 'cost.line', 'cost.line:' || surrogate_id, jsonb_build_object('ref', ref), $3::timestamptz
FROM ${RECORDS}`;

const SELECT_EARLIER = `
SELECT receipt.source, receipt.line_id, receipt.content_hash, line.surrogate_id
FROM unnest($2::text[], $3::text[]) AS asked(source, line_id)
JOIN cost_line_receipts receipt ON receipt.tenant_id = $1 AND receipt.source = asked.source
  AND receipt.line_id = asked.line_id
JOIN cost_lines line ON line.tenant_id = $1 AND line.ref = receipt.ref AND line.source = receipt.source
  AND line.line_id = receipt.line_id`;
