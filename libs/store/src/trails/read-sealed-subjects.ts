import type { Client } from '../connection/database.ts';

/** Of these subjects those that a leaf of the kind among the first `size` is about. */
export async function readSealedSubjects(
  client: Client,
  tenantId: bigint,
  kind: string,
  subjectIds: readonly string[],
  size: number,
): Promise<Set<string>> {
  if (subjectIds.length === 0) return new Set();
  const { rows } = await client.query<{ subject_id: string }>({
    name: 'read-sealed-subjects',
    text: `
SELECT DISTINCT subject_id FROM leaves
 WHERE tenant_id = $1 AND subject_id = ANY ($3::text[]) AND kind = $2 AND idx < $4`,
    values: [tenantId, kind, subjectIds, size],
  });
  return new Set(rows.map((row) => row.subject_id));
}
