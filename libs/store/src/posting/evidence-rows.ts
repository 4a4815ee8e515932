import { byteaArray } from '../connection/binary-array.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { Queryable } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from '../evidence/log-tables.ts';

/** A leaf that waits for the sealer. */
export interface EvidenceRow {
  readonly kind: string;
  readonly subjectId: string;
  readonly body: Buffer;
}

/** Adds leaves to the evidence inbox in the transaction of what they commit to. */
export async function insertEvidence(
  db: Queryable,
  tenantId: bigint,
  rows: readonly EvidenceRow[],
  recordedAtUs: bigint,
  log: LogName = 'evidence',
): Promise<void> {
  if (rows.length === 0) return;
  await db.query({
    name: `insert-evidence-${log}`,
    text: `
INSERT INTO ${LOG_TABLES[log].inbox} (tenant_id, kind, subject_id, body, recorded_at)
SELECT $1, kind, subject_id, body, $2 FROM unnest($3::text[], $4::text[], $5::bytea[]) AS t (kind, subject_id, body)`,
    values: [
      tenantId,
      timestampFromUs(recordedAtUs),
      rows.map((row) => row.kind),
      rows.map((row) => row.subjectId),
      byteaArray(rows.map((row) => row.body)),
    ],
  });
}
