import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/** A checkpoint that was signed. */
export interface SignedCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  /** The signed note, as it is served. */
  readonly note: string;
}

/** Adds a checkpoint; one of the same size stays as it is. */
export async function insertCheckpoint(
  client: Client,
  tenantId: bigint,
  { size, root, note }: SignedCheckpoint,
  signedAtUs: bigint,
  log: LogName = 'evidence',
): Promise<void> {
  await client.query({
    name: `insert-checkpoint-${log}`,
    text: `INSERT INTO ${LOG_TABLES[log].checkpoints} (tenant_id, size, root, note, signed_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (tenant_id, size) DO NOTHING`,
    values: [tenantId, size, root, note, timestampFromUs(signedAtUs)],
  });
}

/**
 * The newest checkpoint, or the one of a size.
 *
 * @returns null where none was signed
 */
export async function readCheckpoint(
  db: Queryable,
  tenantId: bigint,
  size: number | null = null,
  log: LogName = 'evidence',
): Promise<SignedCheckpoint | null> {
  const { rows } = await db.query<{ size: bigint; root: Buffer; note: string }>({
    name: `read-checkpoint-${log}`,
    text: `SELECT size, root, note FROM ${LOG_TABLES[log].checkpoints}
            WHERE tenant_id = $1 AND ($2::bigint IS NULL OR size = $2) ORDER BY size DESC LIMIT 1`,
    values: [tenantId, size],
  });
  const row = rows[0];
  return row === undefined ? null : { size: Number(row.size), root: row.root, note: row.note };
}

/** @returns size of the largest checkpoint of the evidence log that is not over `size`; 0 where there is none */
export async function readSignedSizeUpTo(db: Queryable, tenantId: bigint, size: number): Promise<number> {
  const { rows } = await db.query<{ size: bigint }>(
    'SELECT size FROM checkpoints WHERE tenant_id = $1 AND size <= $2 ORDER BY size DESC LIMIT 1',
    [tenantId, size],
  );
  return Number(rows[0]?.size ?? 0n);
}
