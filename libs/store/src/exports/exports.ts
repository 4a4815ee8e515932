import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { TableRequest } from './table-request.ts';

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

/** @typeParam Request what is asked for: a bundle, unless something else is said */
export interface ExportRow<Request = ExportRequest> {
  readonly tenantId: bigint;
  readonly exportId: string;
  readonly request: Request;
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
    ExportRow<ExportRequest | TableRequest>,
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

export async function readExport(
  client: Queryable,
  tenantId: bigint,
  exportId: string,
): Promise<ExportRow | null> {
  const { rows } = await client.query<StoredExport>(
    `SELECT ${EXPORT_COLUMNS} FROM exports e WHERE tenant_id = $1 AND export_id = $2 AND ${IS_BUNDLE}`,
    [tenantId, exportId],
  );
  return rows[0] === undefined ? null : toExport(rows[0]);
}

/** The newest exports, at most 200. */
export async function listExports(client: Queryable, tenantId: bigint): Promise<ExportRow[]> {
  const { rows } = await client.query<StoredExport>(
    `SELECT ${EXPORT_COLUMNS} FROM exports e WHERE tenant_id = $1 AND ${IS_BUNDLE} ORDER BY requested_at DESC, export_id LIMIT 200`,
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
export async function dropExpiredArchives(db: Queryable, nowUs: bigint): Promise<number> {
  const { rowCount } = await db.query(
    `WITH dropped AS (
       UPDATE exports SET state = 'dropped' WHERE state = 'ready' AND expires_at < $1
       RETURNING tenant_id, export_id),
     removed AS (
       DELETE FROM export_chunks c USING dropped d
        WHERE c.tenant_id = d.tenant_id AND c.export_id = d.export_id)
     SELECT FROM dropped`,
    [timestampFromUs(nowUs)],
  );
  return rowCount ?? 0;
}

/**
 * Removes all archives of a tenant, because any may hold what is being erased, and has those that are being built begun
 * again; in the transaction of the erasure.
 */
export async function dropArchivesOf(client: Client, tenantId: bigint): Promise<void> {
  await client.query(
    `UPDATE exports SET build_id = NULL, leased_until = NULL,
            state = CASE state WHEN 'ready' THEN 'dropped' ELSE 'waiting' END
      WHERE tenant_id = $1 AND state IN ('ready', 'building')`,
    [tenantId],
  );
  // A statement of its own: it sees the parts that were added until the exports were taken away.
  await client.query('DELETE FROM export_chunks WHERE tenant_id = $1', [tenantId]);
}

/** Of `exports e`; tables that are asked for say what kind of table. */
const IS_BUNDLE = `NOT e.request ? 'kind'`;
export const EXPORT_COLUMNS = `e.tenant_id, e.export_id, e.request, e.size, e.requested_at, e.requested_by, e.key_id, e.state, e.stage, e.done,
  e.total, e.error, e.built_at, e.expires_at, e.archive_bytes, e.archive_hash, e.manifest_hash`;

export interface StoredExport<Request = ExportRequest> {
  tenant_id: bigint;
  export_id: string;
  request: Request;
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

export const toExport = <Request>(row: StoredExport<Request>): ExportRow<Request> => ({
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
