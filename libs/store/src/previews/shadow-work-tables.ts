import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Client } from '../connection/database.ts';
import type { DueTrace } from '../due/claim-due-traces.ts';

/**
 * Puts empty temporary tables in front of those that everybody writes to: what a preview makes due, counts and records
 * goes there, so that no export, no posting and no fact ever waits for it. The search path is set although it finds
 * temporary tables first anyway: only a path that changed makes PostgreSQL read prepared statements again.
 *
 * Only inside `inRolledBackTransaction`: the tables are gone with it.
 */
export async function shadowWorkTables(client: Client): Promise<void> {
  await client.query(`
SET LOCAL search_path = pg_temp, public;
SET LOCAL client_min_messages = warning;
CREATE TEMP TABLE due_traces (LIKE public.due_traces INCLUDING ALL) ON COMMIT DROP;
CREATE TEMP TABLE quality_days (LIKE public.quality_days INCLUDING ALL) ON COMMIT DROP;
CREATE TEMP TABLE waste_due (LIKE public.waste_due INCLUDING ALL) ON COMMIT DROP;
CREATE TEMP TABLE due_reconciliations (LIKE public.due_reconciliations INCLUDING ALL) ON COMMIT DROP;
CREATE TEMP TABLE fact_inbox (LIKE public.fact_inbox INCLUDING ALL) ON COMMIT DROP;
CREATE TEMP TABLE evidence_inbox (LIKE public.evidence_inbox INCLUDING ALL) ON COMMIT DROP;`);
}

/** Takes what was made due since the tables were shadowed, by trace. */
export async function takeShadowedDue(client: Client, tenantId: bigint): Promise<DueTrace[]> {
  const { rows } = await client.query<{ trace_id: string; cause: string; renormalise: boolean }>(
    'DELETE FROM pg_temp.due_traces WHERE tenant_id = $1 RETURNING trace_id, cause, renormalise',
    [tenantId],
  );
  return rows
    .map((row) => ({
      tenantId,
      traceId: traceIdFromUuid(row.trace_id),
      version: 0n,
      cause: row.cause,
      failures: 0,
      renormalise: row.renormalise,
    }))
    .sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
}

/** The fact that was recorded since the tables were shadowed. */
export async function readShadowedFact(
  client: Client,
): Promise<{ readonly kind: string; readonly cause: string; readonly detail: unknown }> {
  const { rows } = await client.query<{ kind: string; cause: string; detail: unknown }>(
    'SELECT kind, cause, detail FROM pg_temp.fact_inbox ORDER BY id LIMIT 1',
  );
  return rows[0]!;
}

/** Takes the bills that were touched since the tables were shadowed, by provider and month. */
export async function takeShadowedBills(
  client: Client,
  tenantId: bigint,
): Promise<{ readonly provider: string; readonly period: string }[]> {
  const { rows } = await client.query<{ provider: string; period: string }>(
    'DELETE FROM pg_temp.due_reconciliations WHERE tenant_id = $1 RETURNING provider, period',
    [tenantId],
  );
  return rows;
}
