// Goal: a report with more groups than a page holds is shown whole, or says that it is not.
import { expect, test } from '@jest/globals';
import { readAllRows } from './read-all-rows.ts';

const ROWS = Array.from({ length: 7 }, (_, n) => n);
const asked: (string | null)[] = [];
/** Two rows a page; the cursor is the place of the next. */
const ask = (cursor: string | null) => {
  asked.push(cursor);
  const from = Number(cursor ?? 0);
  const next = from + 2 < ROWS.length ? String(from + 2) : null;
  return Promise.resolve({ rows: ROWS.slice(from, from + 2), total: 'of all', next });
};

test.each([
  ['all of its pages', 20, ROWS, null, [null, '2', '4', '6']],
  ['as many as there are', 4, ROWS, null, [null, '2', '4', '6']],
  ['no more than it may', 2, [0, 1, 2, 3], '4', [null, '2']],
  ['one', 1, [0, 1], '2', [null]],
])('a report of %s', async (_, most, rows, next, cursors) => {
  asked.length = 0;
  expect(await readAllRows(ask, most)).toEqual({ rows, total: 'of all', next });
  expect(asked).toEqual(cursors);
});

test('a page that is refused refuses the report', async () => {
  const report = readAllRows((cursor) => (cursor === null ? ask(null) : Promise.reject(new Error('gone'))));
  await expect(report).rejects.toThrow('gone');
});
