import type { TraceId } from '#model';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Client } from '../connection/database.ts';

/** What of a tenant is known and not posted yet: a projection made now would be ahead of the books. */
export interface Unsettled {
  /** Of those asked for. */
  readonly dueTraceIds: ReadonlySet<TraceId>;
  /** Facts wait, or a rule is being worked through. */
  readonly hasFacts: boolean;
}

export async function readUnsettled(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<Unsettled> {
  const { rows } = await client.query<{ has_facts: boolean; due: string[] }>(
    `SELECT EXISTS (SELECT FROM fact_inbox WHERE tenant_id = $1)
         OR EXISTS (SELECT FROM causes WHERE tenant_id = $1 AND mode = 'post' AND done_at IS NULL) AS has_facts,
            ARRAY(SELECT trace_id::text FROM due_traces WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])) AS due`,
    [tenantId, traceIds],
  );
  const { has_facts: hasFacts, due } = rows[0]!;
  return { hasFacts, dueTraceIds: new Set(due.map(traceIdFromUuid)) };
}
