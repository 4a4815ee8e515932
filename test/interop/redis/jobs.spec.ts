import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openJobs } from '#jobs';
import { freePort } from '../../support/free-port.ts';
import { testJobs } from '../../support/jobs-battery.ts';
import { until } from '../../support/until.ts';

let server: ChildProcess;
let directory: string;
let url: string;
let redis: Redis;

beforeAll(async () => {
  const port = await freePort();
  directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-redis-'));
  server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
    {
      stdio: 'ignore',
    },
  );
  url = `redis://127.0.0.1:${port}`;
  redis = new Redis(url);
  redis.on('error', () => {});
  await redis.ping();
});
afterAll(async () => {
  redis.disconnect();
  server.kill('SIGKILL');
  await until('the end of Redis', () => server.signalCode !== null);
  rmSync(directory, { recursive: true });
});

testJobs({
  urls: () => ({ databaseUrl: null, redisUrl: url }),
  nowhere: { databaseUrl: null, redisUrl: 'redis://127.0.0.1:1' },
  cut: async () => {
    await redis.call('CLIENT', 'KILL', 'SKIPME', 'yes', 'TYPE', 'normal');
  },
});

test('all keys share one hash slot, as a cluster wants it', async () => {
  const keys = await redis.keys('*');
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((key) => !key.startsWith('{outcome-ledger}:'))).toEqual([]);
});

test('a Redis that was emptied gets its schedule back', async () => {
  const jobs = openJobs({ databaseUrl: null, redisUrl: url, onError: () => {}, rescheduleMs: 500 });
  let runs = 0;
  jobs.process('assemble-traces', async () => void (runs += 1), { concurrency: 1 });
  await jobs.schedule('assemble-traces', 300);
  await until('the schedule', () => runs > 0);
  await redis.flushall();
  const before = runs;
  await until('the schedule again', () => runs >= before + 2);
  await jobs.close();
});
