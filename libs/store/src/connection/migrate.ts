import { Client as PgClient } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations/index.ts';

import { asUnavailable } from './unavailable.ts';

/** 'olmg' as a number: one migrator at a time per database. */
const MIGRATION_LOCK = 0x6f6c6d67;

/**
 * Brings the schema up to date, each migration in a transaction of its own. Safe to run from many processes at
 * once: they wait for each other, and all but the first find nothing to do.
 *
 * @returns the names of the migrations applied by this call, in order
 * @throws Unavailable where the server cannot be reached
 */
export async function migrate(connection: string): Promise<string[]> {
  const lock = new PgClient({ connectionString: connection, application_name: 'outcome-ledger migrate' });
  lock.on('error', () => {});
  try {
    await lock.connect();
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await runMigrations(connection);
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    await lock.end();
  }
}

async function runMigrations(connection: string): Promise<string[]> {
  const source = createDataSource(connection);
  await source.initialize();
  try {
    const applied = await source.runMigrations({ transaction: 'each' });
    return applied.map((migration) => migration.name);
  } finally {
    await source.destroy();
  }
}

/** TypeORM over the same connection: migrations only. The data that flows is read and written by literal SQL. */
export function createDataSource(connection: string): DataSource {
  return new DataSource({
    type: 'postgres',
    extra: { connectionString: connection },
    applicationName: 'outcome-ledger migrate',
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    poolSize: 2,
    logging: false,
  });
}
