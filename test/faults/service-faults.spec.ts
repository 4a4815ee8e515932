// Goal: whatever happens to a process, to PostgreSQL, to the line to it, to Redis or to the clock, nothing acknowledged is
// lost, the service says what is wrong and recovers by itself. Method: the three real processes over a line that can be
// cut, under load of tickets; afterwards every acknowledged ticket is posted once, to the pico. `FAULT_SECONDS=60` makes
// outages as long as a fail-over.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { migrateJobs } from '#jobs';
import { migrate, openDatabase, startEmbeddedPostgres, type Database, type EmbeddedPostgres } from '#store';
import { recordFault, stopwatch } from '../support/fault-record.ts';
import { freePort } from '../support/free-port.ts';
import { startTcpProxy, throughPort, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { WholeService, type App } from '../support/whole-service.ts';

/** What takes long runs where FAULT_SECONDS is set, as the nightly run does; elsewhere it counts as skipped. */
const nightly = process.env['FAULT_SECONDS'] === undefined ? describe.skip : describe;
const OUTAGE_MS = Number(process.env['FAULT_SECONDS'] ?? 5) * 1000;
const ROUNDS = 3;
const clockJump = new URL('../support/clock-jump.mjs', import.meta.url).href;
/** An hour ahead, an hour back, right again. */
const JUMPS_MS = [3_600_000, -3_600_000, 0];

const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-faults-'));
let server: EmbeddedPostgres;
let db: Database;
let proxy: TcpProxy;
let service: WholeService;

beforeAll(async () => {
  chmodSync(directory, 0o755);
  server = await startServer();
  await migrate(server.connection);
  await migrateJobs(server.connection);
  db = await openDatabase(server.connection, { maxConnections: 4, applicationName: 'test' });
  const { target, through } = throughPort(server.connection);
  proxy = await startTcpProxy(target);
  service = await WholeService.start({
    DATABASE_URL: through(proxy.port),
    NODE_OPTIONS: `--import=${clockJump}`,
    CLOCK_JUMPS_MS: JUMPS_MS.join(','),
  });
}, 300_000);
afterAll(async () => {
  await service?.stop();
  await proxy?.close();
  await db?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function startServer(): Promise<EmbeddedPostgres> {
  const address = server === undefined ? {} : { address: server.address };
  return startEmbeddedPostgres({ directory: join(directory, 'postgresql'), database: 'faults', ...address });
}

test.each<App>(['ingest', 'api'])(
  'kill -9 of %s',
  async (app) => {
    const { tenant, load } = await service.load(db);
    const watch = stopwatch();
    let recoverySeconds = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      await load.progress(20);
      await sleep(Math.random() * 300);
      watch.from();
      await service.killAndRestart(app);
      await service.ready();
      await load.progress(1);
      recoverySeconds = Math.max(recoverySeconds, watch.seconds());
    }
    await service.expectNothingLost(db, tenant, load);
    recordFault({
      fault: `kill -9 of ${app}`,
      done: 'at a random moment under load; started again',
      times: ROUNDS,
      lost: 0,
      recoverySeconds,
      told: 'log of the supervisor',
    });
  },
  180_000,
);

test('the clocks of all three jump an hour ahead, then two hours back', async () => {
  const { tenant, load } = await service.load(db);
  const pids = service.pids();
  for (const _ of JUMPS_MS) {
    await load.progress(15);
    for (const app of ['ingest', 'worker', 'api'] as const) service.app(app).kill('SIGUSR2');
  }
  await service.expectNothingLost(db, tenant, load);
  expect(service.pids()).toEqual(pids);
  // A log's clock never runs backwards.
  const { rows } = await db.query<{ sealed: string }>(
    `SELECT convert_from(entry, 'UTF8')::jsonb ->> 'sealedAt' AS sealed FROM leaves WHERE tenant_id = $1 ORDER BY idx`,
    [tenant.tenantId],
  );
  const times = rows.map(({ sealed }) => sealed);
  expect(times.length).toBeGreaterThan(0);
  expect(times).toEqual(times.toSorted());
  recordFault({
    fault: 'clock jumps',
    done: 'of all three processes: an hour ahead, two hours back, right again',
    times: JUMPS_MS.length,
    lost: 0,
    recoverySeconds: null,
    told: 'sealedAt of the leaves never runs backwards',
  });
}, 180_000);

nightly('what takes long', () => {
  test('PostgreSQL refuses connections for a while, as in a fail-over', async () => {
    const { tenant, load } = await service.load(db);
    await load.progress(20);
    const pids = service.pids();
    const watch = stopwatch();
    await proxy.refuse();
    await until('ingest to say so', async () => (await service.health('ingest')).status === 503);
    const { body } = await service.health('ingest');
    expect(body).toMatchObject({ status: 'unavailable', checks: { append: 'failed' } });
    await sleep(Math.max(0, OUTAGE_MS - watch.seconds() * 1000));
    const acknowledged = load.acknowledged;
    await sleep(300);
    expect(load.acknowledged).toBe(acknowledged);
    watch.from();
    await proxy.accept();
    await load.progress(1);
    const recoverySeconds = watch.seconds();
    await service.ready();
    await service.expectNothingLost(db, tenant, load);
    expect(service.pids()).toEqual(pids);
    expect(
      service
        .app('ingest')
        .lines()
        .map(({ message }) => message),
    ).toContain('no connection to the database');
    recordFault({
      fault: 'PostgreSQL refuses connections',
      done: `all connections cut, new ones refused for ${OUTAGE_MS / 1000} s`,
      times: 1,
      lost: 0,
      recoverySeconds,
      told: '/health/ready of all three, 503 with Retry-After, log',
    });
  }, 240_000);

  test('torn and slow connections to PostgreSQL', async () => {
    const { tenant, load } = await service.load(db);
    const pids = service.pids();
    proxy.delay(300);
    const watch = stopwatch();
    for (let cut = 0; cut < 10; cut += 1) {
      await load.progress(5);
      await sleep(Math.random() * 100);
      watch.from();
      proxy.cut();
    }
    await load.progress(1);
    const recoverySeconds = watch.seconds();
    proxy.delay(0);
    await service.ready();
    await service.expectNothingLost(db, tenant, load);
    expect(service.pids()).toEqual(pids);
    recordFault({
      fault: 'torn and slow connections',
      done: 'every connection cut in the middle; new ones take 300 ms',
      times: 10,
      lost: 0,
      recoverySeconds,
      told: '503 with Retry-After, log',
    });
  }, 240_000);

  test('kill -9 of PostgreSQL', async () => {
    const { tenant, load } = await service.load(db);
    const pids = service.pids();
    const watch = stopwatch();
    let recoverySeconds = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      await load.progress(20);
      await sleep(Math.random() * 300);
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      watch.from();
      server = await startServer();
      await load.progress(1);
      recoverySeconds = Math.max(recoverySeconds, watch.seconds());
    }
    await service.ready();
    await service.expectNothingLost(db, tenant, load);
    expect(service.pids()).toEqual(pids);
    recordFault({
      fault: 'kill -9 of PostgreSQL',
      done: 'at a random moment under load; started again',
      times: ROUNDS,
      lost: 0,
      recoverySeconds,
      told: '/health/ready of all three, 503 with Retry-After, log',
    });
  }, 240_000);

  test('Redis is emptied, lost, and comes back empty', async () => {
    const port = await freePort();
    const place = mkdtempSync(join(tmpdir(), 'outcome-ledger-redis-'));
    const start = () =>
      spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', place, '--save', ''], {
        stdio: 'ignore',
      });
    let redis = start();
    const missing = await new Promise<boolean>((resolve) => {
      redis.once('error', () => resolve(true));
      redis.once('spawn', () => resolve(false));
    });
    if (missing) {
      process.stderr.write('SKIPPED: there is no redis-server here, so nothing was tried of losing it\n');
      return;
    }
    const redisUrl = `redis://127.0.0.1:${port}`;
    // The keys that the logs of this database were begun with: without them its worker would not start.
    const env = { DATABASE_URL: server.connection, REDIS_URL: redisUrl, OL_DATA_DIR: service.directory };
    const own = await WholeService.start(env).catch((error: unknown) => {
      redis.kill('SIGKILL');
      throw error;
    });
    try {
      const { tenant, load } = await own.load(db);
      await load.progress(20);
      const client = new Redis(redisUrl);
      await client.flushall();
      client.disconnect();
      await load.progress(20);
      redis.kill('SIGKILL');
      await until('the worker to say so', async () => (await own.health('worker')).status === 503);
      const posted = async () =>
        Number(
          (
            await db.query<{ n: bigint }>(
              'SELECT count(*) AS n FROM ledger_transactions WHERE tenant_id = $1',
              [tenant.tenantId],
            )
          ).rows[0]!.n,
        );
      const before = await posted();
      await load.progress(20);
      // Work is swept without the queues: without them it goes on, a second later.
      await until('traces to be posted', async () => (await posted()) > before + 20, 60_000);
      redis = start();
      const watch = stopwatch();
      await until('the worker to be ready', async () => (await own.health('worker')).status === 200, 60_000);
      await own.expectNothingLost(db, tenant, load);
      recordFault({
        fault: 'Redis lost and emptied',
        done: 'FLUSHALL under load; kill -9; started again, empty',
        times: 3,
        lost: 0,
        recoverySeconds: watch.seconds(),
        told: '/health/ready of the worker, log; everything goes on all the while',
      });
    } finally {
      await own.stop();
      redis.kill('SIGKILL');
      rmSync(place, { recursive: true, force: true });
    }
  }, 480_000);
});
