import { encodeLeaf, formatTimeUs } from '#evidence';
import type { AppendSession } from './append-session.ts';
import type { Batch, BatchCounts } from './batch.ts';
import { timestampOfUs } from './trace-summary.ts';

const SQL = `
INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at)
SELECT tenant_id, 'spans.batch', batch_id, body, ${timestampOfUs('recorded_at')}
  FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[]) AS e (tenant_id, batch_id, body, recorded_at)`;

/** Puts one leaf per export request into the evidence inbox, for the next seal. */
export async function insertBatchLeaves(
  session: Pick<AppendSession, 'query'>,
  batches: readonly { readonly batch: Batch; readonly counts: BatchCounts }[],
): Promise<void> {
  await session.query('insert_batch_leaves', SQL, [
    batches.map(({ batch }) => batch.tenantId),
    batches.map(({ batch }) => batch.batchId),
    batches.map(({ batch, counts }) => encodeBatchLeaf(batch, counts)),
    batches.map(({ batch }) => batch.receivedAtUs),
  ]);
}

/** The `spans.batch` leaf (architecture 7): also the sender's receipt. */
function encodeBatchLeaf(batch: Batch, counts: BatchCounts): Buffer {
  return encodeLeaf('spans.batch', batch.receivedAtUs, {
    batchId: batch.batchId,
    signal: batch.signal === 'traces' ? undefined : batch.signal,
    digest: batch.digest.toString('hex'),
    receivedAt: formatTimeUs(batch.receivedAtUs),
    received: batch.received,
    stored: counts.stored,
    duplicate: counts.duplicate,
    conflicting: counts.conflicting,
    rejected: counts.rejected,
    keyId: batch.keyId,
    redaction: batch.redaction ?? undefined,
    bootstrapKey: batch.isBootstrap ? true : undefined,
  });
}
