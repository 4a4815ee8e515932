// Goal: a worker that dies at any moment loses nothing and posts nothing twice. Method: the real ingest and worker
// processes under load, kill -9 of the worker three times; then every acknowledged trace is posted once, to the pico.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateJobs } from '#jobs';
import { makeTenant, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startIngestProcess, type IngestProcess } from '../support/ingest-process.ts';
import {
  expectPostedOnce,
  priceTickets,
  startWorkerProcess,
  TicketLoad,
  untilSettled,
} from '../support/ticket-load.ts';

let database: TestDatabase;
let api: TestApi;
let ingest: IngestProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  await migrateJobs(database.connection);
  api = await startTestApi(database.db);
  ingest = await startIngestProcess(database.connection);
}, 60_000);
afterAll(async () => {
  await ingest.stop();
  await api.close();
  await database.drop();
});

test('kill -9 of the worker under load, three times', async () => {
  const tenant = await makeTenant(database.db, `t-${randomBytes(6).toString('hex')}`);
  const key = await tenant.key(['admin']);
  await priceTickets(database.db, tenant.tenantId);
  let worker = startWorkerProcess(database.connection);
  await worker.line('working');
  const load = new TicketLoad({ ingestUrl: () => `http://127.0.0.1:${ingest.httpPort}`, api, key });
  for (let round = 0; round < 3; round += 1) {
    await load.progress(50);
    await sleep(Math.random() * 700);
    worker.kill('SIGKILL');
    await worker.exited;
    await load.progress(100);
    worker = startWorkerProcess(database.connection);
    await worker.line('working');
  }
  await load.stop();
  await untilSettled(database.db);
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  await expectPostedOnce(database.db, tenant.tenantId, load.acknowledged);
}, 240_000);
