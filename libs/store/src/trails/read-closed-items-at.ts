import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { isSealedBatch } from './sealed-batch.ts';

/**
 * Work items of a kind that stood settled at a size of the log, those settled last first, then by surrogate id.
 *
 * @param limit at most so many
 */
export async function readClosedItemsAt(
  client: Client,
  tenantId: bigint,
  kind: string,
  size: number,
  limit: number,
): Promise<Ref[]> {
  const { rows } = await client.query<{ ref: string }>({
    name: 'read-closed-items-at',
    text: `
SELECT ref
  FROM (SELECT w.* FROM work_items w WHERE w.tenant_id = $1 AND w.kind = $2 AND ${isSealedBatch('w.since_batch', '$3')}
        UNION ALL
        SELECT r.* FROM work_item_history h CROSS JOIN LATERAL jsonb_populate_record(NULL::work_items, h.was) r
         WHERE h.tenant_id = $1 AND r.kind = $2
           AND ${isSealedBatch('h.from_batch', '$3')} AND NOT ${isSealedBatch('h.to_batch', '$3')}) w
 WHERE phase IN ('achieved', 'failed', 'cancelled', 'expired')
 ORDER BY phase_at DESC, surrogate_id LIMIT $4`,
    values: [tenantId, kind, size, limit],
  });
  return rows.map(({ ref }) => ref);
}
