import type { PoolClient } from 'pg';
import type { Client, Database } from './database.ts';
import { asUnavailable, sqlState } from './unavailable.ts';

const ATTEMPTS = 6;

/**
 * Runs `work` in one READ COMMITTED transaction as the owner of the tables, and commits it.
 * After a deadlock or a serialisation failure the whole of `work` runs again, up to six times: it must have no
 * effect outside the transaction.
 *
 * @returns what `work` returned, once it is durable
 * @throws Unavailable where the connection broke (then the commit may or may not have taken place); whatever `work`
 *   throws, after a rollback
 */
export function inTransaction<Result>(
  db: Database,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  if (db.outer !== undefined) return inSavepoint(db.outer, work);
  return repeatedly(db, 'BEGIN ISOLATION LEVEL READ COMMITTED', work);
}

/**
 * Like `inTransaction`, but as the role of the API with row-level security on: only rows of the tenant (and shipped
 * prices) exist for `work`, whatever its SQL says.
 */
export function asTenant<Result>(
  db: Database,
  tenantId: bigint,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  if (db.outer !== undefined) throw new TypeError('a tenant has no transaction inside another');
  // One round trip; the tenant is a bigint, so its text needs no quoting.
  const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE outcome_ledger_api; SET LOCAL app.tenant = '${tenantId}'`;
  return repeatedly(db, begin, work);
}

async function repeatedly<Result>(
  db: Database,
  begin: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(db, begin, work);
    } catch (error) {
      const state = sqlState(error);
      if (attempt === ATTEMPTS || (state !== '40P01' && state !== '40001')) throw asUnavailable(error);
      await pause(attempt);
    }
  }
}

async function once<Result>(
  db: Database,
  begin: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await db.pool.connect();
  // A connection that breaks rejects the running query; without a listener it would also end the process.
  const ignore = () => {};
  client.on('error', ignore);
  let failure: unknown = null;
  try {
    await client.query(begin);
    const result = await work(client);
    const end = await client.query('COMMIT');
    // PostgreSQL answers a COMMIT of a failed transaction with ROLLBACK, and no error.
    if (end.command !== 'COMMIT') throw new Error('a failed statement was ignored: nothing was committed');
    return result;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    const isBroken = failure !== null && (await rollback(client, failure));
    client.removeListener('error', ignore);
    client.release(isBroken);
  }
}

/** @returns whether the connection must not be used again */
async function rollback(client: PoolClient, failure: unknown): Promise<boolean> {
  if (asUnavailable(failure) !== failure) return true;
  try {
    await client.query('ROLLBACK');
    return false;
  } catch {
    return true;
  }
}

/** What it changed is gone when it throws; the transaction around it goes on. Nothing is tried again here. */
async function inSavepoint<Result>(
  client: Client,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  await client.query('SAVEPOINT nested');
  try {
    const result = await work(client);
    await client.query('RELEASE SAVEPOINT nested');
    return result;
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT nested; RELEASE SAVEPOINT nested').catch(() => {});
    throw error;
  }
}

/**
 * Runs `work` in one transaction that is always rolled back: nothing it does is ever seen by anybody else. All of it
 * sees one moment of the database (REPEATABLE READ). It waits at most `lockTimeoutMs` for a lock, which is less than
 * PostgreSQL waits before it looks for deadlocks: of two that are in each other's way this one gives up.
 *
 * @param work gets a database whose transactions are savepoints of this one, and its connection
 * @returns what `work` returned
 * @throws what `work` throws: 55P03 where a lock was not to be had, 40001 where a row changed since the moment
 */
export async function inRolledBackTransaction<Result>(
  db: Database,
  lockTimeoutMs: number,
  work: (nested: Database, client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await db.pool.connect();
  const ignore = () => {};
  client.on('error', ignore);
  let isBroken = false;
  const query: Database['query'] = (statement, values) =>
    client.query(statement, values === undefined ? undefined : [...values]);
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = ${Math.trunc(lockTimeoutMs)}`,
    );
    return await work({ ...db, query, outer: client }, client);
  } catch (error) {
    isBroken = asUnavailable(error) !== error;
    throw asUnavailable(error);
  } finally {
    if (!isBroken)
      isBroken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      );
    client.removeListener('error', ignore);
    client.release(isBroken);
  }
}

/** Two that met in a deadlock should not meet again at once. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 2 ** attempt * (5 + Math.random() * 10));
  });
}
