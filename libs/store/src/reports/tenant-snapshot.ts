import type { Client, Database } from '../connection/database.ts';
import { asTenant } from '../connection/transaction.ts';
import { asUnavailable } from '../connection/unavailable.ts';

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
 *
 * @param exported a snapshot to read in, of `exportSnapshot` and not yet released; null = one of its own
 */
export function inReportSnapshot<Result>(
  db: Database,
  tenantId: bigint,
  work: (client: Client) => Promise<Result>,
  exported: string | null = null,
): Promise<Result> {
  return asTenant(db, tenantId, async (client) => {
    // PostgreSQL's own text, never a caller's. It has to come before the first query.
    const importing = exported === null ? '' : `; SET TRANSACTION SNAPSHOT '${exported}'`;
    await client.query(`${BEGIN_REPORT}${importing}; SET LOCAL enable_nestloop = off`);
    return work(client);
  });
}

/** One state of the database that several transactions can read, as long as it is not released. */
export interface ExportedSnapshot {
  readonly id: string;
  /** Aborted when its connection is lost: then nobody can read in it any more. */
  readonly lost: AbortSignal;
  /** Idempotent. */
  release(): Promise<void>;
}

/**
 * Takes a snapshot and keeps it, with one connection of the pool, until it is released. Rows that are replaced meanwhile
 * stay on disk until then.
 *
 * @throws Unavailable where no connection is to be had
 */
export async function exportSnapshot(db: Database): Promise<ExportedSnapshot> {
  const client = await db.pool.connect().catch((error: unknown) => {
    throw asUnavailable(error);
  });
  const lost = new AbortController();
  const onError = () => lost.abort();
  client.on('error', onError);
  let released: Promise<void> | null = null;
  const end = async () => {
    const isBroken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    client.removeListener('error', onError);
    client.release(isBroken);
  };
  const release = () => (released ??= end());
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
    return { id: rows[0]!.id, lost: lost.signal, release };
  } catch (error) {
    await release();
    throw asUnavailable(error);
  }
}
