import type { Client } from '../connection/database.ts';

/** What whoever posts for a tenant must know before it does. */
export interface OpenPosting {
  /** Newest month that is closed or being closed, `YYYY-MM`; null = none is. Nothing is posted to it any more. */
  readonly closedThrough: string | null;
  /** The invariant that stopped the posting of the tenant; null = it goes on. */
  readonly haltedBy: string | null;
}

/** One lock per tenant: posters share it, closing a month takes it alone. */
const lockKey = (tenantId: bigint): string => `posting ${tenantId}`;

/**
 * Lets the caller's transaction post: no month can be closed until it ends. What is read here is read after the lock,
 * so it is what the last close left.
 */
export async function openPosting(client: Client, tenantId: bigint): Promise<OpenPosting> {
  await client.query({
    name: 'share-posting',
    text: 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))',
    values: [lockKey(tenantId)],
  });
  const { rows } = await client.query<{ closed_through: string | null; halted_by: string | null }>({
    name: 'open-posting',
    text: `
SELECT (SELECT max(period) FROM periods WHERE tenant_id = $1) AS closed_through,
       (SELECT invariant FROM posting_halts WHERE tenant_id = $1 AND cleared_at IS NULL LIMIT 1) AS halted_by`,
    values: [tenantId],
  });
  const { closed_through: closedThrough, halted_by: haltedBy } = rows[0]!;
  return { closedThrough, haltedBy };
}

/** Waits for every posting under way and keeps others out until the caller's transaction ends. */
export async function stopPosting(client: Client, tenantId: bigint): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lockKey(tenantId)]);
}
