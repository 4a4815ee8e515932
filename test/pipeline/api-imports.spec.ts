import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { leavesWaiting } from '../support/leaves-waiting.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let api: TestApi;
let tenant: TestTenant;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.db, {
    OL_MAX_IMPORT_BYTES: String(1024 * 1024),
    OL_MAX_EVENT_BYTES: '2000',
    OL_MAX_IMPORT_ERRORS: '5',
  });
  tenant = await makeTenant(database.db, 'acme');
  key = await tenant.key(['outcomes'], { kinds: ['ticket', 'order'] });
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const send = (contentType: string, body: string, query = '') =>
  api.call(`/v1/imports${query}`, { key, body, headers: { 'content-type': contentType } });
const CSV = 'text/csv; charset=utf-8';
const NDJSON = 'application/x-ndjson';
const event = (id: string, more: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/export',
    type: 'ticket.resolved',
    subject: id,
    ...more,
  });
const stored = async (source: string): Promise<number> => {
  const { rows } = await database.db.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM outcome_events WHERE tenant_id = $1 AND source = $2',
    [tenant.tenantId, source],
  );
  return rows[0]!.n;
};

test('a CSV is imported line by line; bad lines are told with number, field and rule', async () => {
  const csv = [
    '\uFEFFid,source,type,subject,time,value_amount,value_currency,conversation_id,data.reason',
    '1,/csv,ticket.resolved,T1,2026-10-01T10:00:00Z,12.50,USD,c-1,"two',
    'lines"',
    '2,/csv,ticket.resolved,T2,yesterday,,,,',
    '3,/csv,claim.processed,C1,,,,,',
    '4,/csv,ticket.escalated,T4,2026-10-01T10:00:00Z,,,,',
    '5,/csv,ticket.resolved',
    '',
    '6,/csv,ticket.resolved,T6,2026-10-01T10:00:00Z,1.5,,,',
    '1,/csv,ticket.resolved,T1,2026-10-01T10:00:00Z,12.50,USD,c-1,"two',
    'lines"',
  ].join('\r\n');
  const importId = randomUUID();
  const answer = await send(CSV, csv, `?import_id=${importId}`);
  expect([answer.status, answer.headers.get('location')]).toEqual([201, `/v1/imports/${importId}`]);
  expect(answer.body).toMatchObject({
    importId,
    format: 'csv',
    state: 'done',
    linesRead: 7,
    stored: 2,
    duplicate: 1,
    setAside: 1,
    rejected: 4,
  });
  expect(answer.body.errors.map((error: any) => [error.line, error.field])).toEqual([
    [4, 'time'],
    [5, 'type'],
    [7, null],
    [9, 'data.value.currency'],
  ]);
  const [leaf] = await leavesWaiting(database.db, tenant.tenantId, ['import']);
  expect(leaf).toEqual({
    v: 1,
    kind: 'import',
    recordedAt: expect.any(String),
    import: importId,
    format: 'csv',
    sha256: createHash('sha256').update(csv).digest('base64'),
    lines: 7,
    stored: 2,
    duplicate: 1,
    setAside: 1,
    rejected: 4,
    key: expect.any(String),
  });
  const analyst = await tenant.key(['analyst']);
  expect((await api.call(`/v1/imports/${importId}`, { key: analyst })).body).toEqual(answer.body);
  const read = await api.call('/v1/outcomes?source=/csv&key=T1', { key: analyst });
  expect(read.body.items).toMatchObject([
    {
      time: '2026-10-01T10:00:00Z',
      value: { amount: '12.5', currency: 'USD' },
      data: { reason: 'two\r\nlines', conversationId: 'c-1' },
    },
  ]);
  expect((await send(CSV, csv, `?import_id=${importId}`)).status).toBe(409);
  expect((await send(CSV, csv)).body).toMatchObject({ stored: 0, duplicate: 3, rejected: 4 });
});

test('NDJSON is imported; lines over the limit and lines that are not JSON are refused alone', async () => {
  const lines = [event('n1'), '{', '', event('n2', { data: { long: 'x'.repeat(3000) } }), event('n3'), 'ü'];
  const { body } = await send(NDJSON, lines.join('\n'));
  expect(body).toMatchObject({ linesRead: 5, stored: 2, rejected: 3 });
  expect(body.errors).toEqual([
    { line: 2, field: null, reason: 'is not JSON' },
    { line: 4, field: null, reason: 'a line has at most 2000 bytes' },
    { line: 6, field: null, reason: 'is not JSON' },
  ]);
});

test('chunks are stored as they are read, and only so many errors are listed', async () => {
  const lines = Array.from({ length: 1300 }, (_, n) =>
    n % 100 === 0 ? 'bad' : event(`many-${n}`, { source: '/many' }),
  );
  const { body } = await send(NDJSON, lines.join('\n'));
  expect([body.linesRead, body.stored, body.rejected, body.errors.length]).toEqual([1300, 1287, 13, 5]);
  expect(await stored('/many')).toBe(1287);
});

test.each<[string, string, string, number, RegExp]>([
  ['an unknown column', CSV, 'id,source,type,subject,colour\n1,/x,ticket.resolved,T,red', 400, /colour/],
  ['a missing column', CSV, 'id,source,type\n1,/x,ticket.resolved', 400, /subject/],
  ['a column named twice', CSV, 'id,source,type,subject,id\n1,/x,ticket.resolved,T,1', 400, /twice/],
  ['another media type', 'application/json', '{}', 400, /text\/csv/],
])('%s refuses the file', async (_, contentType, body, status, detail) => {
  const answer = await send(contentType, body);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toMatch(detail);
  expect(await stored('/x')).toBe(0);
});

test.each([
  ['a file over the limit', NDJSON, () => `${event('big-1', { source: '/big' })}\n`.repeat(12_000), 413],
  [
    'a quote that is not closed',
    CSV,
    () => 'id,source,type,subject\nq1,/quote,ticket.resolved,T1\nq2,/quote,ticket.resolved,"T2\n',
    400,
  ],
])('%s keeps what was read before it, and says so', async (_, contentType, body, status) => {
  const importId = randomUUID();
  const answer = await send(contentType, body(), `?import_id=${importId}`);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toContain(`1 events before it are stored, see /v1/imports/${importId}`);
  expect((await api.call(`/v1/imports/${importId}`, { key })).body).toMatchObject({
    state: 'interrupted',
    stored: 1,
  });
});

test('progress is seen while a file arrives; a lost connection interrupts it and keeps the chunks', async () => {
  const importId = randomUUID();
  const upload = request(`${api.url}/v1/imports?import_id=${importId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': NDJSON },
  });
  upload.on('error', () => {});
  for (let n = 0; n < 600; n++) upload.write(`${event(`slow-${n}`, { source: '/slow' })}\n`);
  const progress = async () => (await api.call(`/v1/imports/${importId}`, { key })).body;
  await until('the first chunk', async () => (await progress()).stored === 500);
  expect(await progress()).toMatchObject({ state: 'running', linesRead: 500, endedAt: null });
  upload.destroy();
  await until('the end of the import', async () => (await progress()).state === 'interrupted');
  expect(await stored('/slow')).toBeGreaterThanOrEqual(500);
});
