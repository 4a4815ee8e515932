import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { migrate, openDatabase, type Database } from '#store';

/** 'olte' as a number: one process prepares the template, the others wait. */
const TEMPLATE_LOCK = 0x6f6c7465;

export interface TestDatabase {
  /** PostgreSQL URL of the clone, for child processes. */
  readonly connection: string;
  readonly db: Database;
  /** Closes `db` and removes the clone, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A migrated, empty database of its own on the server of TEST_DATABASE_URL (`npm test` starts one), cloned from a
 * template that the first caller makes: one per test file in `beforeAll`, dropped in `afterAll`.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  if (server === undefined) throw new Error('TEST_DATABASE_URL is not set: run the tests by `npm test`');
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await withMaintenance(server, async (client) => {
    const template = await prepareTemplate(server, client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  });
  const connection = withDatabase(server, name);
  const db = await openDatabase(connection, { maxConnections: 8, applicationName: 'test' });
  return {
    connection,
    db,
    drop: async () => {
      await db.close();
      await withMaintenance(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/**
 * A copy of a database as it stands, page by page. Who is connected to the original is disconnected, and connects again
 * when it next asks.
 */
export async function copyDatabase({
  connection,
}: Pick<TestDatabase, 'connection'>): Promise<Pick<TestDatabase, 'connection' | 'drop'>> {
  const server = process.env.TEST_DATABASE_URL!;
  const from = new URL(connection).pathname.slice(1);
  const name = `${from}_copy`;
  await withMaintenance(server, async (client) => {
    await client.query(`ALTER DATABASE ${from} ALLOW_CONNECTIONS false`);
    try {
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [from]);
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY file_copy`);
    } finally {
      await client.query(`ALTER DATABASE ${from} ALLOW_CONNECTIONS true`);
    }
  });
  return {
    connection: withDatabase(server, name),
    drop: () =>
      withMaintenance(server, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** @returns the name of a migrated database nobody is connected to, made once per content of migrations/ */
async function prepareTemplate(server: string, client: Client): Promise<string> {
  const template = `template_${migrationsDigest()}`;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 1) return template;
    const unfinished = `${template}_unfinished`;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${unfinished}`);
    await migrate(withDatabase(server, unfinished));
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
    return template;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

function migrationsDigest(): string {
  const directory = new URL('../../migrations/', import.meta.url);
  const hash = createHash('sha256');
  for (const file of readdirSync(directory).sort())
    hash.update(file).update(readFileSync(new URL(file, directory)));
  return hash.digest('hex').slice(0, 16);
}

/** Advisory locks and CREATE DATABASE belong to a database: all callers use the one that the URL names. */
async function withMaintenance(server: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
