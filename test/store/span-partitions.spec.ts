import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureSpanPartitions, openDatabase } from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('many processes make the same partitions at once, each exactly once and with the bounds of its day', async () => {
  const days = [-1, 0, 20_000, 20_001, 20_778];
  const processes = await Promise.all(
    Array.from({ length: 6 }, () =>
      openDatabase(database.connection, { maxConnections: 2, applicationName: 'test' }),
    ),
  );
  await Promise.all(
    processes.map(async (db, index) => {
      await ensureSpanPartitions(db, index % 2 === 0 ? days : [...days, ...days].reverse());
      await ensureSpanPartitions(db, days);
      await db.close();
    }),
  );
  const { rows } = await database.db.query(
    `SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds,
            (SELECT count(*)::int FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) AS keys
       FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'spans'::regclass ORDER BY 1`,
  );
  const partition = (name: string, from: string, to: string) => ({
    name,
    bounds: `FOR VALUES FROM ('${from} 00:00:00+00') TO ('${to} 00:00:00+00')`,
    keys: 1,
  });
  expect(rows).toEqual([
    partition('spans_19691231', '1969-12-31', '1970-01-01'),
    partition('spans_19700101', '1970-01-01', '1970-01-02'),
    partition('spans_20241004', '2024-10-04', '2024-10-05'),
    partition('spans_20241005', '2024-10-05', '2024-10-06'),
    partition('spans_20261121', '2026-11-21', '2026-11-22'),
  ]);
});

test('a long history takes several transactions', async () => {
  const days = Array.from({ length: 100 }, (_, index) => 10_000 + index);
  await ensureSpanPartitions(database.db, days);
  const { rows } = await database.db.query(
    `SELECT count(*)::int AS made FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
      WHERE inhparent = 'spans'::regclass AND c.relname BETWEEN 'spans_19970519' AND 'spans_19970826'`,
  );
  expect(rows).toEqual([{ made: 100 }]);
});
