import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';

/** Time of human steps in one attempt at a work item. */
export interface HumanTime {
  readonly ref: Ref;
  readonly attemptId: string;
  readonly startedAtUs: bigint;
  readonly humanMs: bigint;
}

/** The attempts at these work items that have human steps, over all traces, as they stand in the caller's transaction. */
export async function readHumanTime(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<HumanTime[]> {
  if (refs.length === 0) return [];
  const { rows } = await db.query<{
    work_item_ref: string;
    attempt_id: string;
    started_at: bigint;
    human_ms: string;
  }>({
    name: 'read-human-time',
    text: `
SELECT work_item_ref, attempt_id, min(started_at) AS started_at, sum(human_ms) AS human_ms FROM attempts
 WHERE tenant_id = $1 AND work_item_ref = ANY ($2::text[]) AND human_ms > 0
 GROUP BY work_item_ref, attempt_id`,
    values: [tenantId, refs],
  });
  return rows.map((row) => ({
    ref: row.work_item_ref,
    attemptId: row.attempt_id,
    startedAtUs: row.started_at,
    humanMs: BigInt(row.human_ms),
  }));
}
