import type { Client } from '../connection/database.ts';
import { stopPosting } from '../periods/open-posting.ts';

const MADE_FROM_STEPS = [
  'quality_days',
  'quality_findings',
  'cost_claims',
  'trace_quality',
  'emitters',
] as const;

/**
 * Throws away what is counted of a tenant's emitters, and leaves every trace to be counted once more, in the caller's
 * transaction: nobody posts, or counts, meanwhile. Until the worker has come through the list the reports say that traces
 * are missing from them.
 *
 * @returns how many traces are to be counted
 */
export async function restartQuality(client: Client, tenantId: bigint): Promise<number> {
  await stopPosting(client, tenantId);
  await client.query('LOCK TABLE quality_backlog IN SHARE ROW EXCLUSIVE MODE');
  for (const table of MADE_FROM_STEPS)
    await client.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
  const { rowCount } = await client.query(
    `INSERT INTO quality_backlog (tenant_id, trace_id) SELECT tenant_id, trace_id FROM traces
      WHERE tenant_id = $1 AND revision > 0 ON CONFLICT DO NOTHING`,
    [tenantId],
  );
  return rowCount ?? 0;
}
