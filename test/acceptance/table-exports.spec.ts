// Goal: a large table is written in the background, says how far it is, and is the file that the API streams.
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildExports, type ExportParts } from '../../apps/worker/src/export/build-exports.ts';
import { buildTable } from '../../apps/worker/src/export/build-table.ts';
import { claimExport, isTableExport } from '#store';
import { Desk } from '../support/desk.ts';
import { readParquet } from '../support/read-parquet.ts';
import { startTestService, type TestService } from '../support/service.ts';

const ITEMS = 7;
let service: TestService;
let desk: Desk;
let size: number;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  desk = await Desk.begin(service, 'tables');
  await desk.price('3');
  for (let n = 1; n <= ITEMS; n += 1)
    await desk.send({
      id: `${desk.tenant.tenantId} ${n}`,
      ticket: `T${n}`,
      at: `2026-0${n}-05T10:00:00Z`,
      inputTokens: 1000 * n,
    });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-01-06T10:00:00Z' });
  await desk.settle();
  size = await desk.seal();
});
afterAll(() => service.stop());

const parts = (exportBytes = 10_000_000, keepMs = 60_000): ExportParts => ({
  db: service.database.db,
  nowUs: () => BigInt(Date.now()) * 1000n,
  contentKeys: service.parts.contentKeys,
  limits: { exportTraces: 10, exportBytes, exportKeepMs: keepMs },
  spoolDir: mkdtempSync(join(tmpdir(), 'tables-')),
  readKit: notNeeded,
  signersOf: () => Promise.resolve({ tenant: desk.log.slug, signers: [] }),
  onFailure: (_, error) => {
    throw error;
  },
});
const notNeeded = (): never => {
  throw new Error('a table needs nothing of a bundle');
};
const ask = (body: object): Promise<any> => desk.post('/v1/exports/tables', body);
const read = async (id: string): Promise<any> => JSON.parse(await desk.text(`/v1/exports/tables/${id}`));

test.each([
  ['the journal', { kind: 'journal', format: 'csv' }, '/v1/ledger/journal?format=csv'],
  [
    'a month of it',
    { kind: 'journal', format: 'ndjson', period: '2026-02' },
    '/v1/ledger/journal?format=ndjson&period=2026-02',
  ],
  ['FOCUS', { kind: 'focus', format: 'csv' }, '/v1/focus?format=csv'],
  [
    'days of it',
    { kind: 'focus', format: 'ndjson', from: '2026-02-01', to: '2026-04-01' },
    '/v1/focus?format=ndjson&from=2026-02-01&to=2026-04-01',
  ],
])('%s is the file that is streamed at its size', async (_, body, streamed) => {
  const asked = await ask(body);
  expect(asked).toMatchObject({ ...body, state: 'waiting', done: 0, bytes: null, sha256: null, size });
  expect((await desk.call(`/v1/exports/tables/${asked.exportId}/file`)).status).toBe(409);
  expect(await buildExports(parts())).toBe(1);
  const answer = await fetch(`${service.api.url}/v1/exports/tables/${asked.exportId}/file`, {
    headers: { authorization: `Bearer ${desk.key}` },
  });
  const file = Buffer.from(await answer.arrayBuffer());
  expect(file.toString()).toBe(await desk.text(`${streamed}&size=${size}`));
  const digest = createHash('sha256').update(file).digest();
  const ready = await read(asked.exportId);
  expect(ready).toMatchObject({
    state: 'ready',
    error: null,
    bytes: file.length,
    sha256: digest.toString('hex'),
  });
  expect([ready.done, ready.total > 0, ready.units]).toEqual([
    ready.total,
    true,
    body.kind === 'focus' ? 'traces' : 'transactions',
  ]);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-length': String(file.length),
    'content-type': body.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
    'content-disposition': `attachment; filename="${body.kind}-${asked.exportId}.${body.format}"`,
    'repr-digest': `sha-256=:${digest.toString('base64')}:`,
  });
});

test('work items have a row each, with what is known of their cost', async () => {
  const asked = await ask({ kind: 'work_items', format: 'parquet', from: '2026-01-01', to: '2026-03-01' });
  expect(asked).toMatchObject({ size: null, from: '2026-01-01', to: '2026-03-01', workItemKind: null });
  await buildExports(parts());
  const { rows } = await readParquet(await desk.bytes(`/v1/exports/tables/${asked.exportId}/file`));
  expect(
    rows.map(({ key, phase, calls, cost_usd: cost, is_lower_bound: low }) => [key, phase, calls, cost, low]),
  ).toEqual([
    ['T1', 'achieved', 1n, '0.003', false],
    ['T2', 'open', 1n, '0.006', false],
  ]);
  const listed = JSON.parse(await desk.text('/v1/work-items?from=2026-01-01&to=2026-03-01')).items;
  expect(rows.map(({ cost_usd: cost }) => cost)).toEqual(listed.map((item: any) => item.cost.costUsd));
});

test('progress is told in units of the table while it is written', async () => {
  const asked = await ask({ kind: 'journal', format: 'csv' });
  const row = await claimExport(service.database.db, BigInt(Date.now()) * 1000n, 60_000, asked.exportId);
  if (row === null || !isTableExport(row)) throw new Error('the table that was asked for was not claimed');
  await expect(buildTable(parts(1_000), row, 60_000)).rejects.toThrow(
    'the file is over the limit of 1000 bytes',
  );
  const { state, units, done, total } = await read(asked.exportId);
  expect({ state, units, done }).toEqual({ state: 'building', units: 'transactions', done: 0 });
  expect(total).toBeGreaterThan(0);
  const other = await ask({ kind: 'journal' });
  await buildExports(parts(1_000));
  expect(await read(other.exportId)).toMatchObject({
    state: 'failed',
    error: 'the file is over the limit of 1000 bytes: ask for less',
  });
});

test('a file expires, and is asked for again', async () => {
  const asked = await ask({ kind: 'work_items' });
  await buildExports(parts(10_000_000, -1));
  await buildExports(parts());
  expect(await read(asked.exportId)).toMatchObject({ state: 'dropped' });
  expect((await desk.call(`/v1/exports/tables/${asked.exportId}/file`)).status).toBe(409);
});

test('bundles and tables are not mixed up, and bad questions name the field', async () => {
  const { items } = JSON.parse(await desk.text('/v1/exports/tables'));
  expect(items).toHaveLength(8);
  expect(JSON.parse(await desk.text('/v1/exports'))).toEqual({ items: [] });
  expect((await desk.call(`/v1/exports/${items[0].exportId}`)).status).toBe(404);
  const refused = async (body: object): Promise<unknown> => {
    const answer = await desk.call('/v1/exports/tables', { body });
    return [answer.status, JSON.stringify(answer.body)];
  };
  expect(await refused({ kind: 'spans' })).toEqual([400, expect.stringContaining('kind')]);
  expect(await refused({ kind: 'journal', from: '2026-01-01' })).toEqual([
    400,
    expect.stringContaining('from'),
  ]);
  expect(await refused({ kind: 'journal', size: 1_000_000 })).toEqual([422, expect.stringContaining('size')]);
  expect(await refused({ kind: 'focus', from: '2026-02-01', to: '2026-02-01' })).toEqual([
    422,
    expect.stringContaining('to'),
  ]);
});
