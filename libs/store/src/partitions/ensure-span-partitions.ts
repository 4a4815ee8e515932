import { inTransaction } from '../connection/transaction.ts';
import type { Client, Database } from '../connection/database.ts';
import { partitionOf, type Day } from './span-days.ts';

/** 'olsp' as a number: one creator of partitions at a time per database. */
const PARTITION_LOCK = 0x6f6c7370;
/** A transaction holds a few locks per partition it makes; the server's lock table is finite. */
const DAYS_PER_TRANSACTION = 32;
const DAY_MS = 86_400_000;

const known = new WeakMap<Database, Set<number>>();

/**
 * Makes the missing day partitions of `spans` (`spans_20261121`), each committed before this returns. To be called
 * before the transaction that appends. Idempotent; any number of processes may call it at once; days seen before
 * cost one look into a set.
 *
 * @param epochDays UTC days, counted from 1970-01-01
 */
export async function ensureSpanPartitions(db: Database, epochDays: Iterable<number>): Promise<void> {
  const seen = known.get(db) ?? new Set<number>();
  known.set(db, seen);
  const missing = [...new Set(epochDays)].filter((day) => !seen.has(day)).sort((a, b) => a - b);
  for (let start = 0; start < missing.length; start += DAYS_PER_TRANSACTION) {
    const days = missing.slice(start, start + DAYS_PER_TRANSACTION);
    await inTransaction(db, (client) => createMissing(client, days));
    for (const day of days) seen.add(day);
  }
}

/** Looks again at the next call: when a row found no partition, one that was seen before has been dropped. */
export function forgetSpanPartitions(db: Database): void {
  known.delete(db);
}

async function createMissing(client: Client, days: readonly number[]): Promise<void> {
  const names = days.map(partitionName);
  const attached = await attachedPartitions(client, names);
  if (attached.size === names.length) return;
  await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
  const present = await attachedPartitions(client, names);
  for (const day of days) if (!present.has(partitionName(day))) await createPartition(client, day);
}

async function attachedPartitions(client: Client, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT relname FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relispartition AND relname = ANY($1)`,
    [names],
  );
  return new Set(rows.map((row) => row.relname));
}

async function createPartition(client: Client, day: number): Promise<void> {
  await client.query(
    `CREATE TABLE ${partitionName(day)} (LIKE spans INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)`,
  );
  await attachSpanPartition(client, isoDay(day));
}

/**
 * Makes a table of a day's spans a partition again. ATTACH, and not PARTITION OF: the latter waits for, and stops,
 * everybody who reads or appends spans.
 */
export async function attachSpanPartition(client: Client, day: Day): Promise<void> {
  const next = isoDay(Date.parse(day) / DAY_MS + 1);
  await client.query(
    `ALTER TABLE spans ATTACH PARTITION ${partitionOf(day)}
       FOR VALUES FROM ('${day} 00:00:00+00') TO ('${next} 00:00:00+00')`,
  );
}

const partitionName = (day: number): string => partitionOf(isoDay(day));

function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
