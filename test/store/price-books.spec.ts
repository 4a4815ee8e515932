import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildPriceIndex, chargeUsage, plainRow, type DraftRow, type PriceRow } from '#pricing';
import {
  openTenant,
  asTenant,
  createTenant,
  inTransaction,
  installShippedBook,
  planPriceBook,
  priceBookRoot,
  readBookRows,
  readPrice,
  readPriceBooks,
  readPriceRows,
  SHIPPED_PRICES,
  recordPriceBook,
  type PriceList,
} from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { leavesWaiting } from '../support/leaves-waiting.ts';

const NOW_US = BigInt(Date.parse('2026-11-21T10:00:00Z')) * 1000n;
let database: TestDatabase;
let acme: bigint;
let other: bigint;
beforeAll(async () => {
  database = await createTestDatabase();
  acme = await createTenant(database.db, 'acme');
  other = await createTenant(database.db, 'other');
});
afterAll(() => database.drop());

const contract = (rows: readonly DraftRow[], mode: PriceList['mode'] = { kind: 'add' }): PriceList => ({
  tenantId: acme,
  book: 'contract',
  source: 'framework agreement',
  rows,
  mode,
  createdBy: null,
  recordedAtUs: NOW_US,
});
const record = (list: PriceList) =>
  asTenant(database.db, list.tenantId, (client) => recordPriceBook(client, list));
const leaves = async (subject: string) => {
  const { rows } = await database.db.query<{ tenant_id: bigint; body: Buffer }>(
    `SELECT tenant_id, body FROM evidence_inbox WHERE kind = 'price.book' AND subject_id = $1 ORDER BY seq`,
    [subject],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, ...Object(JSON.parse(row.body.toString())) }));
};
const facts = async () => {
  const { rows } = await database.db.query(
    `SELECT tenant_id, cause, detail FROM fact_inbox WHERE kind = 'price.book' ORDER BY id`,
  );
  return rows;
};

test('a book is stored with its leaf and its fact; the same again stores nothing; a correction is a version', async () => {
  const july = '2026-07-01T00:00:00Z';
  const mini = plainRow('openai', 'gpt-4.1-mini', { in_uncached: '300000', out_text: '1200000' });
  const full = { ...plainRow('openai', 'gpt-4.1', { in_uncached: '1500000' }), validFrom: july };
  expect(await record(contract([mini, full]))).toMatchObject({ version: 1, rowCount: 2 });
  expect(await record(contract([mini, full]))).toBeNull();
  const first = await readBookRows(database.db, acme, 'contract');
  expect(await leaves('contract@1')).toEqual([
    {
      tenantId: acme,
      v: 1,
      kind: 'price.book',
      recordedAt: '2026-11-21T10:00:00.000000000Z',
      book: 'contract',
      version: 1,
      isShipped: false,
      source: 'framework agreement',
      rows: { count: 2, root: priceBookRoot(first).toString('base64') },
    },
  ]);
  expect(await record(contract([{ ...full, prices: { in_uncached: '1400000' } }]))).toMatchObject({
    version: 2,
    rowCount: 1,
  });
  expect(await facts()).toEqual([
    {
      tenant_id: acme,
      cause: 'price.book:tenant:contract@1',
      detail: { book: 'contract', version: 1, providers: ['openai'], validFrom: null, validTo: null },
    },
    {
      tenant_id: acme,
      cause: 'price.book:tenant:contract@2',
      detail: { book: 'contract', version: 2, providers: ['openai'], validFrom: july, validTo: null },
    },
  ]);
  expect((await readBookRows(database.db, acme, 'contract')).length).toBe(3);
  expect(await readBookRows(database.db, acme, 'contract', 1)).toEqual(first);
  expect(priceOf(await readPriceRows(database.db, [SHIPPED_PRICES, acme]), 'gpt-4.1')).toBe(1_400_000n);
});

test('a plan records nothing; by its root just the planned rows are recorded; one fact is given once', async () => {
  const list = { ...contract([plainRow('openai', 'planned', { in_uncached: '5' })]), book: 'planned' };
  const recordBy = (rows: readonly DraftRow[], root: Buffer) =>
    asTenant(database.db, acme, (client) => recordPriceBook(client, { ...list, rows }, root));
  const plan = await asTenant(database.db, acme, (client) => planPriceBook(client, list));
  expect(plan).toMatchObject({ version: 1, standing: [], rows: [{ model: 'planned', version: 1 }] });
  expect(await readBookRows(database.db, acme, 'planned')).toEqual([]);
  const root = priceBookRoot(plan!.rows);
  const dearer = [plainRow('openai', 'planned', { in_uncached: '6' })];
  await expect(recordBy(dearer, root)).rejects.toMatchObject({ code: 'conflict', field: 'root' });
  expect(await recordBy(list.rows, root)).toMatchObject({ version: 1, root });
  expect(await asTenant(database.db, acme, (client) => planPriceBook(client, list))).toBeNull();
  await expect(recordBy(list.rows, root)).rejects.toMatchObject({ code: 'conflict' });
  await expect(record({ ...list, rows: [...dearer, ...dearer] })).rejects.toMatchObject({
    code: 'invalid',
    field: 'rows',
  });
  expect(await readBookRows(database.db, acme, 'planned')).toEqual(plan!.rows);
});

/** What one input token of an OpenAI model costs in November 2026. */
function priceOf(rows: readonly PriceRow[], model: string): bigint | string {
  const usage = { tokens: { in_uncached: 1n }, units: {} };
  const names = { provider: 'openai', modelResponse: model, modelRequest: null };
  const [charge] = chargeUsage(
    { ...names, usage, usageState: 'reported', startedAtNs: NOW_US * 1000n, serviceTier: null },
    buildPriceIndex(rows),
  );
  return charge!.state === 'priced' ? charge!.amountPico : charge!.reason;
}

test('versions recorded at the same time are numbered one after the other', async () => {
  const models = ['a', 'b', 'c', 'd', 'e'];
  const heads = await Promise.all(
    models.map((model) =>
      record({ ...contract([plainRow('openai', model, { in_uncached: '1' })]), book: 'racing' }),
    ),
  );
  expect(new Set(heads.map((head) => head?.version))).toEqual(new Set([1, 2, 3, 4, 5]));
});

test('the shipped book prices every tenant, is proved in every log, and is installed once', async () => {
  const install = () => inTransaction(database.db, (client) => installShippedBook(client, NOW_US));
  const [head, again] = await Promise.all([install(), install()]);
  const made = head ?? again;
  expect([head, again].filter((each) => each === null)).toHaveLength(1);
  expect(made).toMatchObject({ tenantId: 0n, book: 'genai-prices', version: 1 });
  expect(made!.rowCount).toBeGreaterThan(1_500);
  expect(await install()).toBeNull();
  expect((await leaves('genai-prices@1')).map(({ tenantId }) => tenantId)).toEqual([acme, other]);
  expect((await facts()).filter(({ cause }) => cause === 'price.book:shipped:genai-prices@1')).toHaveLength(
    2,
  );
  const late = await inTransaction(database.db, async (client) => {
    const tenantId = await openTenant(client, 'late', NOW_US);
    return tenantId;
  });
  expect(await leaves('genai-prices@1')).toHaveLength(3);
  expect(await leavesWaiting(database.db, late, ['tenant', 'price.book'])).toMatchObject([
    { kind: 'tenant', tenant: 'late', state: 'made', by: null },
    { kind: 'price.book' },
  ]);
  // The contract of acme holds for acme alone.
  expect(priceOf(await readPriceRows(database.db, [SHIPPED_PRICES, acme]), 'gpt-4.1')).toBe(1_400_000n);
  for (const tenantId of [other, late])
    expect(priceOf(await readPriceRows(database.db, [SHIPPED_PRICES, tenantId]), 'gpt-4.1')).toBe(2_000_000n);
});

test('a tenant sees its own books and the shipped ones, and writes only its own', async () => {
  const books = (tenantId: bigint) =>
    asTenant(database.db, tenantId, async (client) =>
      (await readPriceBooks(client, tenantId)).map((each) => `${each.book}@${each.version}`),
    );
  expect(await books(other)).toEqual(['genai-prices@1']);
  expect((await books(acme)).slice(0, 3)).toEqual(['genai-prices@1', 'contract@1', 'contract@2']);
  const [row] = await readBookRows(database.db, acme, 'contract');
  expect(await asTenant(database.db, acme, (client) => readPrice(client, acme, row!.priceId))).toEqual(row);
  expect(await asTenant(database.db, other, (client) => readPrice(client, acme, row!.priceId))).toBeNull();
  const foreign = { ...contract([plainRow('openai', 'x', { in_uncached: '1' })]), tenantId: 0n };
  await expect(asTenant(database.db, other, (client) => recordPriceBook(client, foreign))).rejects.toThrow(
    'row-level security',
  );
});
