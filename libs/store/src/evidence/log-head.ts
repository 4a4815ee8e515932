import { decodeEdge, EMPTY_EDGE, encodeEdge, rootOfEdge, type TreeEdge } from '#evidence';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/** How far the log of a tenant has come. Its row is locked by whoever seals or signs: one at a time. */
export interface LogHead {
  readonly tenantId: bigint;
  /** `<OL_LOG_ORIGIN>/t/<slug>`: name of the log and of its keys. */
  readonly origin: string;
  /** Keys that sign it. */
  readonly vkeys: readonly string[];
  readonly edge: TreeEdge;
  readonly root: Buffer;
  /** `sealedAt` of the newest leaf, microseconds; null in a log without leaves. */
  readonly sealedAtUs: bigint | null;
}

/** Begins the log of a tenant; does nothing where it has begun. */
export async function createLogHead(
  client: Client,
  tenantId: bigint,
  origin: string,
  vkeys: readonly string[],
  log: LogName = 'evidence',
): Promise<void> {
  await client.query(
    `INSERT INTO ${LOG_TABLES[log].heads} (tenant_id, origin, vkeys, size, root, edge) VALUES ($1, $2, $3, 0, $4, '')
     ON CONFLICT (tenant_id) DO NOTHING`,
    [tenantId, origin, vkeys, rootOfEdge(EMPTY_EDGE)],
  );
}

/**
 * Locks the head until the transaction ends; a second sealer waits here. The transaction commits synchronously
 * whatever the server's setting: what a checkpoint signs must not be lost by a crash.
 *
 * @returns null where the log has not begun
 */
export async function lockLogHead(
  client: Client,
  tenantId: bigint,
  log: LogName = 'evidence',
): Promise<LogHead | null> {
  const { rows } = await client.query<{
    origin: string;
    vkeys: string[];
    size: bigint;
    root: Buffer;
    edge: Buffer;
    sealed_at: bigint | null;
  }>({
    name: `lock-log-head-${log}`,
    text: `SELECT origin, vkeys, size, root, edge, sealed_at, set_config('synchronous_commit', 'on', true)
             FROM ${LOG_TABLES[log].heads} WHERE tenant_id = $1 FOR UPDATE`,
    values: [tenantId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  const { origin, vkeys, size, root, edge, sealed_at: sealedAtUs } = row;
  return { tenantId, origin, vkeys, root, edge: decodeEdge(Number(size), edge), sealedAtUs };
}

/** Moves a locked head on. */
export async function advanceLogHead(
  client: Client,
  head: LogHead,
  log: LogName = 'evidence',
): Promise<void> {
  await client.query({
    name: `advance-log-head-${log}`,
    text: `UPDATE ${LOG_TABLES[log].heads} SET vkeys = $2, size = $3, root = $4, edge = $5, sealed_at = $6 WHERE tenant_id = $1`,
    values: [
      head.tenantId,
      head.vkeys,
      head.edge.size,
      head.root,
      encodeEdge(head.edge),
      head.sealedAtUs === null ? null : timestampFromUs(head.sealedAtUs),
    ],
  });
}
