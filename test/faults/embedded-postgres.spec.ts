import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  openDatabase,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '#store';
import { isAlive } from '../support/is-alive.ts';
import { until } from '../support/until.ts';

// Real servers on real files, killed in the ways they are killed in life.

const isRoot = process.getuid?.() === 0;
let place: string;
let directory: string;
const started: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'outcome-ledger-embedded-'));
  chmodSync(place, 0o755);
  directory = join(place, 'postgresql');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of started.splice(0)) await server.stop();
  rmSync(place, { recursive: true, force: true });
});

async function start(changes: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory, database: 'books', ...changes });
  started.push(server);
  return server;
}

async function ask<Row extends Record<string, unknown>>(
  server: EmbeddedPostgres,
  sql: string,
): Promise<Row[]> {
  const db = await openDatabase(server.connection, { maxConnections: 1, applicationName: 'test' });
  try {
    return (await db.query<Row>(sql)).rows;
  } finally {
    await db.close();
  }
}

test('what was committed is there after a stop and a start; nothing is left of a stopped server', async () => {
  const first = await start();
  await ask(first, 'CREATE TABLE kept AS SELECT 1 AS n');
  expect(existsSync(first.address.socketDirectory)).toBe(true);
  await first.stop();
  await first.stop();
  expect([isAlive(first.pid), existsSync(first.address.socketDirectory)]).toEqual([false, false]);
  const second = await start();
  expect([second.isAdopted, await ask(second, 'SELECT n FROM kept')]).toEqual([false, [{ n: 1 }]]);
});

test('durability is on, and nobody can reach the server but through the private directory', async () => {
  const server = await start();
  const settings = await ask(
    server,
    `SELECT name, setting FROM pg_settings WHERE name IN
       ('fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum', 'data_checksums', 'listen_addresses')
     ORDER BY name`,
  );
  expect(settings).toEqual([
    { name: 'autovacuum', setting: 'on' },
    { name: 'data_checksums', setting: 'on' },
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'listen_addresses', setting: '' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
  expect(lstatSync(server.address.socketDirectory).mode & 0o777).toBe(0o700);
});

test('a server that runs is adopted, not started twice', async () => {
  const first = await start();
  const second = await start();
  expect([second.isAdopted, second.pid, second.connection]).toEqual([true, first.pid, first.connection]);
  await second.stop();
  await first.exited;
  expect(isAlive(first.pid)).toBe(false);
});

test('after kill -9 the next start recovers what was committed, at the same address if asked', async () => {
  const first = await start();
  await ask(first, 'CREATE TABLE kept AS SELECT 2 AS n');
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const second = await start({ address: first.address });
  expect([second.connection, await ask(second, 'SELECT n FROM kept')]).toEqual([
    first.connection,
    [{ n: 2 }],
  ]);
});

test('a stale postmaster.pid that names a process of somebody else does not stop a start', async () => {
  const first = await start();
  const pidFile = join(realpathSync(directory), 'data', 'postmaster.pid');
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  await first.stop();
  writeFileSync(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'));
  const second = await start();
  expect([second.isAdopted, await ask(second, 'SELECT 1 AS n')]).toEqual([false, [{ n: 1 }]]);
});

test('kill -9 of the process that started it takes the server along, and the next start works', async () => {
  const script = `
    import { startEmbeddedPostgres } from '#store';
    const server = await startEmbeddedPostgres({ directory: process.argv[1], database: 'books' });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(parent);
  let output = '';
  parent.stdout.on('data', (data: Buffer) => (output += data.toString()));
  await until('the server of the other process', () => output.endsWith('\n'));
  const pid = Number(output);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  let next = await start();
  // On a busy machine it still answers when the next one looks, and goes then: who has it starts it again, as `up` does.
  if (next.isAdopted) {
    await next.exited;
    next = await start();
  }
  expect([next.pid === pid, await ask(next, 'SELECT 1 AS n')]).toEqual([false, [{ n: 1 }]]);
  expect(isAlive(pid)).toBe(false);
});

test('over TCP it listens on the loopback and wants the password', async () => {
  const server = await start({ transport: 'tcp' });
  expect(await ask(server, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  const url = new URL(server.connection);
  url.password = 'wrong';
  await expect(openDatabase(url.href, { maxConnections: 1, applicationName: 'test' })).rejects.toThrow(
    'password authentication failed',
  );
});

test('two first starts at once end in one server', async () => {
  const both = await Promise.all([start(), start()]);
  expect(both[0].pid).toBe(both[1].pid);
  expect(await ask(both[1], 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('data of another major version is refused with what to do', async () => {
  const server = await start();
  await server.stop();
  const file = join(realpathSync(directory), 'data', 'PG_VERSION');
  writeFileSync(file, '17\n');
  await expect(start()).rejects.toThrow('is of PostgreSQL 17, and this is PostgreSQL 18');
});

(isRoot ? describe : describe.skip)('as root', () => {
  test('root under a private directory keeps the files where the server can reach them', async () => {
    chmodSync(place, 0o700);
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    expect(await ask(server, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(lstatSync(directory).isSymbolicLink()).toBe(true);
    const real = realpathSync(directory);
    expect(dirname(real)).toBe('/var/lib/outcome-ledger');
    expect(lines.filter((line) => line.includes(`its files are in ${real}`))).toHaveLength(1);
    await server.stop();
    expect((await start()).isAdopted).toBe(false);
    for (const running of started.splice(0)) await running.stop();
    rmSync(real, { recursive: true });
  });

  test('a plain user without a home and with a bare PATH can run it', async () => {
    const own = join(place, 'own');
    mkdirSync(own);
    const script = `
    import { startEmbeddedPostgres } from '#store';
    process.chdir('/');
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const server = await startEmbeddedPostgres({ directory: process.argv[1], database: 'books' });
    console.log(server.isAdopted);
    await server.stop();`;
    chmodSync(own, 0o777);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, join(own, 'postgresql')], {
      env: { HOME: '/empty', PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    await until('the end', () => child.exitCode !== null);
    expect([child.exitCode, output]).toEqual([0, 'false\n']);
  });
});
