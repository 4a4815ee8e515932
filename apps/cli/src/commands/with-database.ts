import { readConfig, type Config } from '#config';
import { ProcessLogger } from '#server';
import { openDatabase, type Database } from '#store';
import { migrateAll } from '../service/migrate-all.ts';
import { reachDatabase } from '../service/server-database.ts';

/**
 * Runs one command's work on the migrated database of the configuration: beside a service that runs, or on the
 * embedded PostgreSQL started for as long as it takes. Only warnings are shown, on standard error.
 */
export async function withDatabase(
  work: (db: Database, config: Config, applied: readonly string[], connection: string) => Promise<void>,
): Promise<void> {
  const config = readConfig();
  const logger = new ProcessLogger({ process: 'cli', human: true, write: () => {} });
  const { connection, embedded } = await reachDatabase(config, logger);
  try {
    const applied = await migrateAll(connection, config);
    const db = await openDatabase(connection, { maxConnections: 2, applicationName: 'outcome-ledger cli' });
    try {
      await work(db, config, applied, connection);
    } finally {
      await db.close();
    }
  } finally {
    if (embedded !== null && !embedded.isAdopted) await embedded.stop();
  }
}
