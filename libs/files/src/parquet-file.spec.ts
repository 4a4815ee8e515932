import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formatPico } from '#model';
import { readParquet } from '../../../test/support/read-parquet.ts';
import type { Column } from './columns-of.ts';
import { parquetFile } from './parquet-file.ts';

interface Row {
  readonly text: string | null;
  readonly amount: string | null;
  readonly count: number | null;
  readonly flag: boolean | null;
  readonly at: string | null;
  readonly day: string | null;
  readonly list: readonly string[] | null;
}
const COLUMNS: readonly Column<Row>[] = [
  { name: 'text', kind: 'text', valueOf: ({ text }) => text },
  { name: 'amount', kind: 'decimal', valueOf: ({ amount }) => amount },
  { name: 'count', kind: 'integer', valueOf: ({ count }) => count },
  { name: 'flag', kind: 'boolean', valueOf: ({ flag }) => flag },
  { name: 'at', kind: 'time', valueOf: ({ at }) => at },
  { name: 'day', kind: 'day', valueOf: ({ day }) => day },
  { name: 'list', kind: 'json', valueOf: ({ list }) => list },
];
const UNKNOWN: Row = { text: null, amount: null, count: null, flag: null, at: null, day: null, list: null };

async function write(pages: readonly (readonly Row[])[]): Promise<{ file: ArrayBuffer; largest: number }> {
  const parts: Uint8Array[] = [];
  for await (const part of parquetFile(COLUMNS, pages, { total: '{"a":1}' })) parts.push(part);
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return { file: file.buffer, largest: Math.max(...parts.map(({ length }) => length)) };
}

test('every kind of value is read back as it is, and so is what is unknown', async () => {
  const row: Row = {
    text: 'São "x",\n',
    amount: '-9223372.036854775807',
    count: 9_007_199_254_740_991,
    flag: false,
    at: '2026-10-21T14:00:00.000001Z',
    day: '2026-10-21',
    list: ['a', 'b'],
  };
  const { rows, metadata, beside } = await readParquet((await write([[row, UNKNOWN]])).file);
  expect(rows[0]).toEqual({
    ...row,
    count: 9_007_199_254_740_991n,
    at: new Date('2026-10-21T14:00:00.000Z'),
    day: new Date('2026-10-21'),
    list: '["a","b"]',
  });
  expect(rows[1]).toEqual(UNKNOWN);
  expect(beside).toEqual({ total: { a: 1 } });
  expect(metadata.schema.find(({ name }) => name === 'amount')).toMatchObject({ precision: 38, scale: 12 });
});

test('a file of no rows has its columns', async () => {
  const { rows, metadata } = await readParquet((await write([])).file);
  expect([rows, metadata.schema.slice(1).map(({ name }) => name)]).toEqual([
    [],
    COLUMNS.map(({ name }) => name),
  ]);
});

test('rows are written in groups: what is held at once does not grow with the file', async () => {
  const page = (count: number): Row[] =>
    Array.from({ length: count }, (_, n) => ({ ...UNKNOWN, text: `row ${n}`, amount: `${n}.000000000001` }));
  const small = await write([page(9000)]);
  const large = await write(Array.from({ length: 60 }, () => page(1000)));
  const { rows, metadata } = await readParquet(large.file);
  expect([rows.length, metadata.row_groups.map(({ num_rows: count }) => Number(count))]).toEqual([
    60_000,
    [...Array.from({ length: 7 }, () => 8192), 2656],
  ]);
  expect(large.largest).toBeLessThan(small.largest * 1.1);
  expect(rows[59_999]!.amount).toBe('999.000000000001');
});

test('law: amounts are exact, whatever their size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.bigInt(-(10n ** 37n), 10n ** 37n), { minLength: 1 }), async (amounts) => {
      const texts = amounts.map(formatPico);
      const { file } = await write([texts.map((amount) => ({ ...UNKNOWN, amount }))]);
      expect((await readParquet(file)).rows.map(({ amount }) => amount)).toEqual(texts);
    }),
    { numRuns: 50 },
  );
});

test.each<[string, Partial<Row>, string]>([
  [
    'an amount below a pico',
    { amount: '0.0000000000001' },
    'column amount cannot hold "0.0000000000001" as decimal',
  ],
  ['an amount that is none', { amount: 'much' }, 'column amount cannot hold "much" as decimal'],
  ['a count that is none', { count: 0.5 }, 'cannot be converted to a BigInt because it is not an integer'],
])('refused: %s', async (_, row, message) => {
  await expect(write([[{ ...UNKNOWN, ...row }]])).rejects.toThrow(message);
});
