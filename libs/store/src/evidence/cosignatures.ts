import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { LogName } from './log-tables.ts';

/** A signature of a witness under a checkpoint. */
export interface Cosignature {
  readonly size: number;
  /** vkey. */
  readonly witness: string;
  /** As it stands under the checkpoint, its newline included. */
  readonly line: string;
  /** The witness's clock. */
  readonly signedAtUs: bigint;
}

/** Keeps what a witness signed; once. */
export async function insertCosignature(
  db: Queryable,
  tenantId: bigint,
  log: LogName,
  { size, witness, line, signedAtUs }: Cosignature,
): Promise<void> {
  await db.query({
    name: 'insert-cosignature',
    text: `INSERT INTO cosignatures (tenant_id, log, size, witness, line, signed_at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (tenant_id, log, size, witness) DO NOTHING`,
    values: [tenantId, log, size, witness, line, timestampFromUs(signedAtUs)],
  });
}

/** @returns size of the newest checkpoint that the witness signed; 0 = none */
export async function readCosignedSize(
  db: Queryable,
  tenantId: bigint,
  log: LogName,
  witness: string,
): Promise<number> {
  const { rows } = await db.query<{ size: bigint | null }>({
    name: 'read-cosigned-size',
    text: 'SELECT max(size) AS size FROM cosignatures WHERE tenant_id = $1 AND log = $2 AND witness = $3',
    values: [tenantId, log, witness],
  });
  return Number(rows[0]?.size ?? 0n);
}

/** Signature lines of witnesses under the checkpoint of a size, by witness. */
export async function readCosignatureLines(
  db: Queryable,
  tenantId: bigint,
  log: LogName,
  size: number,
): Promise<string[]> {
  const { rows } = await db.query<{ line: string }>({
    name: 'read-cosignature-lines',
    text: 'SELECT line FROM cosignatures WHERE tenant_id = $1 AND log = $2 AND size = $3 ORDER BY witness',
    values: [tenantId, log, size],
  });
  return rows.map(({ line }) => line);
}
