// Goal: reports that name the same snapshot are of one moment, whatever is posted between them, and read what they have
// in common once; nobody else's figures are in them, and a lost or worn-out snapshot costs no report.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Client, type Database } from '#store';
import { KeptSnapshots } from '../../apps/api/src/reports/kept-snapshots.ts';
import { SharedReads } from '../../apps/api/src/reports/shared-reads.ts';
import { makeTenant, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedItem } from '../support/seed-spend.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let db: Database;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  // The pool that the snapshots hold connections of; closing it waits for each.
  db = await openDatabase(database.connection, { maxConnections: 12, applicationName: 'kept snapshots' });
  api = await startTestApi(db);
});
afterAll(async () => {
  await api.close();
  await db.close();
  await database.drop();
});

let tenants = 0;
let tenantId: bigint;
let key: string;
beforeEach(async () => {
  const tenant = await makeTenant(database.db, `acme-${(tenants += 1)}`);
  tenantId = tenant.tenantId;
  key = await tenant.key(['analyst']);
});

const add = (name: string, usd: string): Promise<string> =>
  seedItem(database.db, tenantId, {
    key: name,
    phase: 'achieved',
    attempts: [
      {
        placement: 'outcome',
        parts: [{ trace: `${tenantId} ${name}`, startedAt: '2026-10-09T08:00:00Z', usd }],
      },
    ],
  });

async function ask(
  report: string,
  name?: string,
  as = key,
): Promise<[cost: unknown, takenAt: string | null]> {
  const { status, headers, body } = await api.call(`/v1/reports/${report}?group_by=workflow`, {
    key: as,
    ...(name === undefined ? {} : { headers: { 'outcome-ledger-snapshot': name } }),
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return [body.total.costUsd, headers.get('outcome-ledger-snapshot-at')];
}

test('reports of one name are of one moment, and others of theirs', async () => {
  await add('A', '1');
  const [first, takenAt] = await ask('cost-per-outcome', 'page-1');
  await add('B', '2');
  expect([first, takenAt]).toEqual(['1', expect.stringMatching(/^\d{4}-\d\d-\d\dT/)]);
  for (const report of ['cost-per-outcome', 'over-time', 'sentence', 'waste', 'retries', 'tails'])
    expect([report, ...(await ask(report, 'page-1'))]).toEqual([report, '1', takenAt]);
  expect(await ask('cost-per-outcome')).toEqual(['3', null]);
  expect((await ask('cost-per-outcome', 'page-2'))[0]).toBe('3');
});

test('a name is one tenant’s own', async () => {
  await add('A', '1');
  expect((await ask('cost-per-outcome', 'mine'))[0]).toBe('1');
  const other = await makeTenant(database.db, `other-${tenants}`);
  expect((await ask('cost-per-outcome', 'mine', await other.key(['analyst'])))[0]).toBe(null);
});

test('answers are the same with and without a name, to the byte', async () => {
  await add('A', '1');
  await add('B', '0.000001');
  const body = async (headers: Record<string, string>, report: string) =>
    (await api.call(`/v1/reports/${report}?group_by=workflow`, { key, headers })).body;
  for (const report of ['cost-per-outcome', 'baseline', 'sentence', 'tails', 'waste'])
    expect(await body({ 'outcome-ledger-snapshot': 'same' }, report)).toEqual(await body({}, report));
});

test.each(['', 'with space', 'x'.repeat(65)])('%p is no name', async (name) => {
  const answer = await api.call('/v1/reports/cost-per-outcome', {
    key,
    headers: { 'outcome-ledger-snapshot': name },
  });
  expect([answer.status, answer.body.errors]).toEqual([
    400,
    [{ field: 'outcome-ledger-snapshot', message: 'must match ^[A-Za-z0-9._-]{1,64}$' }],
  ]);
});

const NEVER = { idleMs: 3_600_000, oldestMs: 3_600_000 };
const countItems = async (client: Client): Promise<number> =>
  (await client.query('SELECT 1 FROM work_items')).rowCount ?? 0;

async function withSnapshots(
  limits: { most: number; idleMs: number; oldestMs: number },
  work: (snapshots: KeptSnapshots, seen: (name: string | null) => Promise<number>) => Promise<void>,
): Promise<void> {
  const snapshots = new KeptSnapshots(db, limits, () => BigInt(Date.now()) * 1000n);
  try {
    await work(snapshots, (name) => snapshots.read(tenantId, name, countItems));
  } finally {
    await snapshots.close();
  }
}

test('what is common is read once, also by those who ask at the same time, and again after it failed', async () => {
  await withSnapshots({ most: 2, ...NEVER }, async (snapshots) => {
    let reads = 0;
    const shared = new SharedReads<number>();
    const ask = (fails: boolean) =>
      snapshots.read(tenantId, 'page', (client, snapshot) =>
        shared.of(snapshot, { n: 1n }, async () => {
          reads += 1;
          await sleep(50);
          if (fails) throw new Error('no luck');
          return countItems(client);
        }),
      );
    await expect(ask(true)).rejects.toThrow('no luck');
    expect(await Promise.all([ask(false), ask(false), ask(false)])).toEqual([0, 0, 0]);
    expect([await ask(false), reads]).toEqual([0, 2]);
  });
});

test('what is too large to keep is read again', async () => {
  await withSnapshots({ most: 2, ...NEVER }, async (snapshots) => {
    let reads = 0;
    const shared = new SharedReads<number>((result) => result > 1);
    const ask = () =>
      snapshots.read(tenantId, 'page', (_, snapshot) => shared.of(snapshot, {}, async () => (reads += 1)));
    expect([await ask(), await ask(), await ask()]).toEqual([1, 2, 2]);
  });
});

test('it is let go of when nobody has asked for a while', async () => {
  await withSnapshots({ most: 2, idleMs: 100, oldestMs: 3_600_000 }, async (_, seen) => {
    expect(await seen('page')).toBe(0);
    await add('A', '1');
    expect(await seen('page')).toBe(0);
    await until('the snapshot to be gone', async () => (await seen('page')) === 1 || sleep(150, false));
  });
});

test('it is let go of at an age, not before those are done who read in it', async () => {
  await withSnapshots({ most: 2, idleMs: 3_600_000, oldestMs: 100 }, async (snapshots, seen) => {
    const twice = await snapshots.read(tenantId, 'page', async (client) => {
      const before = await countItems(client);
      await add('A', '1');
      await sleep(200);
      return [before, await countItems(client), await seen('page')];
    });
    expect(twice).toEqual([0, 0, 1]);
  });
});

test('where as many are kept as may be, the one that was used longest ago gives way; where all are in use, none', async () => {
  await withSnapshots({ most: 2, ...NEVER }, async (snapshots, seen) => {
    expect([await seen('a'), await seen('b')]).toEqual([0, 0]);
    await add('A', '1');
    expect([await seen('a'), await seen('c')]).toEqual([0, 1]);
    const all = await snapshots.read(tenantId, 'a', (client) =>
      snapshots.read(tenantId, 'c', async () => [await countItems(client), await seen('d')]),
    );
    expect(all).toEqual([0, 1]);
    expect([await seen('a'), await seen('b')]).toEqual([0, 1]);
  });
});

test('one whose connection is lost is taken again', async () => {
  await withSnapshots({ most: 2, ...NEVER }, async (_, seen) => {
    expect(await seen('page')).toBe(0);
    await add('A', '1');
    await database.db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE state = 'idle in transaction' AND application_name = 'kept snapshots' AND datname = current_database()`,
    );
    await until('another snapshot', async () => (await seen('page')) === 1);
  });
});
