import type { Queryable } from '../connection/database.ts';

/** What an export request was accepted as. */
export interface Receipt {
  readonly batchId: string;
  /** Of the salted hash over the received spans; 32 bytes. */
  readonly digest: Buffer;
  readonly signal: string;
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly conflicting: number;
  readonly rejected: number;
  readonly keyId: string;
  readonly receivedAtUs: bigint;
  /** Policy by which content was taken out before it was stored and hashed; null: none was. */
  readonly redaction: string | null;
  /** Whether the digest can still be opened: its salt is destroyed with content that is erased or expired. */
  readonly isOpenable: boolean;
  /** Of its `spans.batch` leaf; null until it is sealed. */
  readonly leafIndex: number | null;
}

/** @returns null for a batch that the tenant never sent */
export async function readReceipt(db: Queryable, tenantId: bigint, batchId: string): Promise<Receipt | null> {
  const { rows } = await db.query<{
    batch_id: string;
    digest: Buffer;
    signal: string;
    received: number;
    stored: number;
    duplicate: number;
    conflicting: number;
    rejected: number;
    key_id: string;
    received_at: bigint;
    redaction: string | null;
    is_openable: boolean;
    leaf_index: bigint | null;
  }>({
    name: 'read-receipt',
    text: `SELECT batch_id, digest, signal, received, stored, duplicate, conflicting, rejected, key_id, received_at, leaf_index,
                  redaction, salt IS NOT NULL AS is_openable
             FROM batches WHERE tenant_id = $1 AND batch_id = $2`,
    values: [tenantId, batchId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  const { digest, signal, received, stored, duplicate, conflicting, rejected } = row;
  return {
    batchId: row.batch_id,
    digest,
    signal,
    received,
    stored,
    duplicate,
    conflicting,
    rejected,
    keyId: row.key_id,
    receivedAtUs: row.received_at,
    redaction: row.redaction,
    isOpenable: row.is_openable,
    leafIndex: row.leaf_index === null ? null : Number(row.leaf_index),
  };
}
