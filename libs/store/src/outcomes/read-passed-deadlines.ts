import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** What has to be recorded of an open work item, because its time has come. */
export interface PassedDeadline {
  readonly tenantId: bigint;
  readonly ref: Ref;
  readonly definition: string;
  readonly verb: string;
  readonly atUs: bigint;
}

/**
 * Deadlines that passed by `nowUs`, of all tenants, in the order of their times; a page after `after`. One that is
 * recorded already stays here until its fact is worked through.
 */
export async function readPassedDeadlines(
  db: Queryable,
  nowUs: bigint,
  after: PassedDeadline | null,
  limit: number,
): Promise<PassedDeadline[]> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    ref: string;
    definition: string;
    deadline_verb: string;
    deadline_at: bigint;
  }>({
    name: 'read-passed-deadlines',
    text: `
SELECT tenant_id, ref, definition, deadline_verb, deadline_at FROM work_items
 WHERE deadline_at <= $1::timestamptz
   AND ($2::timestamptz IS NULL OR (deadline_at, tenant_id, ref) > ($2, $3::bigint, $4::text))
 ORDER BY deadline_at, tenant_id, ref LIMIT $5`,
    values: [
      timestampFromUs(nowUs),
      after === null ? null : timestampFromUs(after.atUs),
      after?.tenantId ?? null,
      after?.ref ?? null,
      limit,
    ],
  });
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    ref: row.ref,
    definition: row.definition,
    verb: row.deadline_verb,
    atUs: row.deadline_at,
  }));
}
