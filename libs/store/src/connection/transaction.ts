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

/** Two that met in a deadlock should not meet again at once. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 2 ** attempt * (5 + Math.random() * 10));
  });
}
