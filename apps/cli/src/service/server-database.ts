import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#config';
import { Unavailable } from '#model';
import type { ProcessLogger } from '#server';
import { openDatabase, startEmbeddedPostgres, type EmbeddedPostgres, type ServerAddress } from '#store';

const DATABASE = 'outcome_ledger';
/** How long an external server may take to come up beside us. */
const EXTERNAL_WAIT_MS = 60_000;

/** A PostgreSQL that answers: the external one, or the embedded one. */
export interface ServerDatabase {
  readonly connection: string;
  /** Null: external, not ours to start or stop. */
  readonly embedded: EmbeddedPostgres | null;
}

/**
 * Finds the PostgreSQL of the configuration: waits for DATABASE_URL to answer, or starts (or adopts) the embedded one
 * in the data directory.
 *
 * @param address where the embedded server was that a new one replaces
 * @throws Unavailable where an external server does not answer within a minute; Error where ours does not start
 */
export async function reachDatabase(
  config: Config,
  logger: ProcessLogger,
  address?: ServerAddress,
): Promise<ServerDatabase> {
  if (config.databaseUrl !== null) {
    await waitForExternal(config.databaseUrl, logger);
    return { connection: config.databaseUrl, embedded: null };
  }
  const embedded = await startEmbeddedPostgres({
    directory: join(config.dataDir, 'postgresql'),
    database: DATABASE,
    log: (line) => {
      // That it starts and stops in order is for the log file, not for a person at a terminal.
      if (!process.stdout.isTTY || !line.startsWith('LOG:')) logger.log(line, { source: 'postgresql' });
    },
    ...(address === undefined ? {} : { address }),
  });
  return { connection: embedded.connection, embedded };
}

async function waitForExternal(connection: string, logger: ProcessLogger): Promise<void> {
  const limit = Date.now() + EXTERNAL_WAIT_MS;
  for (;;) {
    try {
      const db = await openDatabase(connection, { maxConnections: 1, applicationName: 'outcome-ledger' });
      return await db.close();
    } catch (error) {
      if (!(error instanceof Unavailable) || Date.now() > limit) throw error;
      logger.warn('DATABASE_URL does not answer yet', { cause: error.cause });
      await sleep(1_000);
    }
  }
}
