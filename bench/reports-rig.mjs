// A filled ledger for the benchmarks of reports: an embedded PostgreSQL with one tenant, kept between runs where a
// directory is named, served by the real API on demand.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateJobs } from '#jobs';
import {
  createTenant,
  insertApiKey,
  installShippedBook,
  inTransaction,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '#store';
import { startApp } from './processes.mjs';
import { fillTenant, FILL_SETTINGS } from './reports-data.mjs';

/** What the filled directory holds: who may ask, and how much there is. */
const NOTE = 'filled.json';

/**
 * @param {{ spans: number, directory?: string }} options a directory that was filled before is taken as it is
 */
export async function startReportsRig({ spans, directory: kept }) {
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'outcome-ledger-reports-'));
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  const closers = kept === undefined ? [async () => rmSync(directory, { recursive: true, force: true })] : [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  const place = { directory: join(directory, 'postgresql'), database: 'outcome_ledger' };
  try {
    if (!existsSync(join(directory, NOTE))) await fill(directory, place, spans);
    const filled = JSON.parse(readFileSync(join(directory, NOTE), 'utf8'));
    const server = await startEmbeddedPostgres(place);
    closers.push(() => server.stop());
    const db = await openDatabase(server.connection, { maxConnections: 2, applicationName: 'bench' });
    closers.push(() => db.close());
    return {
      ...filled,
      tenantId: BigInt(filled.tenantId),
      connection: server.connection,
      db,
      close,
      /** The API on this ledger; @returns its port */
      startApi: async (port = '0') => {
        const api = await startApp('api', {
          DATABASE_URL: server.connection,
          OL_DATA_DIR: directory,
          OL_API_PORT: port,
        });
        closers.push(() => api.stop());
        return api.said.port;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(directory, place, spans) {
  const server = await startEmbeddedPostgres({ ...place, settings: FILL_SETTINGS });
  try {
    await migrate(server.connection);
    await migrateJobs(server.connection);
    const db = await openDatabase(server.connection, { maxConnections: 2, applicationName: 'bench' });
    try {
      await inTransaction(db, (client) => installShippedBook(client, BigInt(Date.now()) * 1000n));
      const { tenantId, authorization } = await createAdmin(db);
      const connection = server.connection;
      const filled = await fillTenant({ db, connection, directory, authorization, spans });
      await db.query('CHECKPOINT');
      const note = {
        ...filled,
        tenantId: String(tenantId),
        authorization,
        filledOn: new Date().toISOString(),
      };
      writeFileSync(join(directory, NOTE), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
  }
}

async function createAdmin(db) {
  const tenantId = await createTenant(db, 'bench');
  const text = `olk_${randomBytes(24).toString('hex')}`;
  await inTransaction(db, (client) =>
    insertApiKey(client, {
      tenantId,
      keyId: randomUUID(),
      newPrincipalId: randomUUID(),
      principalName: 'bench',
      secretHash: createHash('sha256').update(text).digest(),
      roles: ['admin', 'spans', 'outcomes'],
      sources: null,
      kinds: null,
      isBootstrap: false,
    }),
  );
  return { tenantId, authorization: `Bearer ${text}` };
}
