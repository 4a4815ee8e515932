import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, makeTenant, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.db);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

test('the page stands at every address of the console, names only files of this server, and may run only those', async () => {
  const page = await api.call<string>('/console/');
  const deep = await api.call<string>('/console/demo/workflows/Insurance%20claims?from=2026-10-01');
  expect({ status: deep.status, isSame: deep.body === page.body }).toEqual({ status: 200, isSame: true });
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
  expect(addresses.map((address) => address.replace(/-[A-Z0-9]{8}\./, '-*.'))).toEqual([
    '/console/icon.svg',
    '/console/assets/main-*.css',
    // What the script imports, fetched along with it.
    ...addresses.slice(2, -1).map(() => '/console/assets/chunk-*.js'),
    '/console/assets/main-*.js',
  ]);
  for (const address of addresses) expect((await api.call(address)).status).toBe(200);
  expect(page.body).not.toMatch(/<script(?! type="module" src=)|style=|https?:\/\/(?!www\.w3\.org)/);
});

test('a file with a digest in its name is kept for a year, and comes compressed to who can read it', async () => {
  const { body } = await api.call<string>('/console/');
  const script = /src="([^"]+)"/.exec(body)![1]!;
  const get = async (encoding: string) => {
    const answer = await fetch(api.url + script, { headers: { 'accept-encoding': encoding } });
    return {
      encoding: answer.headers.get('content-encoding'),
      type: answer.headers.get('content-type'),
      caching: answer.headers.get('cache-control'),
      digest: (await answer.text()).length,
    };
  };
  const plain = await get('identity');
  expect(plain).toEqual({
    encoding: null,
    type: 'text/javascript; charset=utf-8',
    caching: 'public, max-age=31536000, immutable',
    digest: expect.any(Number),
  });
  expect(await get('gzip, br')).toEqual({ ...plain, encoding: 'br' });
  expect(await get('gzip')).toEqual({ ...plain, encoding: 'gzip' });
});

test.each(['/', '/console'])('%s leads to the console', async (path) => {
  const answer = await fetch(api.url + path, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console/']);
});

test.each(['/console/assets/main-00000000.js', '/elsewhere'])(
  '%s is no file of the console',
  async (path) => {
    const { status, headers } = await api.call(path);
    expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  },
);

test('a key says whose it is', async () => {
  const tenant = await makeTenant(database.db, 'shown');
  const key = await tenant.key(['outcomes'], { sources: ['/desk'], kinds: ['ticket'] });
  expect((await api.call('/v1/me', { key })).body).toEqual({
    tenant: 'shown',
    principal: { principalId: expect.any(String), name: 'outcomes' },
    keyId: expect.any(String),
    roles: ['outcomes'],
    sources: ['/desk'],
    kinds: ['ticket'],
    otlp: { httpPort: 4318, grpcPort: 4317 },
    engine: 'test',
  });
  expect((await api.call('/v1/me')).status).toBe(401);
});
