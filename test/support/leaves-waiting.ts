import type { Database } from '#store';

/** Leaves of some kinds that wait for the sealer, parsed, in the order they were recorded. */
export async function leavesWaiting(
  db: Database,
  tenantId: bigint,
  kinds: readonly string[],
): Promise<Record<string, any>[]> {
  const { rows } = await db.query<{ body: Buffer }>(
    'SELECT body FROM evidence_inbox WHERE tenant_id = $1 AND kind = ANY ($2::text[]) ORDER BY seq',
    [tenantId, kinds],
  );
  return rows.map(({ body }) => JSON.parse(body.toString()));
}
