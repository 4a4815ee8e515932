import type { Queryable } from '../connection/database.ts';
import type { ClaimedExport, ClaimedTable } from './export-builds.ts';
import { EXPORT_COLUMNS, toExport, type ExportRow, type StoredExport } from './exports.ts';
import type { TableRequest } from './table-request.ts';

/** A table that was asked for as a file. */
export type TableExportRow = ExportRow<TableRequest>;

/** @returns null where there is none of that id; a bundle is none */
export async function readTableExport(
  client: Queryable,
  tenantId: bigint,
  exportId: string,
): Promise<TableExportRow | null> {
  const { rows } = await client.query<StoredExport<TableRequest>>(
    `SELECT ${EXPORT_COLUMNS} FROM exports e WHERE tenant_id = $1 AND export_id = $2 AND e.request ? 'kind'`,
    [tenantId, exportId],
  );
  return rows[0] === undefined ? null : toExport(rows[0]);
}

/** The newest tables that were asked for, at most 200. */
export async function listTableExports(client: Queryable, tenantId: bigint): Promise<TableExportRow[]> {
  const { rows } = await client.query<StoredExport<TableRequest>>(
    `SELECT ${EXPORT_COLUMNS} FROM exports e WHERE tenant_id = $1 AND e.request ? 'kind'
      ORDER BY requested_at DESC, export_id LIMIT 200`,
    [tenantId],
  );
  return rows.map(toExport);
}

/** Whether a table is asked for, rather than an evidence bundle. */
export const isTableExport = (row: ClaimedExport): row is ClaimedTable => 'kind' in row.request;
