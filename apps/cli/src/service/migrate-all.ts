import type { Config } from '#config';
import { migrateJobs } from '#jobs';
import { inTransaction, installShippedBook, migrate, openDatabase } from '#store';

/**
 * Our schema, BullMQ's where the queues are on PostgreSQL, and the shipped price book as it is in this release.
 * @returns what was applied
 */
export async function migrateAll(connection: string, config: Config): Promise<string[]> {
  const applied = await migrate(connection);
  if (config.redisUrl === null) await migrateJobs(connection);
  const db = await openDatabase(connection, { maxConnections: 1, applicationName: 'outcome-ledger migrate' });
  try {
    const nowUs = BigInt(Date.now()) * 1000n;
    const book = await inTransaction(db, (client) => installShippedBook(client, nowUs));
    return book === null ? applied : [...applied, `price book ${book.book}@${book.version}`];
  } finally {
    await db.close();
  }
}
