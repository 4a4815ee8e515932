import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openDatabase } from '#store';
import { isAlive } from '../support/is-alive.ts';
import {
  freePorts,
  processesWith,
  startProcess,
  type RunningProcess,
  type SpawnOptions,
} from '../support/processes.ts';
import { until } from '../support/until.ts';

// The command `outcome-ledger up` as a person runs it, killed as a machine kills it.

jest.setTimeout(180_000); // a start takes three seconds, and many times that on a busy machine

let place: string;
let dataDir: string;
let ports: Record<string, string>;
const running: RunningProcess[] = [];

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'outcome-ledger-up-'));
  chmodSync(place, 0o755);
});
let count = 0;
beforeEach(async () => {
  dataDir = join(place, String((count += 1)));
  ports = await freePorts();
});
afterEach(async () => {
  for (const process of running.splice(0)) {
    process.kill('SIGKILL');
    await process.exited;
  }
  await until('the end of everything', () => leftovers().length === 0);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function up(env: Record<string, string> = {}, options: SpawnOptions = {}): RunningProcess {
  const started = startProcess('cli', ['up'], {
    ...options,
    env: { ...ports, OL_DATA_DIR: dataDir, ...env },
  });
  running.push(started);
  return started;
}

/** The three apps, and PostgreSQL. */
function leftovers(): number[] {
  const postmaster = postgresPid();
  return [
    ...processesWith('OL_DATA_DIR', dataDir),
    ...(postmaster !== null && isAlive(postmaster) ? [postmaster] : []),
  ];
}

function postgresPid(): number | null {
  try {
    const file = join(realpathSync(join(dataDir, 'postgresql')), 'data', 'postmaster.pid');
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return null;
  }
}

/** @returns the status of an API route that wants a key */
async function statusWith(key: string | null): Promise<number> {
  const headers = new Headers(key === null ? {} : { authorization: `Bearer ${key}` });
  const response = await fetch(`http://127.0.0.1:${ports['OL_API_PORT']}/v1/work-items`, { headers });
  await response.arrayBuffer();
  return response.status;
}

test('the first start shows an admin key that works; a restart keeps it and shows none; SIGTERM exits 0', async () => {
  const first = up();
  await first.line('ready');
  const { adminKey } = await first.line('the first admin key, shown this once');
  const key = String(adminKey);
  expect(key).toMatch(/^olk_[0-9A-Za-z]{43}$/);
  expect([await statusWith(key), await statusWith(null), await statusWith(`${key}x`)]).toEqual([
    200, 401, 401,
  ]);
  first.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect(leftovers()).toEqual([]);
  expect(first.output().split(key)).toHaveLength(2);

  const second = up();
  await second.line('ready');
  expect(second.output()).not.toContain('olk_');
  expect(await statusWith(key)).toBe(200);

  const third = up();
  expect(await third.exited).toBe(1);
  expect(third.output()).toContain(`(process ${second.pid}) runs on ${dataDir} already`);
  second.kill('SIGINT');
  expect(await second.exited).toBe(0);
  expect(leftovers()).toEqual([]);
});

test('what crashes is started again: each of the apps, and PostgreSQL at the same address', async () => {
  const service = up();
  const { database } = await service.line('ready');
  const { adminKey } = await service.line('the first admin key, shown this once');
  const apps = processesWith('OL_DATA_DIR', dataDir).filter((pid) => pid !== service.pid);
  expect(apps).toHaveLength(3);
  for (const pid of apps) process.kill(pid, 'SIGKILL');
  await until('three new apps', async () => {
    const now = processesWith('OL_DATA_DIR', dataDir).filter((pid) => pid !== service.pid);
    return now.length === 3 && !now.some((pid) => apps.includes(pid));
  });
  await until('the api', () =>
    statusWith(String(adminKey)).then(
      (status) => status === 200,
      () => false,
    ),
  );

  const postgres = postgresPid() ?? -1;
  process.kill(postgres, 'SIGKILL');
  await until('PostgreSQL', () => postgresPid() !== postgres && postgresPid() !== null);
  await until('the api', () =>
    statusWith(String(adminKey)).then(
      (status) => status === 200,
      () => false,
    ),
  );
  const db = await openDatabase(String(database), { maxConnections: 1, applicationName: 'test' });
  await db.close();
  service.kill('SIGTERM');
  expect(await service.exited).toBe(0);
  expect(leftovers()).toEqual([]);
});

test('SIGTERM while PostgreSQL is being started again: it is stopped as well, and the exit code is 0', async () => {
  const service = up();
  await service.line('ready');
  const apps = processesWith('OL_DATA_DIR', dataDir).filter((pid) => pid !== service.pid);
  // Without the apps the stop comes to PostgreSQL before that is up again.
  for (const pid of [...apps, postgresPid() ?? -1]) process.kill(pid, 'SIGKILL');
  for (const ended of ['ingest', 'worker', 'api', 'PostgreSQL'])
    await service.line(`${ended} ended unasked, and is started again`);
  service.kill('SIGTERM');
  expect(await service.exited).toBe(0);
  expect(leftovers()).toEqual([]);
});

test('SIGTERM while the apps are being started again: they accepted nothing, and the exit code is 0', async () => {
  const service = up();
  await service.line('ready');
  const apps = processesWith('OL_DATA_DIR', dataDir).filter((pid) => pid !== service.pid);
  for (const pid of apps) process.kill(pid, 'SIGKILL');
  await until('a new app', () =>
    processesWith('OL_DATA_DIR', dataDir).some((pid) => pid !== service.pid && !apps.includes(pid)),
  );
  service.kill('SIGTERM');
  expect([await service.exited, leftovers()]).toEqual([0, []]);
});

test('kill -9 of the supervisor leaves no orphan, and the next start on the same ports works', async () => {
  const first = up();
  const { adminKey } = await first.line('the first admin key, shown this once');
  await first.line('ready');
  first.kill('SIGKILL');
  const second = up();
  await second.line('ready');
  expect(await statusWith(String(adminKey))).toBe(200);
  expect(processesWith('OL_DATA_DIR', dataDir)).toHaveLength(4);
  second.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});

test('SIGTERM while starting stops as soon as everything has started', async () => {
  const service = up();
  await until('the beginning', () => service.output().includes('making a new PostgreSQL'));
  service.kill('SIGTERM');
  expect(await service.exited).toBe(0);
  expect(leftovers()).toEqual([]);
});

test('a port in use is named with its variable, and nothing is left', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) =>
    taken.listen(Number(ports['OL_OTLP_GRPC_PORT']), '127.0.0.1', resolve),
  );
  const service = up();
  expect(await service.exited).toBe(1);
  expect(service.output()).toBe(
    `outcome-ledger: port ${ports['OL_OTLP_GRPC_PORT']} on 127.0.0.1 is in use: ` +
      'stop what listens there, or set OL_OTLP_GRPC_PORT to another port\n',
  );
  taken.close();
});

test('a bad environment is refused with every variable that is wrong', async () => {
  const service = up({ OL_API_PORT: 'http', TRACE_QUIET_MS: '-5' });
  expect(await service.exited).toBe(1);
  expect(service.output()).toBe(
    [
      'outcome-ledger: the environment is not usable:',
      '  OL_API_PORT must be a whole number from 0 to 65535, not "http"',
      '  TRACE_QUIET_MS must be a whole number from 0 to 86400000, not "-5"',
      '',
    ].join('\n'),
  );
});

test('OL_BOOTSTRAP_KEY is accepted from the first start and marked; commands run beside the service', async () => {
  const bootstrap = `olk_${'a'.repeat(40)}`;
  const service = up({ OL_BOOTSTRAP_KEY: bootstrap });
  await service.line('ready');
  expect(await statusWith(bootstrap)).toBe(200);
  expect(service.output()).not.toContain('olk_');
  const cli = async (...args: string[]) => {
    const command = startProcess('cli', args, { env: { OL_DATA_DIR: dataDir } });
    return { code: await command.exited, output: command.output() };
  };
  expect((await cli('keys', 'list')).output).toMatch(
    / {2}bootstrap {2}admin {2}bootstrap {2}made .* valid\n$/,
  );
  const made = await cli('keys', 'create', '--principal', 'analyst Ann', '--roles', 'analyst');
  const key = /olk_\w+/.exec(made.output)?.[0] ?? '';
  const keyId = /key (\S+) of analyst Ann/.exec(made.output)?.[1] ?? '';
  expect(await statusWith(key)).toBe(200);
  expect(await cli('keys', 'revoke', keyId)).toEqual({ code: 0, output: `key ${keyId} is revoked\n` });
  await until('the end of the cached answer', async () => (await statusWith(key)) === 401);
  expect((await cli('tenants', 'create', 'acme')).output).toMatch(/^tenant acme has id \d+\n$/);
  expect(await cli('keys', 'list', '--tenant', 'nobody')).toEqual({
    code: 1,
    output: 'outcome-ledger: there is no tenant nobody; tenants create makes one\n',
  });
  expect(await cli('migrate')).toEqual({ code: 0, output: 'the schema is up to date\n' });
  service.kill('SIGTERM');
  expect(await service.exited).toBe(0);
});

(process.getuid?.() === 0 ? describe : describe.skip)('started by root', () => {
  test('a plain user without a home can run it', async () => {
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o777);
    const service = up({}, { uid: 65_534, gid: 65_534 });
    await service.line('ready');
    service.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(leftovers()).toEqual([]);
  });
});
