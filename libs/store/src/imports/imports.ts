import { RejectedInput } from '#model';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A bad line of an import: its number from 1 (the header of a CSV counts), the field and the rule. */
export interface ImportError {
  readonly line: number;
  readonly field: string | null;
  readonly reason: string;
}

export interface ImportCounts {
  readonly linesRead: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly setAside: number;
  readonly rejected: number;
}

export interface ImportProgress extends ImportCounts {
  readonly importId: string;
  readonly format: string;
  /** `running`, `done`, or `interrupted` (the connection was lost: the lines read so far are stored). */
  readonly state: string;
  readonly errors: readonly ImportError[];
  readonly startedAtUs: bigint;
  readonly advancedAtUs: bigint;
  readonly endedAtUs: bigint | null;
}

/** @throws RejectedInput `conflict` when the id is taken */
export async function startImport(
  client: Client,
  tenantId: bigint,
  importId: string,
  format: string,
  nowUs: bigint,
): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO imports (tenant_id, import_id, format, state, started_at, advanced_at)
     VALUES ($1, $2, $3, 'running', $4, $4) ON CONFLICT DO NOTHING`,
    [tenantId, importId, format, timestampFromUs(nowUs)],
  );
  if (rowCount === 0)
    throw new RejectedInput('conflict', 'there is an import of this id already', 'import_id');
}

/** Adds what a chunk came to, in the transaction that stored the chunk. Errors past `maxErrors` are only counted. */
export async function advanceImport(
  client: Client,
  tenantId: bigint,
  importId: string,
  counts: ImportCounts,
  errors: readonly ImportError[],
  maxErrors: number,
  nowUs: bigint,
): Promise<void> {
  await client.query(
    `UPDATE imports SET lines_read = lines_read + $3, stored = stored + $4, duplicate = duplicate + $5,
            set_aside = set_aside + $6, rejected = rejected + $7, advanced_at = $8,
            errors = CASE WHEN jsonb_array_length(errors) < $10 THEN errors || $9::jsonb ELSE errors END
      WHERE tenant_id = $1 AND import_id = $2`,
    [
      tenantId,
      importId,
      counts.linesRead,
      counts.stored,
      counts.duplicate,
      counts.setAside,
      counts.rejected,
      timestampFromUs(nowUs),
      JSON.stringify(errors),
      maxErrors,
    ],
  );
}

export async function endImport(
  client: Client,
  tenantId: bigint,
  importId: string,
  state: 'done' | 'interrupted',
  nowUs: bigint,
): Promise<void> {
  await client.query(
    `UPDATE imports SET state = $3, ended_at = $4, advanced_at = $4 WHERE tenant_id = $1 AND import_id = $2`,
    [tenantId, importId, state, timestampFromUs(nowUs)],
  );
}

/** @returns null for an import the tenant has not begun */
export async function readImport(
  client: Client,
  tenantId: bigint,
  importId: string,
): Promise<ImportProgress | null> {
  const { rows } = await client.query<{
    import_id: string;
    format: string;
    lines_read: number;
    stored: number;
    duplicate: number;
    set_aside: number;
    rejected: number;
    errors: ImportError[];
    state: string;
    started_at: bigint;
    advanced_at: bigint;
    ended_at: bigint | null;
  }>(`SELECT * FROM imports WHERE tenant_id = $1 AND import_id = $2`, [tenantId, importId]);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    importId: row.import_id,
    format: row.format,
    linesRead: row.lines_read,
    stored: row.stored,
    duplicate: row.duplicate,
    setAside: row.set_aside,
    rejected: row.rejected,
    errors: row.errors,
    state: row.state,
    startedAtUs: row.started_at,
    advancedAtUs: row.advanced_at,
    endedAtUs: row.ended_at,
  };
}
