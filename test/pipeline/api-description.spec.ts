import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { ENGINE_VERSION } from '../../apps/api/src/engine-version.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openApiTypes } from '../support/open-api-types.ts';

let database: TestDatabase;
let api: TestApi;
let description: any;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.db);
  description = (await api.call('/openapi.json')).body;
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

test('the description is valid OpenAPI 3.1', async () => {
  expect(description.openapi).toBe('3.1.0');
  expect(await new Validator().validate(structuredClone(description))).toEqual({ valid: true });
});

test('every reference leads to a component, and every component is led to', () => {
  const text = JSON.stringify(description);
  const references = new Set(
    [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
  );
  expect(references).toEqual(new Set(Object.keys(description.components.schemas)));
});

test('every operation says what it is for, what it answers and what its parameters are', () => {
  const operations = Object.entries<any>(description.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const bare = operations
    .filter(({ path }) => path.startsWith('/v1/'))
    .filter(
      ({ operation }) =>
        !operation.summary || !Object.keys(operation.responses).some((status) => status.startsWith('20')),
    )
    .map(({ path, method }) => `${method} ${path}`);
  expect(bare).toEqual([]);
  const report = description.paths['/v1/reports/{name}'].get;
  expect(report.parameters.map(({ name }: any) => name)).toEqual([
    'Outcome-Ledger-Snapshot',
    'name',
    'view',
    'from',
    'to',
    'group_by',
    'outcome_type',
    'format',
    'basis',
    'as_of',
    'size',
    'currency',
    'cursor',
    'limit',
  ]);
});

test('a component says what it holds', () => {
  const row = description.components.schemas.CostPerOutcomeRow;
  expect(row.required).toEqual(
    expect.arrayContaining(['workItems', 'costUsd', 'costPerOutcomeUsd', 'grade']),
  );
  expect(description.components.schemas.CloudEvent.required).toEqual([
    'specversion',
    'id',
    'source',
    'type',
    'subject',
  ]);
});

test('the paths of the contract are there', () => {
  expect(Object.keys(description.paths)).toEqual(
    expect.arrayContaining([
      '/v1/outcomes',
      '/v1/outcomes/{outcomeId}',
      '/v1/imports',
      '/v1/imports/{importId}',
      '/v1/work-items',
      '/v1/work-items/{kind}/{key}',
      '/v1/work-items/{kind}/{key}/cost',
      '/v1/work-items/{kind}/{key}/trail',
      '/v1/reports/{name}',
      '/v1/ledger/accounts',
      '/v1/ledger/transactions',
      '/v1/ledger/trial-balance',
      '/v1/set-aside',
      '/v1/price-books',
      '/v1/price-books/{book}/versions/{version}',
      '/v1/definitions',
      '/v1/policies',
      '/v1/key-mappings',
      '/v1/baselines',
      '/v1/principals',
      '/v1/keys',
      '/v1/keys/{keyId}',
    ]),
  );
});

test('the types of the console are those of the description (UPDATE_GOLDEN=1 writes them anew)', async () => {
  const file = new URL('../../apps/console/src/api/wire-types.ts', import.meta.url);
  const types = await openApiTypes(description);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, types);
  expect(types).toBe(readFileSync(file, 'utf8'));
});

test('the documentation page and all it loads come from this server', async () => {
  const page = await api.call<string>('/docs');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
  expect(files).toHaveLength(4);
  for (const file of files) {
    expect(file).toMatch(/^\/docs\//);
    expect((await api.call(file)).status).toBe(200);
  }
});

test('the engine version is the package version', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(ENGINE_VERSION).toBe(version);
});

test('every report is in every format, and carries what it ties to', () => {
  const inFull = (schema: any): any =>
    schema.$ref === undefined
      ? schema
      : inFull(description.components.schemas[schema.$ref.split('/').at(-1)]);
  const reports = Object.entries<any>(description.paths).filter(([path]) => path.startsWith('/v1/reports/'));
  expect(reports.length).toBeGreaterThanOrEqual(4);
  expect(
    reports.map(([path, { get }]) => {
      const content = get.responses['200'].content;
      const answers = content['application/json'].schema;
      const format = get.parameters.find(({ name }: any) => name === 'format');
      const all = answers.anyOf ?? answers.oneOf ?? [answers];
      return {
        path,
        formats: inFull(format.schema).enum,
        isTied: all.every((each: any) => inFull(each).required.includes('tieOut')),
      };
    }),
  ).toEqual(reports.map(([path]) => ({ path, formats: ['json', 'csv', 'ndjson', 'parquet'], isTied: true })));
});
