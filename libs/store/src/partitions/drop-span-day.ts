import { Client as PgClient } from 'pg';
import { inTransaction } from '../connection/transaction.ts';
import type { Database } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { asUnavailable, sqlState } from '../connection/unavailable.ts';
import { attachSpanPartition } from './ensure-span-partitions.ts';
import { partitionOf, type Day } from './span-days.ts';

/** 'olsd' as a number: one process lets go of days at a time. */
const LOCK = 0x6f6c7364;
/** Who waits longer for a lock gives up and is tried again: nobody queues behind it for long. */
const LOCK_TIMEOUT_MS = 2_000;

/** What became of an attempt: `busy` = a lock was not to be had in time, the next turn goes on from here. */
export type DropOutcome = 'dropped' | 'busy' | 'kept';

/**
 * Drops the partition of a day whose places are recorded. It is taken out of `spans` by DETACH CONCURRENTLY, which takes
 * no lock that an append or a read of other days waits for; then it is counted once more, and only what is recorded is
 * dropped. May be broken off anywhere: the next call goes on.
 *
 * @returns `kept`, nothing being changed, where it holds spans that are not recorded
 * @throws Unavailable where the connection broke
 */
export async function dropSpanDay(db: Database, day: Day, nowUs: bigint): Promise<DropOutcome> {
  const client = new PgClient({
    connectionString: db.connection,
    application_name: 'outcome-ledger span days',
    options: `-c lock_timeout=${LOCK_TIMEOUT_MS} -c search_path=public -c TimeZone=UTC`,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ is_mine: boolean }>('SELECT pg_try_advisory_lock($1) AS is_mine', [
      LOCK,
    ]);
    if (!rows[0]!.is_mine) return 'busy';
    if (await holdsMore(client, day)) return 'kept';
    await detach(client, day);
    if (await holdsMore(client, day)) {
      await inTransaction(db, (attaching) => attachSpanPartition(attaching, day));
      return 'kept';
    }
    await client.query(`DROP TABLE IF EXISTS ${partitionOf(day)}`);
    await client.query('UPDATE span_days SET dropped_at = $2 WHERE day = $1 AND dropped_at IS NULL', [
      day,
      timestampFromUs(nowUs),
    ]);
    return 'dropped';
  } catch (error) {
    // 55P03: no lock in time; 40P01: of two in each other's way this one gave up
    if (/^(55P03|40P01)$/.test(sqlState(error) ?? '')) return 'busy';
    throw asUnavailable(error);
  } finally {
    await client.end().catch(() => {});
  }
}

type Asks = Pick<PgClient, 'query'>;

/** Outside a transaction: CONCURRENTLY commits in between. What was broken off there is finished by FINALIZE. */
async function detach(client: Asks, day: Day): Promise<void> {
  const { rows } = await client.query<{ is_pending: boolean }>(
    `SELECT i.inhdetachpending AS is_pending FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'public.spans'::regclass AND c.relname = $1`,
    [partitionOf(day)],
  );
  if (rows.length === 0) return;
  const how = rows[0]!.is_pending ? 'FINALIZE' : 'CONCURRENTLY';
  await client.query(`ALTER TABLE spans DETACH PARTITION ${partitionOf(day)} ${how}`);
}

/** Whether spans came after the places were recorded: once it is detached nobody writes to it any more. */
async function holdsMore(client: Asks, day: Day): Promise<boolean> {
  const { rows: standing } = await client.query(`SELECT to_regclass('public.${partitionOf(day)}') AS name`);
  if (standing[0]?.name === null) return false;
  const { rows } = await client.query<{ more: boolean }>(
    `SELECT (SELECT count(*) FROM ${partitionOf(day)}) IS DISTINCT FROM
            (SELECT coalesce(sum(spans), 0) FROM span_days WHERE day = $1 AND dropped_at IS NULL) AS more`,
    [day],
  );
  return rows[0]!.more;
}
