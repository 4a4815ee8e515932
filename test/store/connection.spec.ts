import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Unavailable } from '#model';
import { asTenant, asUnavailable, inTransaction, openDatabase, timestampFromUs } from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('values arrive exactly: int8 and timestamptz as bigint, numeric and date as text', async () => {
  const { rows } = await database.db.query(
    `SELECT 9223372036854775807::int8 AS int8, '{1,NULL,-9223372036854775808}'::int8[] AS int8s, '{}'::int8[] AS none,
            12345678901234567890.000000000001::numeric AS numeric, '2026-11-21'::date AS date,
            $1::timestamptz AS timestamptz, '2026-11-21 01:02:03.000004+05:30'::timestamptz AS zoned,
            '\\x00ff'::bytea AS bytea, '{"a":[1]}'::jsonb AS jsonb`,
    [timestampFromUs(1_764_000_000_123_456n)],
  );
  expect(rows).toEqual([
    {
      int8: 9223372036854775807n,
      int8s: [1n, null, -9223372036854775808n],
      none: [],
      numeric: '12345678901234567890.000000000001',
      date: '2026-11-21',
      timestamptz: 1_764_000_000_123_456n,
      zoned: BigInt(Date.parse('2026-11-20T19:32:03Z')) * 1000n + 4n,
      bytea: Buffer.from([0, 255]),
      jsonb: { a: [1] },
    },
  ]);
});

test('a transaction is committed as a whole, or not at all', async () => {
  const { db } = database;
  await db.query('CREATE TABLE notes (note text)');
  const insert = (note: string) =>
    inTransaction(db, (client) => client.query('INSERT INTO notes VALUES ($1)', [note]));
  await insert('kept');
  await expect(
    inTransaction(db, async (client) => {
      await client.query(`INSERT INTO notes VALUES ('lost')`);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  await expect(
    inTransaction(db, async (client) => {
      await client.query('SELECT 1 / 0').catch(() => {});
    }),
  ).rejects.toThrow('a failed statement was ignored: nothing was committed');
  expect((await db.query('SELECT note FROM notes')).rows).toEqual([{ note: 'kept' }]);
});

test('two that deadlock both get through, each having done its work once', async () => {
  const { db } = database;
  await db.query('CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)');
  await db.query('INSERT INTO counters VALUES (1, 0), (2, 0)');
  let met = 0;
  let release = () => {};
  const bothHold = new Promise<void>((resolve) => {
    release = resolve;
  });
  const add = (order: readonly number[]) =>
    inTransaction(db, async (client) => {
      for (const id of order) {
        await client.query('UPDATE counters SET n = n + 1 WHERE id = $1', [id]);
        if (++met === 2) release();
        await bothHold;
      }
    });
  await Promise.all([add([1, 2]), add([2, 1])]);
  expect((await db.query('SELECT id, n FROM counters ORDER BY id')).rows).toEqual([
    { id: 1, n: 2 },
    { id: 2, n: 2 },
  ]);
});

test('a killed connection is Unavailable for its transaction, and the pool goes on', async () => {
  const { db } = database;
  const killed = inTransaction(db, (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
  await expect(killed).rejects.toMatchObject({
    name: 'Unavailable',
    reason: 'unreachable',
    retryAfterMs: 1000,
  });
  expect((await inTransaction(db, (client) => client.query('SELECT 1 AS one'))).rows).toEqual([{ one: 1 }]);
});

test.each(['postgresql://postgres@127.0.0.1:1/none', 'postgresql://postgres@%2Fno%2Fsuch%2Fdirectory/none'])(
  'nobody at %s is Unavailable',
  async (connection) => {
    const opening = openDatabase(connection, { maxConnections: 1, applicationName: 'test' });
    await expect(opening).rejects.toBeInstanceOf(Unavailable);
  },
);

test('as a tenant only its own rows exist, and only until the transaction ends', async () => {
  const { db } = database;
  await db.query(`INSERT INTO tenants (slug) VALUES ('one'), ('two')`);
  const seen = async (tenantId: bigint) =>
    (await asTenant(db, tenantId, (client) => client.query('SELECT slug FROM tenants'))).rows;
  expect([await seen(1n), await seen(2n), await seen(3n)]).toEqual([
    [{ slug: 'one' }],
    [{ slug: 'two' }],
    [],
  ]);
  const owner = await db.query(
    `SELECT current_user = 'outcome_ledger_api' AS restricted, nullif(current_setting('app.tenant', true), '') AS tenant`,
  );
  expect(owner.rows).toEqual([{ restricted: false, tenant: null }]);
});

test.each(['EPIPE', 'ECONNRESET', 'ENOENT'])(
  'a socket that ends with %s is a database that cannot be reached',
  (code) => {
    const error = Object.assign(new Error(`write ${code}`), { errno: -1, code, syscall: 'write' });
    expect(asUnavailable(error)).toMatchObject({ name: 'Unavailable', reason: 'unreachable' });
  },
);
