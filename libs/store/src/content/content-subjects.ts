import { randomUUID } from 'node:crypto';
import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';

/**
 * Random ids of the work items that content is about, made where there are none: of two transactions that meet a new
 * item at once the later waits for the earlier and takes its id.
 *
 * @returns the id of every ref asked for
 */
export async function subjectsOf(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<ReadonlyMap<Ref, string>> {
  if (refs.length === 0) return new Map();
  const known = await read(db, tenantId, refs);
  const missing = [...new Set(refs)].filter((ref) => !known.has(ref)).sort();
  if (missing.length === 0) return known;
  await db.query({
    name: 'insert-content-subjects',
    text: `
INSERT INTO content_subjects (tenant_id, ref, subject_id)
SELECT $1, * FROM unnest($2::text[], $3::uuid[]) ON CONFLICT DO NOTHING`,
    values: [tenantId, missing, missing.map(() => randomUUID())],
  });
  return read(db, tenantId, refs);
}

async function read(db: Queryable, tenantId: bigint, refs: readonly Ref[]): Promise<Map<Ref, string>> {
  const { rows } = await db.query<{ ref: string; subject_id: string }>({
    name: 'read-content-subjects',
    text: `SELECT ref, subject_id FROM content_subjects WHERE tenant_id = $1 AND ref = ANY ($2::text[])`,
    values: [tenantId, refs],
  });
  return new Map(rows.map((row) => [row.ref, row.subject_id]));
}
