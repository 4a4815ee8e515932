import type { Client, Database } from '../connection/database.ts';
import { asTenant } from '../connection/transaction.ts';

/**
 * Reads as the tenant from one snapshot of the database, so that the figures of one answer tie to each other
 * while the worker posts. `work` cannot write.
 */
export function inTenantSnapshot<Result>(
  db: Database,
  tenantId: bigint,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return asTenant(db, tenantId, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return work(client);
  });
}
