import type { Ref, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';

/** What the ids of a work item are derived from, beside its key; null = nothing. */
export async function readIdSeed(client: Client, tenantId: bigint, ref: Ref): Promise<string | null> {
  const { rows } = await client.query<{ id_seed: string | null }>(
    `SELECT id_seed FROM work_items WHERE tenant_id = $1 AND ref = $2`,
    [tenantId, ref],
  );
  return rows[0]?.id_seed ?? null;
}

/** Which traces an attempt stands in, by trace. */
export async function readAttempt(
  client: Client,
  tenantId: bigint,
  attemptId: string,
): Promise<{ readonly traceId: TraceId; readonly workItemRef: Ref; readonly grade: string }[]> {
  const { rows } = await client.query<{ trace_id: string; work_item_ref: string; grade: string }>(
    `SELECT trace_id, work_item_ref, grade FROM attempts WHERE tenant_id = $1 AND attempt_id = $2 ORDER BY trace_id`,
    [tenantId, attemptId],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    workItemRef: row.work_item_ref,
    grade: row.grade,
  }));
}
