// Goal: with everything on, whatever dies loses nothing that was acknowledged and posts nothing twice. Method: a
// PostgreSQL on shipped settings, the real ingest and worker processes and the API under load of traces and outcomes;
// kill -9 of PostgreSQL, then of ingest, three times each; then the books are checked and every ticket is posted once.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateJobs } from '#jobs';
import { migrate, openDatabase, startEmbeddedPostgres, type Database, type EmbeddedPostgres } from '#store';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { startIngestProcess, type IngestProcess } from '../support/ingest-process.ts';
import type { RunningProcess } from '../support/processes.ts';
import {
  expectPostedOnce,
  priceTickets,
  startWorkerProcess,
  TicketLoad,
  untilSettled,
} from '../support/ticket-load.ts';

const ROUNDS = 3;
const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-faults-'));
let server: EmbeddedPostgres;
let db: Database;
let api: TestApi;
let ingest: IngestProcess;
let worker: RunningProcess;
let tenant: TestTenant;
let load: TicketLoad;

beforeAll(async () => {
  chmodSync(directory, 0o755);
  server = await startServer();
  await migrate(server.connection);
  await migrateJobs(server.connection);
  db = await openDatabase(server.connection, { maxConnections: 8, applicationName: 'test' });
  api = await startTestApi(db);
  ingest = await startIngestProcess(server.connection);
  worker = startWorkerProcess(server.connection);
  await worker.line('working');
}, 60_000);
beforeEach(async () => {
  tenant = await makeTenant(db, `t-${randomBytes(6).toString('hex')}`);
  await priceTickets(db, tenant.tenantId);
  load = new TicketLoad({
    ingestUrl: () => `http://127.0.0.1:${ingest.httpPort}`,
    api,
    key: await tenant.key(['admin']),
  });
});
afterAll(async () => {
  await ingest.stop();
  worker.kill('SIGTERM');
  await worker.exited;
  await api.close();
  await db.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

function startServer(): Promise<EmbeddedPostgres> {
  const address = server === undefined ? {} : { address: server.address };
  return startEmbeddedPostgres({ directory: join(directory, 'postgresql'), database: 'faults', ...address });
}

/** Not in step with the commits of ingest, nor with the turns of the worker. */
const aMoment = () => sleep(20 + Math.random() * 500);

async function expectAllPosted(): Promise<void> {
  await load.progress(40);
  await load.stop();
  expect(load.repeated).toBeGreaterThan(0);
  await untilSettled(db);
  await expectPostedOnce(db, tenant.tenantId, load.acknowledged);
}

test('kill -9 of PostgreSQL three times: ingest, worker and api stay up and recover by themselves', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await load.progress(40);
    await aMoment();
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    server = await startServer();
  }
  await expectAllPosted();
}, 120_000);

test('kill -9 of ingest three times, with the worker running', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await load.progress(40);
    await aMoment();
    await ingest.kill();
    ingest = await startIngestProcess(server.connection, ingest.httpPort);
  }
  await expectAllPosted();
}, 120_000);
