import type { Client, Database, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** What a bundle is asked to hold. */
export type ExportScope =
  | { readonly kind: 'work_items'; readonly workItems: readonly string[] }
  | { readonly kind: 'period'; readonly period: string }
  | { readonly kind: 'tenant' };

/** Everything but the size that a bundle follows from. */
export interface ExportRequest {
  readonly scope: ExportScope;
  readonly method: 'full-log' | 'trail-chain';
  /** Size of an older checkpoint to prove the log against. */
  readonly since: number | null;
  /** Open contents, under the grant. */
  readonly content: boolean;
  readonly purpose: string;
  readonly grantId: string | null;
  readonly requestedBy: string;
}

export type ExportState = 'waiting' | 'building' | 'ready' | 'failed' | 'dropped';

export interface ExportRow {
  readonly tenantId: bigint;
  readonly exportId: string;
  readonly request: ExportRequest;
  readonly size: number;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly keyId: string;
  readonly state: ExportState;
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly error: string | null;
  readonly builtAtUs: bigint | null;
  readonly expiresAtUs: bigint | null;
  readonly archiveBytes: number | null;
  readonly archiveHash: Buffer | null;
  readonly manifestHash: Buffer | null;
}

export async function insertExport(
  client: Client,
  row: Pick<
    ExportRow,
    'tenantId' | 'exportId' | 'request' | 'size' | 'requestedAtUs' | 'requestedBy' | 'keyId'
  >,
): Promise<void> {
  await client.query(
    `INSERT INTO exports (tenant_id, export_id, request, size, requested_at, requested_by, key_id, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')`,
    [
      row.tenantId,
      row.exportId,
      JSON.stringify(row.request),
      row.size,
      timestampFromUs(row.requestedAtUs),
      row.requestedBy,
      row.keyId,
    ],
  );
}

/**
 * Takes the oldest export that nobody builds, and holds it for a time: a worker that dies leaves it to the next.
 *
 * @returns null where none waits
 */
export async function claimExport(db: Database, nowUs: bigint, leaseMs: number): Promise<ExportRow | null> {
  const { rows } = await db.query<Row>(
    `WITH chosen AS MATERIALIZED (
       SELECT tenant_id, export_id FROM exports
        WHERE state IN ('waiting', 'building') AND (leased_until IS NULL OR leased_until < $1)
        ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     UPDATE exports e SET state = 'building', leased_until = $2 FROM chosen c
      WHERE e.tenant_id = c.tenant_id AND e.export_id = c.export_id RETURNING ${COLUMNS}`,
    [timestampFromUs(nowUs), timestampFromUs(nowUs + BigInt(leaseMs) * 1000n)],
  );
  return rows[0] === undefined ? null : toExport(rows[0]);
}

/** Says how far it is, and holds it longer. */
export async function advanceExport(
  db: Queryable,
  { tenantId, exportId }: Pick<ExportRow, 'tenantId' | 'exportId'>,
  progress: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
    readonly leasedUntilUs: bigint;
  },
): Promise<void> {
  await db.query(
    `UPDATE exports SET stage = $3, done = $4, total = $5, leased_until = $6
      WHERE tenant_id = $1 AND export_id = $2 AND state = 'building'`,
    [
      tenantId,
      exportId,
      progress.stage,
      progress.done,
      progress.total,
      timestampFromUs(progress.leasedUntilUs),
    ],
  );
}

const CHUNK_BYTES = 1024 * 1024;

export interface BuiltExport {
  readonly archive: Buffer;
  readonly archiveHash: Buffer;
  readonly manifestHash: Buffer;
  readonly builtAtUs: bigint;
  readonly expiresAtUs: bigint;
}

/** Keeps a built archive, in the caller's transaction. @returns false where another worker was done first */
export async function finishExport(
  client: Client,
  { tenantId, exportId }: Pick<ExportRow, 'tenantId' | 'exportId'>,
  built: BuiltExport,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE exports SET state = 'ready', leased_until = NULL, error = NULL, built_at = $3, expires_at = $4,
            archive_bytes = $5, archive_hash = $6, manifest_hash = $7, done = total
      WHERE tenant_id = $1 AND export_id = $2 AND state = 'building'`,
    [
      tenantId,
      exportId,
      timestampFromUs(built.builtAtUs),
      timestampFromUs(built.expiresAtUs),
      built.archive.length,
      built.archiveHash,
      built.manifestHash,
    ],
  );
  if (rowCount !== 1) return false;
  for (let n = 0; n * CHUNK_BYTES < built.archive.length; n++)
    await client.query({
      name: 'insert-export-chunk',
      text: 'INSERT INTO export_chunks (tenant_id, export_id, n, bytes) VALUES ($1, $2, $3, $4)',
      values: [tenantId, exportId, n, built.archive.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES)],
    });
  return true;
}

/** Ends an export that cannot be built. */
export async function failExport(
  db: Queryable,
  { tenantId, exportId }: Pick<ExportRow, 'tenantId' | 'exportId'>,
  error: string,
): Promise<void> {
  await db.query(
    `UPDATE exports SET state = 'failed', error = $3, leased_until = NULL WHERE tenant_id = $1 AND export_id = $2`,
    [tenantId, exportId, error],
  );
}

export async function readExport(
  client: Queryable,
  tenantId: bigint,
  exportId: string,
): Promise<ExportRow | null> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM exports e WHERE tenant_id = $1 AND export_id = $2`,
    [tenantId, exportId],
  );
  return rows[0] === undefined ? null : toExport(rows[0]);
}

/** The newest exports, at most 200. */
export async function listExports(client: Queryable, tenantId: bigint): Promise<ExportRow[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM exports e WHERE tenant_id = $1 ORDER BY requested_at DESC, export_id LIMIT 200`,
    [tenantId],
  );
  return rows.map(toExport);
}

/** @returns part `n` of the archive; null after the last one */
export async function readExportChunk(
  client: Queryable,
  tenantId: bigint,
  exportId: string,
  n: number,
): Promise<Buffer | null> {
  const { rows } = await client.query<{ bytes: Buffer }>({
    name: 'read-export-chunk',
    text: 'SELECT bytes FROM export_chunks WHERE tenant_id = $1 AND export_id = $2 AND n = $3',
    values: [tenantId, exportId, n],
  });
  return rows[0]?.bytes ?? null;
}

/** Removes archives whose time is over; they can be asked for again. @returns how many */
export const dropExpiredArchives = (db: Queryable, nowUs: bigint): Promise<number> => drop(db, nowUs, null);

/**
 * Removes all archives of a tenant, because any may hold what is being erased, and has those that are being built begun
 * again; in the transaction of the erasure.
 */
export async function dropArchivesOf(client: Client, tenantId: bigint): Promise<void> {
  await drop(client, null, tenantId);
  await client.query(
    `UPDATE exports SET state = 'waiting', leased_until = NULL WHERE tenant_id = $1 AND state = 'building'`,
    [tenantId],
  );
}

async function drop(db: Queryable, expiredAtUs: bigint | null, tenantId: bigint | null): Promise<number> {
  const { rowCount } = await db.query(
    `WITH dropped AS (
       UPDATE exports SET state = 'dropped'
        WHERE state = 'ready' AND ($1::timestamptz IS NULL OR expires_at < $1) AND ($2::bigint IS NULL OR tenant_id = $2)
       RETURNING tenant_id, export_id),
     removed AS (
       DELETE FROM export_chunks c USING dropped d
        WHERE c.tenant_id = d.tenant_id AND c.export_id = d.export_id)
     SELECT FROM dropped`,
    [expiredAtUs === null ? null : timestampFromUs(expiredAtUs), tenantId],
  );
  return rowCount ?? 0;
}

const COLUMNS = `e.tenant_id, e.export_id, e.request, e.size, e.requested_at, e.requested_by, e.key_id, e.state, e.stage, e.done,
  e.total, e.error, e.built_at, e.expires_at, e.archive_bytes, e.archive_hash, e.manifest_hash`;

interface Row {
  tenant_id: bigint;
  export_id: string;
  request: ExportRequest;
  size: bigint;
  requested_at: bigint;
  requested_by: string;
  key_id: string;
  state: ExportState;
  stage: string;
  done: number;
  total: number;
  error: string | null;
  built_at: bigint | null;
  expires_at: bigint | null;
  archive_bytes: bigint | null;
  archive_hash: Buffer | null;
  manifest_hash: Buffer | null;
}

const toExport = (row: Row): ExportRow => ({
  tenantId: row.tenant_id,
  exportId: row.export_id,
  request: row.request,
  size: Number(row.size),
  requestedAtUs: row.requested_at,
  requestedBy: row.requested_by,
  keyId: row.key_id,
  state: row.state,
  stage: row.stage,
  done: row.done,
  total: row.total,
  error: row.error,
  builtAtUs: row.built_at,
  expiresAtUs: row.expires_at,
  archiveBytes: row.archive_bytes === null ? null : Number(row.archive_bytes),
  archiveHash: row.archive_hash,
  manifestHash: row.manifest_hash,
});
