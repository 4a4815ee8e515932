// Goal: the journal is every entry once, in files that other tools read, and balanced in each.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Desk } from '../support/desk.ts';
import { readParquet } from '../support/read-parquet.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let desk: Desk;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  desk = await Desk.begin(service, 'journal');
  await desk.price('3');
  for (const n of [1, 2, 3])
    await desk.send({
      id: `${desk.tenant.tenantId} ${n}`,
      ...(n === 3 ? {} : { ticket: `T"${n}` }),
      at: `2026-0${n + 6}-05T10:00:00Z`,
      inputTokens: 1001 * n,
    });
  await desk.tell({ id: '1', ticket: 'T"1', verb: 'resolved', at: '2026-09-06T10:00:00Z' });
  await desk.settle();
});
afterAll(() => service.stop());

const journal = (query: string): Promise<string> => desk.text(`/v1/ledger/journal?${query}`);
const rowsOf = (text: string): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('NDJSON and CSV have every entry once, and one size is one file for ever', async () => {
  const { rows } = await service.database.db.query<{ n: bigint }>(
    'SELECT count(*) AS n FROM ledger_entries WHERE tenant_id = $1',
    [desk.tenant.tenantId],
  );
  const size = await desk.seal();
  const file = await journal(`size=${size}`);
  expect(rowsOf(file)).toHaveLength(Number(rows[0]!.n));
  expect((await journal(`size=${size}&format=csv`)).trim().split('\r\n')).toHaveLength(
    Number(rows[0]!.n) + 1,
  );
  expect(rowsOf(await journal('period=2026-07')).every(({ period }) => period === '2026-07')).toBe(true);
  await desk.price('7');
  await desk.settle();
  expect(await journal(`size=${size}`)).toBe(file);
  expect(rowsOf(await journal(''))).not.toHaveLength(Number(rows[0]!.n));
  expect((await desk.call('/v1/ledger/journal?size=100000')).status).toBe(422);
  expect((await desk.call('/v1/ledger/journal?format=xml')).status).toBe(400);
});

test('Parquet has the same entries, with exact amounts', async () => {
  const file = await desk.bytes('/v1/ledger/journal?format=parquet');
  const { rows, metadata } = await readParquet(file);
  const expected = rowsOf(await journal(''));
  expect(
    rows.map((row) => ({
      ...row,
      n: Number(row.n),
      effective_at: row.effective_at.toISOString(),
      recorded_at: row.recorded_at.toISOString(),
      usage_day: row.usage_day.toISOString().slice(0, 10),
    })),
  ).toEqual(
    expected.map((row) => ({
      ...row,
      effective_at: new Date(row.effective_at).toISOString(),
      recorded_at: new Date(row.recorded_at).toISOString(),
    })),
  );
  expect(metadata.schema.find(({ name }) => name === 'amount')).toMatchObject({
    converted_type: 'DECIMAL',
    precision: 38,
    scale: 12,
  });
});

/** Tools that are not installed are left out, loudly; `.ci/run` installs them for `npm run test:accounting`. */
const TOOLS: readonly (readonly [format: string, command: string, args: (file: string) => string[]])[] = [
  ['beancount', 'bean-check', (file) => [file]],
  ['ledger', 'ledger', (file) => ['-f', file, 'balance']],
  ['ledger', 'hledger', (file) => ['-f', file, 'check']],
];

test.each(TOOLS)('the %s file is balanced, also for %s', async (format, command, args) => {
  const text = await journal(`format=${format}`);
  const sums = new Map<string, bigint>();
  for (const [, amount, unit] of text.matchAll(/ {2}(-?\d+(?:\.\d+)?) "?([A-Za-z0-9._-]+)"?$/gm)) {
    const [whole, fraction = ''] = amount!.split('.');
    const pico = BigInt(`${whole}${fraction.padEnd(12, '0')}`);
    sums.set(unit!, (sums.get(unit!) ?? 0n) + pico);
  }
  expect(sums.size).toBeGreaterThan(0);
  expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
  if (spawnSync(command, ['--version']).status !== 0) {
    process.stderr.write(`SKIPPED: ${command} is not installed: its reading of the journal is not tested\n`);
    return;
  }
  const file = join(mkdtempSync(join(tmpdir(), 'journal-')), `journal.${format}`);
  writeFileSync(file, text);
  const run = spawnSync(command, args(file), { encoding: 'utf8' });
  expect({ status: run.status, said: run.stderr }).toEqual({ status: 0, said: '' });
});

const transactions = async (query: string): Promise<any[]> => {
  const items: any[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await desk.call(`/v1/ledger/transactions?limit=2&${query}${cursor}`);
    if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`);
    items.push(...body.items);
    if (body.next === null) return items;
    cursor = `&cursor=${body.next}`;
  }
};

test.each<[string, (transaction: any) => boolean]>([
  [
    'account=5000:unattributed',
    ({ entries }) => entries.some(({ account }: any) => account === '5000:unattributed'),
  ],
  ['account=2000', ({ entries }) => entries.some(({ account }: any) => account.startsWith('2000:'))],
  ['account=5200', ({ entries }) => entries.some(({ account }: any) => account.startsWith('5200:'))],
  ['period=2026-08', ({ period }) => period === '2026-08'],
  ['code=C400', ({ code }) => code === 'C400'],
  ['kind=ticket&key=T%221', ({ entries }) => entries.some(({ workItem }: any) => workItem?.key === 'T"1')],
  [
    'account=5200&code=C400&kind=ticket&key=T%221',
    ({ code, entries }) => code === 'C400' && entries.some(({ account }: any) => account.startsWith('5200:')),
  ],
])('transactions are filtered by %s, page by page', async (query, isWanted) => {
  const all = await transactions('');
  const found = await transactions(query);
  expect(found.length).toBeGreaterThan(0);
  expect(found).toEqual(all.filter(isWanted));
});

test('a trace, a cause and a size; what is posted meanwhile moves no page', async () => {
  const all = await transactions('');
  const { postingId, cause } = all.find(({ entries }) => entries[0].callModel === 'desk-model');
  expect(await transactions(`trace=${postingId}`)).toEqual(
    all.filter((each) => each.postingId === postingId),
  );
  expect(await transactions(`cause=${encodeURIComponent(cause)}`)).toEqual(
    all.filter((each) => each.cause === cause),
  );
  const size = await desk.seal();
  const balances = async (query: string) => {
    const [accounts, trial] = await Promise.all(
      ['accounts', 'trial-balance'].map(async (name) => (await desk.call(`/v1/ledger/${name}${query}`)).body),
    );
    return {
      accounts: accounts.items,
      trial: trial.accounts,
      totals: trial.totals,
      sizes: [accounts.size, trial.size],
    };
  };
  const before = await balances('');
  expect(before.sizes).toEqual([null, null]);
  await desk.price('11');
  await desk.settle();
  expect((await balances('')).accounts).not.toEqual(before.accounts);
  const past = await balances(`?size=${size}`);
  expect(past).toEqual({ ...before, sizes: [size, size] });
  expect(past.totals.every(({ isBalanced }: any) => isBalanced)).toBe(true);
  expect(await transactions(`size=${size}`)).toEqual(all);
  const period = await desk.call(`/v1/ledger/trial-balance?period=2026-07&size=${size}`);
  expect(period.body.period).toEqual({ from: null, to: null, posting: '2026-07' });
  expect(period.body.accounts.length).toBeGreaterThan(0);
});

test.each<[string, number, string]>([
  ['transactions?kind=ticket', 422, 'key'],
  ['transactions?key=T1', 422, 'kind'],
  ['transactions?account=5', 400, 'account'],
  ['transactions?size=100000', 422, 'size'],
  ['accounts?size=0', 400, 'size'],
  ['trial-balance?as_of=1990-01-01', 422, 'as_of'],
  ['transactions?cursor=x', 400, 'cursor'],
])('refused: %s', async (path, status, field) => {
  const answer = await desk.call(`/v1/ledger/${path}`);
  expect([answer.status, answer.body.errors[0].field]).toEqual([status, field]);
});
