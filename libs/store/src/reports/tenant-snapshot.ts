import type { Client, Database } from '../connection/database.ts';
import { asTenant } from '../connection/transaction.ts';

// Reports aggregate hundreds of thousands of rows: in 4 MB, PostgreSQL's default, they would go through temporary
// files, and compiling the query (jit) takes longer than running it.
const BEGIN_REPORT = `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL work_mem = '64MB'; SET LOCAL jit = off`;

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
    await client.query(BEGIN_REPORT);
    return work(client);
  });
}

/**
 * `inTenantSnapshot` for what reads all work items of a tenant. Nested loops are never the way to do that, but the one
 * that PostgreSQL takes of tables it has no statistics of yet, in which it expects a single row of the tenant: loops in
 * loops took ten seconds for the 271 work items of a service that had just been started, and 30 ms without.
 */
export function inReportSnapshot<Result>(
  db: Database,
  tenantId: bigint,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return inTenantSnapshot(db, tenantId, async (client) => {
    await client.query('SET LOCAL enable_nestloop = off');
    return work(client);
  });
}
