import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { LogName } from './log-tables.ts';

/** A checkpoint that reached somebody. */
export interface CheckpointDelivery {
  readonly log: LogName;
  readonly recipient: string;
  readonly size: number;
  readonly deliveredAtUs: bigint;
}

/** Notes a delivery; once. */
export async function insertDelivery(
  db: Queryable,
  tenantId: bigint,
  { log, recipient, size, deliveredAtUs }: CheckpointDelivery,
): Promise<void> {
  await db.query({
    name: 'insert-checkpoint-delivery',
    text: `INSERT INTO checkpoint_deliveries (tenant_id, log, recipient, size, delivered_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (tenant_id, log, recipient, size) DO NOTHING`,
    values: [tenantId, log, recipient, size, timestampFromUs(deliveredAtUs)],
  });
}

/** @returns size of the newest checkpoint that reached the recipient, and when; null = none */
export async function readLastDelivery(
  db: Queryable,
  tenantId: bigint,
  log: LogName,
  recipient: string,
): Promise<{ size: number; deliveredAtUs: bigint } | null> {
  const { rows } = await db.query<{ size: bigint; delivered_at: bigint }>({
    name: 'read-last-delivery',
    text: `SELECT size, delivered_at FROM checkpoint_deliveries
            WHERE tenant_id = $1 AND log = $2 AND recipient = $3 ORDER BY size DESC LIMIT 1`,
    values: [tenantId, log, recipient],
  });
  const row = rows[0];
  return row === undefined ? null : { size: Number(row.size), deliveredAtUs: row.delivered_at };
}

/** The newest deliveries, at most 200, newest first. */
export async function listDeliveries(db: Queryable, tenantId: bigint): Promise<CheckpointDelivery[]> {
  const { rows } = await db.query<{ log: LogName; recipient: string; size: bigint; delivered_at: bigint }>(
    `SELECT log, recipient, size, delivered_at FROM checkpoint_deliveries
      WHERE tenant_id = $1 ORDER BY delivered_at DESC, log, recipient LIMIT 200`,
    [tenantId],
  );
  return rows.map((row) => ({
    log: row.log,
    recipient: row.recipient,
    size: Number(row.size),
    deliveredAtUs: row.delivered_at,
  }));
}
