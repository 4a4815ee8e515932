import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';

/**
 * How one work item may be related to another: what an event once said. Whether it stands is for the fold of the
 * events to say; a relation is never taken back.
 */
export type ItemRelation = 'merged_into' | 'merged_from' | 'split_into' | 'split_from';

/**
 * Items that are related to `refs` by these relations, over however many steps, and those of `refs` that are related
 * to any. Empty for almost all items: then it is one query. One query a level, so that each asks by the distribution
 * key.
 */
export async function readRelatedItems(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
  relations: readonly ItemRelation[],
): Promise<Set<Ref>> {
  const related = new Set<Ref>();
  const asked = new Set(refs);
  let level = [...asked];
  while (level.length > 0) {
    const { rows } = await db.query<{ ref: string; other_ref: string }>({
      name: 'read-related-items',
      text: `
SELECT ref, other_ref FROM work_item_relations
 WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND relation = ANY ($3::text[])`,
      values: [tenantId, level, relations],
    });
    const found = rows.flatMap(({ ref, other_ref: other }) => [ref, other]);
    for (const ref of found) related.add(ref);
    level = [...new Set(found)].filter((ref) => !asked.has(ref));
    for (const ref of level) asked.add(ref);
  }
  return related;
}
