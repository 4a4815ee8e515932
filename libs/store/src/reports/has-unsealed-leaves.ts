import type { Queryable } from '../connection/database.ts';

/** Whether leaves of the tenant wait to be sealed, or are sealed but under no signed checkpoint yet. */
export async function hasUnsealedLeaves(db: Queryable, tenantId: bigint): Promise<boolean> {
  const { rows } = await db.query<{ waits: boolean }>({
    name: 'has-unsealed-leaves',
    text: `
SELECT EXISTS (SELECT FROM evidence_inbox WHERE tenant_id = $1)
    OR coalesce((SELECT size FROM log_heads WHERE tenant_id = $1), 0)
     > coalesce((SELECT max(size) FROM checkpoints WHERE tenant_id = $1), 0) AS waits`,
    values: [tenantId],
  });
  return rows[0]!.waits;
}
