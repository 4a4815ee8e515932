import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { environment, InvalidConfig, readConfig } from './config.ts';

test('an empty environment gives the documented defaults', () => {
  const { limits, ...config } = readConfig({});
  expect(config).toEqual({
    dataDir: resolve('.outcome-ledger'),
    keyDir: resolve('.outcome-ledger/keys'),
    logOrigin: null,
    witnesses: [],
    recipients: [],
    databaseUrl: null,
    redisUrl: null,
    bind: '127.0.0.1',
    apiPort: 3000,
    otlpHttpPort: 4318,
    otlpGrpcPort: 4317,
    workerPort: 9464,
    bootstrapKey: null,
    traceQuietMs: 5000,
    traceMaxWaitMs: 600_000,
    spanMaxAgeDays: 1100,
    spanKeepDays: null,
    backupDays: 30,
  });
  expect(limits.bodyBytes).toBe(33_554_432);
});

test('what is read cannot be changed', () => {
  const config = readConfig({});
  expect([Object.isFrozen(config), Object.isFrozen(config.limits)]).toEqual([true, true]);
});

test('an empty value counts as not set, as compose files write it', () => {
  expect(readConfig({ DATABASE_URL: '', OL_API_PORT: '', OL_KEY_DIR: '' })).toEqual(readConfig({}));
});

test.each([
  [{ OL_DATA_DIR: '/data' }, { dataDir: '/data', keyDir: '/data/keys' }],
  [
    { OL_DATA_DIR: '/data', OL_KEY_DIR: '/keys' },
    { dataDir: '/data', keyDir: '/keys' },
  ],
  [
    { OL_API_PORT: '0', OL_WORKER_PORT: '0' },
    { apiPort: 0, workerPort: 0 },
  ],
  [{ DATABASE_URL: 'postgres://u:p@h/d' }, { databaseUrl: 'postgres://u:p@h/d' }],
  [{ REDIS_URL: 'rediss://h:6380' }, { redisUrl: 'rediss://h:6380' }],
  [{ OL_BIND: '::' }, { bind: '::' }],
])('%j is read as %j', (env, expected) => {
  expect(readConfig(env)).toMatchObject(expected);
});

test('all bad variables are listed at once, and no secret is repeated', () => {
  const read = () =>
    readConfig({
      OL_API_PORT: '70000',
      OL_MAX_DEPTH: 'deep',
      DATABASE_URL: 'mysql://user:secret@h/d',
      OL_BOOTSTRAP_KEY: 'olk_secret',
      SPAN_MAX_AGE_DAYS: '-1',
    });
  expect(read).toThrow(InvalidConfig);
  expect(read).toThrow(
    [
      'the environment is not usable:',
      '  DATABASE_URL must be a URL that begins with postgresql:// or postgres://',
      '  OL_API_PORT must be a whole number from 0 to 65535, not "70000"',
      '  OL_BOOTSTRAP_KEY must be olk_ and 32 to 128 letters or digits',
      '  SPAN_MAX_AGE_DAYS must be a whole number from 1 to 36500, not "-1"',
      '  OL_MAX_DEPTH must be a whole number from 4 to 128, not "deep"',
    ].join('\n'),
  );
});

test.each([
  [
    { TRACE_QUIET_MS: '10', TRACE_MAX_WAIT_MS: '5' },
    'TRACE_MAX_WAIT_MS must not be smaller than TRACE_QUIET_MS',
  ],
  [
    { SPAN_KEEP_DAYS: '90', SPAN_MAX_AGE_DAYS: '90' },
    'SPAN_KEEP_DAYS must be greater than SPAN_MAX_AGE_DAYS (90), or 0: kept for ever',
  ],
  [{ OL_API_PORT: '4318' }, 'OL_OTLP_HTTP_PORT must differ from OL_API_PORT: both are 4318'],
])('%j breaks a rule between variables', (env, problem) => {
  expect(() => readConfig(env)).toThrow(problem);
});

test('.env.example lists every variable with its default, and nothing else', () => {
  const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').split('\n');
  const listed = lines.flatMap((line) => {
    const match = /^([A-Z_]+)=(.*)$/.exec(line);
    return match ? [[match[1], match[2]]] : [];
  });
  const defaults = Object.entries(environment.parse({})).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(String).join(';') : `${value ?? ''}`,
  ]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(defaults));
});
