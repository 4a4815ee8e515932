import type { AppendSession } from './append-session.ts';
import type { Batch, BatchCounts } from './batch.ts';
import { timestampOfUs } from './trace-summary.ts';

const SQL = `
INSERT INTO batches (tenant_id, batch_id, salt, digest, signal, received, stored, duplicate, conflicting, rejected,
                     key_id, received_at, redaction)
SELECT tenant_id, batch_id, salt, digest, signal, received, stored, duplicate, conflicting, rejected, key_id,
       ${timestampOfUs('received_at')}, redaction
  FROM unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::integer[], $6::integer[], $7::integer[],
              $8::integer[], $9::integer[], $10::uuid[], $11::bigint[], $12::text[], $13::text[])
       AS b (tenant_id, batch_id, salt, digest, received, stored, duplicate, conflicting, rejected, key_id, received_at,
             signal, redaction)`;

/** Records export requests with what became of what they hold. */
export async function insertBatches(
  session: Pick<AppendSession, 'query'>,
  batches: readonly { readonly batch: Batch; readonly counts: BatchCounts }[],
): Promise<void> {
  await session.query('insert_batches', SQL, [
    batches.map(({ batch }) => batch.tenantId),
    batches.map(({ batch }) => batch.batchId),
    batches.map(({ batch }) => batch.salt),
    batches.map(({ batch }) => batch.digest),
    batches.map(({ batch }) => batch.received),
    batches.map(({ counts }) => counts.stored),
    batches.map(({ counts }) => counts.duplicate),
    batches.map(({ counts }) => counts.conflicting),
    batches.map(({ counts }) => counts.rejected),
    batches.map(({ batch }) => batch.keyId),
    batches.map(({ batch }) => batch.receivedAtUs),
    batches.map(({ batch }) => batch.signal),
    batches.map(({ batch }) => batch.redaction),
  ]);
}
