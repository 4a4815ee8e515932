import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import { RejectedInput, Unavailable } from '#model';
import { z } from 'zod';
import {
  Caller,
  createHttpApp,
  createMetrics,
  KeyAuthentication,
  ProcessLogger,
  Public,
  RequireRole,
  ServerModule,
  type Principal,
} from './index.ts';

const KEYS: Record<string, Partial<Principal>> = {
  olk_analyst_key_1: { roles: ['analyst'] },
  olk_admin_key_001: { roles: ['admin'] },
};
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const readKey = (secretHash: Buffer): Promise<Principal | null> => {
  const found = Object.entries(KEYS).find(([key]) => hashOf(key) === secretHash.toString('hex'));
  const known = { tenantId: 7n, principalId: 'p', keyId: 'k', roles: [], sources: null, kinds: null };
  return Promise.resolve(found === undefined ? null : { ...known, isBootstrap: false, ...found[1] });
};

const Thing = z.strictObject({ name: z.string().max(5), list: z.array(z.object({ n: z.int() })).optional() });

@Controller('things')
@RequireRole('analyst')
class Things {
  @Get()
  read(@Caller() caller: Principal): object {
    return { tenant: String(caller.tenantId) };
  }
  @Post()
  write(@Body({ schema: Thing }) thing: z.infer<typeof Thing>): object {
    if (thing.name === 'away') throw new Unavailable('the buffer is full', 1500, 'overloaded');
    if (thing.name === 'db') throw new Unavailable('the database cannot be reached', 1500);
    if (thing.name === 'twice') throw new RejectedInput('conflict', 'id used for other content', 'id');
    if (thing.name === 'bug') throw new Error('secret detail');
    return thing;
  }
  @Get('admin')
  @RequireRole('approver')
  admin(): object {
    return {};
  }
  @Get('numbered/:n/of/:name')
  numbered(
    @Param('n', { schema: z.string().regex(/^\d+$/, 'must be a number') }) n: string,
    @Param('name', { schema: z.string().max(5, 'has at most 5 characters') }) name: string,
  ): object {
    return { n, name };
  }
  @Get('open')
  @Public()
  open(): object {
    return {};
  }
}
@Controller('silent')
class Silent {
  @Get()
  read(): object {
    return {};
  }
}
@Module({})
class TestModule {}

const lines: string[] = [];
const logger = new ProcessLogger({ process: 'test', human: false, write: (line) => void lines.push(line) });
const moduleWith = (controllers: NonNullable<DynamicModule['controllers']>): DynamicModule => ({
  module: TestModule,
  controllers,
  imports: [
    ServerModule.with({
      keys: new KeyAuthentication(readKey),
      metrics: createMetrics('test'),
      checks: { good: () => Promise.resolve(), bad: () => Promise.reject(new Error('no')) },
      logger,
    }),
  ],
});

let app: NestFastifyApplication;
beforeEach(async () => {
  lines.length = 0;
  app = await createHttpApp(moduleWith([Things]), { maxBodyBytes: 200, logger });
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

const call = async (method: 'GET' | 'POST', path: string, key: string | null, payload?: object | string) => {
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  if (payload !== undefined) headers['content-type'] = 'application/json';
  const body = typeof payload === 'object' ? JSON.stringify(payload) : payload;
  const answer = await fetch(`${await app.getUrl()}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, headers: answer.headers, body: AnyObject.parse(await answer.json()) };
};
const AnyObject = z.record(z.string(), z.unknown());

test('an app with a route that states no role does not start', async () => {
  await expect(createHttpApp(moduleWith([Things, Silent]), { maxBodyBytes: 200, logger })).rejects.toThrow(
    'Silent.read',
  );
});

test.each([
  ['/things', null, 401],
  ['/things', 'olk_unknown_key_99', 401],
  ['/things', 'other', 401],
  ['/things', 'olk_analyst_key_1', 200],
  ['/things', 'olk_admin_key_001', 200],
  ['/things/admin', 'olk_analyst_key_1', 403],
  ['/things/admin', 'olk_admin_key_001', 200],
  ['/things/open', null, 200],
  ['/health/live', null, 200],
  ['/nowhere', null, 404],
])('GET %s with key %s is %i', async (url, key, status) => {
  expect((await call('GET', url, key)).status).toBe(status);
});

test.each<[string, object | string, number, object]>([
  [
    'a field that breaks its rule',
    { name: 'too long', list: [{ n: 1.5 }] },
    400,
    {
      title: 'Bad Request',
      detail: '2 fields break a rule',
      errors: [
        { field: 'name', message: 'Too big: expected string to have <=5 characters' },
        { field: 'list[0].n', message: 'Invalid input: expected int, received number' },
      ],
    },
  ],
  [
    'an unknown field',
    { name: 'a', other: 1 },
    400,
    {
      title: 'Bad Request',
      errors: [{ field: '', message: 'Unrecognized key: "other"' }],
      detail: 'Unrecognized key: "other"',
    },
  ],
  ['no JSON', '{', 400, { title: 'Bad Request' }],
  ['a body over the limit', { name: 'x'.repeat(300) }, 413, { title: 'Content Too Large' }],
  [
    'a refusal',
    { name: 'twice' },
    409,
    {
      title: 'Conflict',
      detail: 'id used for other content',
      errors: [{ field: 'id', message: 'id used for other content' }],
    },
  ],
  ['back-pressure', { name: 'away' }, 429, { title: 'Too Many Requests', retryAfterSeconds: 2 }],
  ['a database that is away', { name: 'db' }, 503, { title: 'Service Unavailable', retryAfterSeconds: 2 }],
])('%s is answered as problem details', async (_, payload, status, problem) => {
  const answer = await call('POST', '/things', 'olk_analyst_key_1', payload);
  expect(answer.body).toMatchObject({ type: 'about:blank', status, ...problem });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  if ('retryAfterSeconds' in problem) expect(answer.headers.get('retry-after')).toBe('2');
});

test.each([
  ['/things/numbered/x/of/a', 'n', 'must be a number'],
  ['/things/numbered/1/of/abcdef', 'name', 'has at most 5 characters'],
])('%s is refused by the name of the part that is wrong', async (path, field, message) => {
  expect(await call('GET', path, 'olk_analyst_key_1')).toMatchObject({
    status: 400,
    body: { detail: `${field}: ${message}`, errors: [{ field, message }] },
  });
});

test('a bug is a 500 that keeps its cause to the log', async () => {
  const answer = await call('POST', '/things', 'olk_analyst_key_1', { name: 'bug' });
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain('secret');
  const logged = lines
    .map((line) => AnyObject.parse(JSON.parse(line)))
    .find((line) => line['level'] === 'error');
  expect(logged).toMatchObject({
    instance: answer.body['instance'],
    route: '/things',
    error: { message: 'secret detail' },
  });
});

test('readiness names each check and fails with any of them', async () => {
  expect(await call('GET', '/health/ready', null)).toMatchObject({
    status: 503,
    body: { status: 'unavailable', checks: { good: 'ok', bad: 'failed' } },
  });
});

test('metrics are served in the text format with the process as a label', async () => {
  const answer = await fetch(`${await app.getUrl()}/metrics`);
  expect(await answer.text()).toContain('process_cpu_seconds_total{process="test"}');
});
