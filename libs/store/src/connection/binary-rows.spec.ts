import { expect, test } from '@jest/globals';
import { BinaryRows } from './binary-rows.ts';
import { uuidArrayLiteral } from './hex-id.ts';

const HEADER = `${Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1').toString('hex')}${'00'.repeat(8)}`;
const ID = '00112233445566778899aabbccddeeff';

// As PostgreSQL 18 sends them: COPY (SELECT ...) TO STDOUT (FORMAT binary).
test.each<[string, (rows: BinaryRows) => BinaryRows, string]>([
  ['integer', (rows) => rows.integer(-2), '00000004fffffffe'],
  ['bigint', (rows) => rows.bigint(258n), '000000080000000000000102'],
  ['span id', (rows) => rows.spanId('80000000000000ff'), '0000000880000000000000ff'],
  ['uuid', (rows) => rows.uuid(ID), `00000010${ID}`],
  ['no uuid', (rows) => rows.uuid(null), 'ffffffff'],
  ['time', (rows) => rows.timestamp(946_684_800_000_001n), '000000080000000000000001'],
  ['day', (rows) => rows.date('2000-01-02'), '0000000400000001'],
  ['text', (rows) => rows.text('é'), '00000002c3a9'],
  ['no text', (rows) => rows.text(null), 'ffffffff'],
  ['JSON', (rows) => rows.jsonb('{}'), '00000003017b7d'],
  ['bytes', (rows) => rows.bytea(Buffer.from([0, 255])), '0000000200ff'],
])('%s', (_name, write, hex) => {
  const written = Buffer.concat(write(new BinaryRows(1).begin()).finish()).toString('hex');
  expect(written).toBe(`${HEADER}0001${hex}ffff`);
});

test.each<[string, (rows: BinaryRows) => unknown]>([
  ['uuid of 31 digits', (rows) => rows.uuid(ID.slice(1))],
  ['uuid of other letters', (rows) => rows.uuid(`${ID.slice(1)}g`)],
  ['span id of 15 digits', (rows) => rows.spanId('0'.repeat(15))],
  ['span id of other letters', (rows) => rows.spanId(`${'0'.repeat(15)}x`)],
  ['day without a month', (rows) => rows.date('2026')],
  ['30 February', (rows) => rows.date('2026-02-30')],
  ['thirteenth month', (rows) => rows.date('2026-13-01')],
  ['time before the year 1', (rows) => rows.timestamp(-62_135_596_800_000_001n)],
  ['literal of no uuid', () => uuidArrayLiteral([`${ID.slice(1)}'`])],
])('%s is refused', (_name, write) => {
  expect(() => write(new BinaryRows(1).begin())).toThrow(RangeError);
});
