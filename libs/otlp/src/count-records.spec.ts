import { RejectedInput } from '#model';
import { expect, test } from '@jest/globals';
import { countRecords, countRecordsJson } from './index.ts';

/** A length-delimited field with less than 128 bytes of content. */
const field = (number: number, ...content: Buffer[]): Buffer => {
  const joined = Buffer.concat(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, joined.length]), joined]);
};
const record = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8]);

test.each([
  ['logs', Buffer.alloc(0), 0],
  ['logs', field(1, field(1, record), field(2, field(1, record), field(2, record), field(2, record))), 2],
  ['logs', Buffer.concat([field(1, field(2, field(2))), field(9), field(1, field(2, field(2, record)))]), 2],
  ['metrics', field(1, field(2, field(2, field(5, field(1, record), field(1, record))))), 2],
  // A sum, a histogram, an exponential histogram and a summary, each with one data point.
  [
    'metrics',
    field(1, field(2, ...[7, 9, 10, 11].map((kind) => field(2, field(1), field(kind, field(1)))))),
    4,
  ],
] as const)('%s (case %#)', (signal, body, count) => expect(countRecords(signal, body)).toBe(count));

test.each([
  ['logs', {}, 0],
  ['logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }, { scope: {} }] }] }, 2],
  ['logs', { resourceLogs: null }, 0],
  [
    'metrics',
    { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: { dataPoints: [{}] } }, { name: 'a' }] }] }] },
    1,
  ],
] as const)('%s in JSON (case %#)', (signal, body, count) =>
  expect(countRecordsJson(signal, body)).toBe(count),
);

test.each([
  ['a truncated request', () => countRecords('logs', field(1, record).subarray(0, -1))],
  ['a truncated record', () => countRecords('logs', field(1, field(2, Buffer.from([0x12, 5]))))],
  ['a group', () => countRecords('metrics', Buffer.from([0x0b]))],
  ['JSON text', () => countRecordsJson('logs', 'text')],
  ['a list that is an object', () => countRecordsJson('logs', { resourceLogs: {} })],
  ['a list of numbers', () => countRecordsJson('metrics', { resourceMetrics: [5] })],
])('%s is refused', (_, count) => expect(count).toThrow(RejectedInput));
