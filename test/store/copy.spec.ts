import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Unavailable } from '#model';
import {
  inRolledBackTransaction,
  insertContents,
  insertSteps,
  insertTraceRefs,
  inTransaction,
  openDatabase,
  upsertTraceRefs,
  type Client,
  type Database,
} from '#store';
import { BinaryRows } from '../../libs/store/src/connection/binary-rows.ts';
import { copyIn, copyNew } from '../../libs/store/src/connection/copy-in.ts';
import { copyOut } from '../../libs/store/src/connection/copy-out.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  await db.query(`CREATE TABLE things (n integer PRIMARY KEY, big bigint, span bigint, id uuid, at timestamptz, day date,
                                       said text, json jsonb, bytes bytea, names text[])`);
});
afterAll(() => database.drop());

const ID = '00112233-4455-6677-8899-aabbccddeeff';
const row = (
  rows: BinaryRows,
  n: number,
  said: string | null = null,
  names: readonly string[] = ['x', 'é"'],
) =>
  rows
    .begin()
    .integer(n)
    .bigint(-1n)
    .spanId('ffffffffffffffff')
    .uuid(ID)
    .timestamp(1_764_000_000_123_456n)
    .date('1999-12-31')
    .text(said)
    .jsonb('{"b": 1, "a": "ü"}')
    .bytea(Buffer.from([0, 255]))
    .texts(names);
const things = (...numbers: readonly number[]) => {
  const rows = new BinaryRows(10);
  for (const n of numbers) row(rows, n);
  return rows;
};
const numbers = async () =>
  (await db.query<{ n: number }>('SELECT n FROM things ORDER BY n')).rows.map(({ n }) => n);
const emptied = () => db.query('TRUNCATE things');

describe('rows that are copied in', () => {
  test('are what was written, and longer ones than a piece of memory as well', async () => {
    await emptied();
    const long = 'ä🙂'.repeat(200_000);
    const rows = new BinaryRows(10);
    row(rows, -7);
    row(rows, 8, long);
    row(rows, 9, '', []);
    await inTransaction(db, (client) => copyIn(client, 'things', rows));
    const stored = await db.query(
      `SELECT n, big, span, id, at, day, said, json, encode(bytes, 'hex') AS bytes, names FROM things ORDER BY n`,
    );
    const same = {
      big: -1n,
      span: -1n,
      id: ID,
      at: 1_764_000_000_123_456n,
      day: '1999-12-31',
      json: { a: 'ü', b: 1 },
      bytes: '00ff',
      names: ['x', 'é"'],
    };
    expect(stored.rows).toEqual([
      { ...same, n: -7, said: null },
      { ...same, n: 8, said: long },
      { ...same, n: 9, said: '', names: [] },
    ]);
  });

  test('leave what stands to `otherwise`, as if nothing had been tried', async () => {
    await emptied();
    await inTransaction(db, (client) => copyIn(client, 'things', things(3)));
    await inTransaction(db, async (client) => {
      await copyNew(client, 'things', things(1, 2), async () => {
        throw new Error('nothing stands');
      });
      await copyNew(client, 'things', things(4, 3), () => client.query('INSERT INTO things (n) VALUES (5)'));
    });
    expect(await numbers()).toEqual([1, 2, 3, 5]);
  });

  test('throw what else the server says', async () => {
    await emptied();
    const tooFew = new BinaryRows(9).begin().integer(1);
    const otherwise = async () => {
      throw new Error('not to be called');
    };
    await expect(
      inTransaction(db, (client) => copyNew(client, 'things', tooFew, otherwise)),
    ).rejects.toMatchObject({
      code: '22P04',
    });
    expect(await numbers()).toEqual([]);
  });

  test.each<[string, (rows: BinaryRows) => void, string]>([
    ['a key that stands, first of a megabyte', (rows) => row(rows, 1), '23505'],
    ['a NUL in a text, first of a megabyte', (rows) => row(rows, 2, 'a\0b'), '22021'],
  ])('%s: the rest of the data is passed over, and the connection goes on', async (_name, first, code) => {
    await emptied();
    await inTransaction(db, (client) => copyIn(client, 'things', things(1)));
    const rows = new BinaryRows(10);
    first(rows);
    for (let n = 10; n < 2_010; n += 1) row(rows, n, 'x'.repeat(500));
    await inTransaction(db, async (client) => {
      await client.query('SAVEPOINT before');
      await expect(copyIn(client, 'things', rows)).rejects.toMatchObject({ code });
      await client.query('ROLLBACK TO SAVEPOINT before');
      await copyIn(client, 'things', things(5));
    });
    expect(await numbers()).toEqual([1, 5]);
  });

  test('are unavailable where the connection is cut, and none of them stays', async () => {
    await emptied();
    const other = await openDatabase(database.connection, {
      maxConnections: 1,
      applicationName: 'to be cut in',
    });
    // What the other holds locked, the copy waits for.
    const copying = await inTransaction(db, async (client) => {
      await client.query('LOCK TABLE things IN ACCESS EXCLUSIVE MODE');
      const waiting = inTransaction(other, (theirs) => copyIn(theirs, 'things', things(1, 2))).catch(
        (error: unknown) => error,
      );
      let cut = 0;
      while (cut === 0)
        cut = (
          await db.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE application_name = 'to be cut in' AND wait_event_type = 'Lock'`,
          )
        ).rows.length;
      return waiting;
    });
    expect(copying).toBeInstanceOf(Unavailable);
    expect(await numbers()).toEqual([]);
    await inTransaction(other, (client) => copyIn(client, 'things', things(3)));
    expect(await numbers()).toEqual([3]);
    await other.close();
  });
});

describe('rows that are copied out', () => {
  const query = 'SELECT n, id, span, said, bytes, n > 1, n::smallint FROM things ORDER BY things.n';
  const digits = (text: string) => text;

  const read = async (from: Database | Client) => {
    const seen: unknown[] = [];
    await copyOut(from, query, (r) =>
      seen.push([
        r.integer(0),
        r.uuid(1, digits),
        r.hex(2),
        r.isNull(3),
        r.bytea(4),
        r.boolean(5),
        r.smallint(6),
      ]),
    );
    return seen;
  };

  test('are the same from a pool, from a connection and within another transaction', async () => {
    await emptied();
    await inTransaction(db, (client) => copyIn(client, 'things', things(1, 2)));
    const id = ID.replaceAll('-', '');
    const expected = [
      [1, id, 'f'.repeat(16), true, Buffer.from([0, 255]), false, 1],
      [2, id, 'f'.repeat(16), true, Buffer.from([0, 255]), true, 2],
    ];
    expect(await read(db)).toEqual(expected);
    expect(await inTransaction(db, read)).toEqual(expected);
    expect(await inRolledBackTransaction(db, 100, (nested) => read(nested))).toEqual(expected);
    await emptied();
    expect(await read(db)).toEqual([]);
  });

  test('stay as they are while more are read', async () => {
    await emptied();
    const rows = new BinaryRows(10);
    for (let n = 0; n < 3_000; n += 1) row(rows, n, `${n} `.repeat(100 + (n % 300)));
    await inTransaction(db, (client) => copyIn(client, 'things', rows));
    const kept: Buffer[] = [];
    await copyOut(db, "SELECT convert_to(said, 'UTF8') FROM things ORDER BY n", (r) => kept.push(r.bytea(0)));
    expect(kept.map((bytes, n) => bytes.toString() === `${n} `.repeat(100 + (n % 300)))).toEqual(
      kept.map(() => true),
    );
    expect(kept).toHaveLength(3_000);
  });

  test('end with what the server or the caller throws, and the connection goes on', async () => {
    const failing = 'SELECT 1 / (500 - n) FROM generate_series(1, 1000) AS t (n)';
    await inTransaction(db, async (client) => {
      const seen: unknown[] = [];
      const throwing = copyOut(client, 'SELECT generate_series(1, 1000)', (r) => {
        seen.push(r.integer(0));
        throw new Error('enough');
      });
      await expect(throwing).rejects.toThrow('enough');
      expect(seen).toEqual([1]);
      expect((await client.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
    });
    await expect(copyOut(db, failing, () => {})).rejects.toMatchObject({ code: '22012' });
    expect(await read(db)).not.toEqual([]);
  });

  test('are unavailable where the connection is cut, and the next ones come', async () => {
    const other = await openDatabase(database.connection, {
      maxConnections: 1,
      applicationName: 'to be cut',
    });
    const reading = copyOut(other, 'SELECT pg_sleep(10)', () => {});
    let cut = 0;
    while (cut === 0)
      cut = (
        await db.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to be cut' AND query LIKE 'COPY%'`,
        )
      ).rows.length;
    await expect(reading).rejects.toThrow(Unavailable);
    expect(await read(other)).not.toEqual([]);
    await other.close();
  });
});

test('contents of more than goes to the server at a time are all there, the ones that stood as they were', async () => {
  const contents = Array.from({ length: 9 }, (_, n) => ({
    traceId: 'b'.repeat(32),
    spanId: `000000000000000${n}`,
    startedAtUs: 1_764_000_000_000_000n,
    part: 'input',
    subjectId: ID,
    mediaType: 'text/plain',
    sources: [],
    sealed: Buffer.alloc(3 << 20, n),
  }));
  const stood = { ...contents[7]!, sealed: Buffer.from('stood') };
  await inTransaction(db, (client) => insertContents(client, 8n, [stood], 0n));
  await inTransaction(db, (client) => insertContents(client, 8n, contents, 0n));
  const { rows } = await db.query<{ length: number; first: number }>(
    'SELECT length(sealed), get_byte(sealed, 0) AS first FROM contents WHERE tenant_id = 8 ORDER BY span_id',
  );
  expect(rows).toEqual(
    contents.map((_, n) =>
      n === 7 ? { length: 5, first: 's'.charCodeAt(0) } : { length: 3 << 20, first: n },
    ),
  );
});

describe('rows of traces that stand already', () => {
  const TRACE = 'a'.repeat(32);
  const count = async (table: string) =>
    (await db.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${table} WHERE tenant_id = 7`))
      .rows[0]!.n;

  test('of steps and contents stay; of joining keys the later one counts', async () => {
    const step = {
      traceId: TRACE,
      revision: 1,
      spanId: '00000000000000ff',
      startedAtUs: 1_764_000_000_000_000n,
      role: 'call',
      provider: null,
      callModel: 'm',
      record: '{"said":"first"}',
    };
    const content = {
      traceId: TRACE,
      spanId: step.spanId,
      startedAtUs: step.startedAtUs,
      part: 'input',
      subjectId: ID,
      mediaType: 'text/plain',
      sources: ['a', 'b"c'],
      sealed: Buffer.from('first'),
    };
    const key = { ref: 'response:7:x', traceId: TRACE, startedAtUs: step.startedAtUs, detail: [{ a: 1 }] };
    await inTransaction(db, async (client) => {
      await insertSteps(client, 7n, [step]);
      await insertContents(client, 7n, [content], step.startedAtUs);
      await insertTraceRefs(client, 7n, [key]);
    });
    await inTransaction(db, async (client) => {
      await insertSteps(client, 7n, [
        { ...step, record: '{"said":"again"}' },
        { ...step, spanId: '8000000000000000' },
      ]);
      await insertContents(
        client,
        7n,
        [
          { ...content, sealed: Buffer.from('again') },
          { ...content, part: 'output' },
        ],
        step.startedAtUs,
      );
      await insertTraceRefs(client, 7n, [
        { ...key, detail: [{ a: 2 }] },
        { ...key, ref: 'request:7:y' },
      ]);
      await upsertTraceRefs(client, 7n, [{ ...key, ref: 'request:7:z' }]);
    });
    expect([await count('steps'), await count('contents'), await count('trace_refs')]).toEqual([2, 2, 3]);
    const { rows } = await db.query(
      `SELECT (SELECT record FROM steps WHERE tenant_id = 7 AND span_id = 255) AS record,
              (SELECT convert_from(sealed, 'UTF8') FROM contents WHERE tenant_id = 7 AND part = 'input') AS sealed,
              (SELECT sources FROM contents WHERE tenant_id = 7 AND part = 'output') AS sources,
              (SELECT detail FROM trace_refs WHERE tenant_id = 7 AND ref = 'response:7:x') AS detail`,
    );
    expect(rows).toEqual([
      { record: '{"said":"first"}', sealed: 'first', sources: ['a', 'b"c'], detail: [{ a: 2 }] },
    ]);
  });
});
