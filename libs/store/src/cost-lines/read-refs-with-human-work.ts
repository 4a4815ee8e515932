import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** Work items with human steps, or events that may hand them over, at or after a time; null = any. */
export async function readRefsWithHumanWork(
  db: Queryable,
  tenantId: bigint,
  fromUs: bigint | null,
): Promise<Ref[]> {
  const { rows } = await db.query<{ ref: string }>({
    name: 'read-refs-with-human-work',
    text: `
SELECT work_item_ref AS ref FROM attempts
 WHERE tenant_id = $1 AND human_ms > 0 AND started_at >= coalesce($2::timestamptz, '-infinity')
UNION SELECT ref FROM outcome_events
 WHERE tenant_id = $1 AND effect IN ('handed_off', 'set_aside') AND occurred_at >= coalesce($2::timestamptz, '-infinity')`,
    values: [tenantId, fromUs === null ? null : timestampFromUs(fromUs)],
  });
  return rows.map(({ ref }) => ref);
}
