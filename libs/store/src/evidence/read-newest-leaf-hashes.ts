import type { Client } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/**
 * Hashes of the newest leaf of one kind about each subject.
 *
 * @returns by subject; those without a leaf are missing
 */
export async function readNewestLeafHashes(
  client: Client,
  tenantId: bigint,
  kind: string,
  subjectIds: readonly string[],
  log: LogName = 'evidence',
): Promise<Map<string, Buffer>> {
  if (subjectIds.length === 0) return new Map();
  const { rows } = await client.query<{ subject_id: string; leaf_hash: Buffer }>({
    name: `read-newest-leaf-hashes-${log}`,
    text: `
SELECT s.subject_id, l.leaf_hash
  FROM unnest($3::text[]) AS s (subject_id)
 CROSS JOIN LATERAL (SELECT leaf_hash FROM ${LOG_TABLES[log].leaves}
                      WHERE tenant_id = $1 AND kind = $2 AND subject_id = s.subject_id
                      ORDER BY idx DESC LIMIT 1) l`,
    values: [tenantId, kind, subjectIds],
  });
  return new Map(rows.map((row) => [row.subject_id, row.leaf_hash]));
}
