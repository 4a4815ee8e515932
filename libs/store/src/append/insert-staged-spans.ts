import type { AppendSession } from './append-session.ts';

/** Ordered by key, then by arrival: row locks are taken in one order everywhere, and of equal keys the first wins. */
const SQL = `
INSERT INTO spans (tenant_id, trace_id, span_id, started_at, ended_at, parent_span_id, resource_id, scope_id,
                   batch_id, position, signal, name, bytes)
SELECT tenant_id, trace_id, span_id, started_at, ended_at, parent_span_id, resource_id, scope_id,
       batch_id, position, signal, name, bytes
  FROM pg_temp.spans_stage
 ORDER BY tenant_id, trace_id, span_id, started_at, batch_id, position
ON CONFLICT DO NOTHING`;

/** Stores the staged spans that are not stored yet. */
export async function insertStagedSpans(session: AppendSession): Promise<void> {
  await session.query('insert_staged_spans', SQL, []);
}
