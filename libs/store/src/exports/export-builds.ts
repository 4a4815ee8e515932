import type { Client, Database, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import {
  EXPORT_COLUMNS,
  toExport,
  type ExportRequest,
  type ExportRow,
  type StoredExport,
} from './exports.ts';
import type { TableRequest } from './table-request.ts';

// What a worker does with an export, from taking it to its archive.

interface Claimed<Request> extends ExportRow<Request> {
  /** Another each time it is claimed: what was claimed anew since can no longer be added to. */
  readonly buildId: string;
}

/** An export that a worker builds. */
export type ClaimedExport = ClaimedBundle | ClaimedTable;
export type ClaimedBundle = Claimed<ExportRequest>;
export type ClaimedTable = Claimed<TableRequest>;

type Build = Pick<ClaimedExport, 'tenantId' | 'exportId' | 'buildId'>;

/**
 * Takes the oldest export that nobody builds, and holds it for a time: a worker that dies leaves it to the next.
 *
 * @param buildId new for each claim
 * @returns null where none waits
 */
export async function claimExport(
  db: Database,
  nowUs: bigint,
  leaseMs: number,
  buildId: string,
): Promise<ClaimedExport | null> {
  const { rows } = await db.query<StoredExport<ExportRequest | TableRequest>>(
    `WITH chosen AS MATERIALIZED (
       SELECT tenant_id, export_id FROM exports
        WHERE state IN ('waiting', 'building') AND (leased_until IS NULL OR leased_until < $1)
        ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     UPDATE exports e SET state = 'building', leased_until = $2, build_id = $3 FROM chosen c
      WHERE e.tenant_id = c.tenant_id AND e.export_id = c.export_id RETURNING ${EXPORT_COLUMNS}`,
    [timestampFromUs(nowUs), timestampFromUs(nowUs + BigInt(leaseMs) * 1000n), buildId],
  );
  const [found] = rows;
  if (found === undefined) return null;
  const { request } = found;
  return 'kind' in request
    ? { ...toExport({ ...found, request }), buildId }
    : { ...toExport({ ...found, request }), buildId };
}

const IS_MINE = `tenant_id = $1 AND export_id = $2 AND build_id = $3 AND state = 'building'`;

/** Says how far it is, and holds it longer. @returns false where it was taken away: another worker has it, or an erasure */
export async function advanceExport(
  db: Queryable,
  { tenantId, exportId, buildId }: Build,
  progress: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
    readonly leasedUntilUs: bigint;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE exports SET stage = $4, done = $5, total = $6, leased_until = $7 WHERE ${IS_MINE}`,
    [
      tenantId,
      exportId,
      buildId,
      progress.stage,
      progress.done,
      progress.total,
      timestampFromUs(progress.leasedUntilUs),
    ],
  );
  return rowCount === 1;
}

export interface BuiltExport {
  readonly archiveBytes: number;
  readonly archiveHash: Buffer;
  /** Of a bundle's signed statement; null for anything else. */
  readonly manifestHash: Buffer | null;
  readonly builtAtUs: bigint;
  readonly expiresAtUs: bigint;
}

/** Removes what a worker that died had kept of the archive. */
export async function dropUnfinishedArchive(
  db: Queryable,
  { tenantId, exportId, buildId }: Build,
): Promise<void> {
  await db.query(
    `DELETE FROM export_chunks WHERE tenant_id = $1 AND export_id = $2
        AND EXISTS (SELECT FROM exports WHERE ${IS_MINE})`,
    [tenantId, exportId, buildId],
  );
}

/**
 * Keeps part `n` of an archive, which nobody can read before `finishExport`. An erasure takes the export away before it
 * removes what there is of its archive, and waits for parts under way: none is added behind its back.
 *
 * @returns false where the export was taken away
 */
export async function insertExportChunk(
  db: Queryable,
  { tenantId, exportId, buildId }: Build,
  n: number,
  bytes: Buffer,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert-export-chunk',
    text: `WITH mine AS (SELECT tenant_id, export_id FROM exports WHERE ${IS_MINE} FOR SHARE)
           INSERT INTO export_chunks (tenant_id, export_id, n, bytes) SELECT tenant_id, export_id, $4, $5 FROM mine`,
    values: [tenantId, exportId, buildId, n, bytes],
  });
  return rowCount === 1;
}

/** Makes a kept archive readable, in the caller's transaction. @returns false where the export was taken away */
export async function finishExport(
  client: Client,
  { tenantId, exportId, buildId }: Build,
  built: BuiltExport,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE exports SET state = 'ready', leased_until = NULL, error = NULL, built_at = $4, expires_at = $5,
            archive_bytes = $6, archive_hash = $7, manifest_hash = $8, done = total WHERE ${IS_MINE}`,
    [
      tenantId,
      exportId,
      buildId,
      timestampFromUs(built.builtAtUs),
      timestampFromUs(built.expiresAtUs),
      built.archiveBytes,
      built.archiveHash,
      built.manifestHash,
    ],
  );
  return rowCount === 1;
}

/** Ends an export that cannot be built; one that was taken away stays as it is. */
export async function failExport(
  db: Queryable,
  { tenantId, exportId, buildId }: Build,
  error: string,
): Promise<void> {
  await db.query(
    `WITH failed AS (
       UPDATE exports SET state = 'failed', error = $4, leased_until = NULL WHERE ${IS_MINE}
       RETURNING tenant_id, export_id)
     DELETE FROM export_chunks c USING failed f WHERE c.tenant_id = f.tenant_id AND c.export_id = f.export_id`,
    [tenantId, exportId, buildId, error],
  );
}
