import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';

/** Refs of the tenant's work items after one, ascending by their bytes. */
export async function readWorkItemRefsAfter(
  db: Queryable,
  tenantId: bigint,
  afterRef: Ref,
  limit: number,
): Promise<Ref[]> {
  const { rows } = await db.query<{ ref: string }>(
    'SELECT ref FROM work_items WHERE tenant_id = $1 AND ref > $2 ORDER BY ref LIMIT $3',
    [tenantId, afterRef, limit],
  );
  return rows.map(({ ref }) => ref);
}
