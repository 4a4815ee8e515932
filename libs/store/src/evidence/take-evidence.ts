import type { Client } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/** A leaf as it was recorded, not yet in the log. */
export interface RecordedLeaf {
  readonly kind: string;
  /** Batch, trace, posting batch or event the leaf is about. */
  readonly subjectId: string;
  /** RFC 8785 JSON without what sealing adds. */
  readonly body: Buffer;
}

/**
 * Takes the oldest leaves of a tenant out of the inbox, in the order they were recorded.
 * Takes rows, never a position: sequence numbers become visible out of order, and whoever remembers the last one
 * misses those that commit later. The array is made once: a subquery may be run again for each row of a long inbox.
 */
export async function takeEvidence(
  client: Client,
  tenantId: bigint,
  limit: number,
  log: LogName = 'evidence',
): Promise<RecordedLeaf[]> {
  const { inbox } = LOG_TABLES[log];
  const { rows } = await client.query<{ seq: bigint; kind: string; subject_id: string; body: Buffer }>({
    name: `take-evidence-${log}`,
    text: `
DELETE FROM ${inbox}
 WHERE tenant_id = $1
   AND seq = ANY (ARRAY(SELECT seq FROM ${inbox} WHERE tenant_id = $1 ORDER BY seq LIMIT $2))
RETURNING seq, kind, subject_id, body`,
    values: [tenantId, limit],
  });
  return rows
    .sort((a, b) => (a.seq < b.seq ? -1 : 1))
    .map((row) => ({ kind: row.kind, subjectId: row.subject_id, body: row.body }));
}
