import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { Money, Ratio, Time } from '../wire.ts';
import { columnsOf } from '#files';
import { csvOf, ndjsonOf, totalBeside } from './report-file.ts';

const Row = z
  .object({
    group: z.record(z.string(), z.string().nullable()),
    items: z.int(),
    costUsd: Money.nullable().meta({ description: 'what it cost' }),
    share: Ratio.nullable(),
    at: Time,
    pending: z.object({ items: z.int(), costUsd: Money.nullable() }).nullable(),
    coverage: z.object({ priced: Ratio.nullable(), controls: z.object({ matches: z.boolean() }).optional() }),
    grade: z.enum(['metered', 'assumed']),
    bound: z.literal('lower').optional(),
    immature: z.literal(true).optional(),
    reasons: z.array(z.string()),
    id: z.guid(),
  })
  .meta({ id: 'RowOfColumnsOf' });
const ROW: z.infer<typeof Row> = {
  group: { workflow: '=x', items: null },
  items: 2,
  costUsd: '0.5',
  share: null,
  at: '2026-10-21T14:00:00Z',
  pending: null,
  coverage: { priced: '1', controls: { matches: true } },
  grade: 'metered',
  immature: true,
  reasons: ['a', 'b'],
  id: 'b6a3c8de-0000-4000-8000-000000000000',
};

test('every field of a row is a column, with its kind', () => {
  const columns = columnsOf(Row, {
    groups: ['workflow', 'items'],
    names: { 'coverage.priced': 'pricedCoverage' },
    without: ['id'],
  });
  expect(columns.map(({ name, kind, valueOf }) => [name, kind, valueOf(ROW)])).toEqual([
    ['workflow', 'text', '=x'],
    // A dimension may be called like a figure.
    ['group.items', 'text', null],
    ['items', 'integer', 2],
    ['costUsd', 'decimal', '0.5'],
    ['share', 'decimal', null],
    ['at', 'time', '2026-10-21T14:00:00Z'],
    ['pendingItems', 'integer', undefined],
    ['pendingCostUsd', 'decimal', undefined],
    ['pricedCoverage', 'decimal', '1'],
    ['coverageControlsMatches', 'boolean', true],
    ['grade', 'text', 'metered'],
    ['bound', 'text', undefined],
    ['immature', 'boolean', true],
    ['reasons', 'json', ['a', 'b']],
  ]);
});

test('two columns of one name are a mistake of ours', () => {
  expect(() => columnsOf(Row, { groups: [], names: { 'pending.items': 'items' } })).toThrow(
    'two columns are named items',
  );
});

test('CSV and NDJSON: rows, then what stands beside them; unknown is empty, a formula is text', () => {
  const columns = columnsOf(Row, { groups: ['workflow'], without: ['at', 'id', 'coverage', 'pending'] });
  const table = {
    name: 't',
    columns,
    rows: [ROW],
    beside: [
      totalBeside(columns, { ...ROW, group: {} }),
      { record: 'tieOut', value: { x: 1 }, csv: [{ cells: { costUsd: '-1' }, note: 'a, b' }] },
    ],
    next: null,
  };
  expect(csvOf(table).split('\r\n')).toEqual([
    'record,workflow,items,costUsd,share,grade,bound,immature,reasons,note',
    `row,'=x,2,0.5,,metered,,true,"[""a"",""b""]",`,
    `total,,2,0.5,,metered,,true,"[""a"",""b""]",`,
    'tieOut,,,-1,,,,,,"a, b"',
    '',
  ]);
  expect(
    ndjsonOf(table)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { record: 'row', ...ROW },
    { record: 'total', ...ROW, group: {} },
    { record: 'tieOut', x: 1 },
  ]);
});
