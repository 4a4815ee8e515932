import { createHash } from 'node:crypto';
import { RejectedInput } from '#model';
import { describe, expect, test } from '@jest/globals';
import {
  encodeReference,
  readCopyBinary,
  toLong,
  toSpanRow,
  type SpanRow,
} from '../../../test/support/otlp-reference.ts';
import { describeRejections, GrowingBuffer, PartCache, readTraces, SpanRows } from './index.ts';
import type { ReadContext, ReadResult } from './index.ts';

const START = 1_790_000_000_123_456_789n;
const TRACE = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
const SPAN = Buffer.from('ff02030405060708', 'hex');
const hash16 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, 16);

const context = (changes: Partial<ReadContext> = {}): ReadContext => ({
  tenantId: 7n,
  batchId: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
  earliestStartNs: START - 1_000_000n,
  latestStartNs: START + 86_400_000_000_000n,
  maxSpans: 100,
  maxSpanBytes: 4096,
  maxDepth: 4,
  maxNameBytes: 32,
  maxAttributes: 8,
  parts: new PartCache(hash16),
  slices: new GrowingBuffer(),
  ...changes,
});

const span = (changes: object = {}): object => ({
  traceId: TRACE,
  spanId: SPAN,
  name: 'chat gpt-5.2',
  kind: 3,
  startTimeUnixNano: toLong(START),
  endTimeUnixNano: toLong(START + 1_999n),
  ...changes,
});
const encodeSpan = (changes: object = {}): Buffer => encodeReference('Span', span(changes));
const request = (...spans: Buffer[]): Buffer =>
  encodeReference('EnvelopeList', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
const rowsOf = (rows: SpanRows): SpanRow[] => readCopyBinary(rows.finish()).map(toSpanRow);
const read = (body: Buffer, changes: Partial<ReadContext> = {}): ReadResult & { rows: SpanRow[] } => {
  const rows = new SpanRows(64);
  return { ...readTraces(body, context(changes), rows), rows: rowsOf(rows) };
};
/** A length-delimited field below number 16 with less than 16 KiB of content. */
const field = (number: number, content: Buffer): Buffer => {
  const length =
    content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
};

test('a span becomes one row, exactly', () => {
  const bytes = encodeSpan({ parentSpanId: Buffer.from('0000000000000001', 'hex') });
  const result = read(request(bytes));
  const emptyPart = hash16(Buffer.from([0x0a, 0]));
  expect(result.rows).toEqual([
    {
      tenantId: 7n,
      traceId: TRACE.toString('hex'),
      spanId: SPAN.readBigInt64BE(),
      startedAtUs: START / 1000n,
      endedAtUs: (START + 1_999n) / 1000n,
      parentSpanId: 1n,
      resourceId: emptyPart.toString('hex'),
      scopeId: emptyPart.toString('hex'),
      batchId: '00112233445566778899aabbccddeeff',
      position: 0,
      signal: 0,
      name: 'chat gpt-5.2',
      bytes,
    },
  ]);
  expect(result).toMatchObject({
    received: 1,
    accepted: 1,
    resources: [{ id: emptyPart, bytes: Buffer.from([0x0a, 0]) }],
    scopes: [{ id: emptyPart, bytes: Buffer.from([0x0a, 0]) }],
    days: [Number(START / 86_400_000_000_000n)],
    traces: [
      {
        traceId: TRACE.toString('hex'),
        spanCount: 1,
        firstStartedAtUs: START / 1000n,
        lastEndedAtUs: (START + 1_999n) / 1000n,
        rootEnded: false,
      },
    ],
  });
});

test.each([
  ['negative tenants', { tenantId: -5n }, -5n],
  ['the largest tenant', { tenantId: 9_223_372_036_854_775_807n }, 9_223_372_036_854_775_807n],
])('%s are written as they are', (_, changes, tenantId) => {
  expect(read(request(encodeSpan()), changes).rows[0]?.tenantId).toBe(tenantId);
});

test.each([1n, 999n, 1_000n, 1_790_000_000_999_999_999n, 4_294_967_296_000n, 2n ** 63n, 2n ** 64n - 1n])(
  'the time %s ns is cut to whole microseconds without rounding error',
  (time) => {
    const bytes = encodeSpan({ startTimeUnixNano: toLong(time), endTimeUnixNano: toLong(time) });
    const { rows, traces } = read(request(bytes), { earliestStartNs: -1n, latestStartNs: 2n ** 70n });
    expect(rows[0]).toMatchObject({ startedAtUs: time / 1000n, endedAtUs: time / 1000n });
    expect(traces[0]).toMatchObject({ firstStartedAtUs: time / 1000n, lastEndedAtUs: time / 1000n });
  },
);

const list = (depth: number): object =>
  depth === 1 ? { intValue: 1 } : { arrayValue: { values: [list(depth - 1)] } };
const map = (depth: number): object =>
  depth === 1 ? { boolValue: true } : { kvlistValue: { values: [{ key: 'k', value: map(depth - 1) }] } };
const attributes = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ key: `key${index}`, value: { intValue: index } }));

describe('one bad span is refused with its reason and the others are stored', () => {
  test.each([
    ['bad_trace_id', encodeSpan({ traceId: TRACE.subarray(1) })],
    ['bad_trace_id', encodeSpan({ traceId: Buffer.alloc(16) })],
    ['bad_trace_id', Buffer.alloc(0)],
    ['bad_trace_id', Buffer.concat([encodeSpan(), field(1, SPAN)])],
    ['bad_span_id', encodeSpan({ spanId: TRACE })],
    ['bad_span_id', encodeSpan({ spanId: Buffer.alloc(8) })],
    ['bad_parent_span_id', encodeSpan({ parentSpanId: SPAN.subarray(1) })],
    ['start_outside_window', encodeSpan({ startTimeUnixNano: 0 })],
    ['start_outside_window', encodeSpan({ startTimeUnixNano: toLong(START - 1_000_001n) })],
    ['start_outside_window', encodeSpan({ startTimeUnixNano: toLong(START + 86_400_000_000_001n) })],
    ['name_not_text', encodeSpan({ name: 'a\0b' })],
    ['name_not_text', Buffer.concat([encodeSpan(), field(5, Buffer.from([0x61, 0xc3, 0x28]))])],
    ['name_not_text', Buffer.concat([encodeSpan(), field(5, Buffer.from([0xed, 0xa0, 0x80]))])],
    ['name_too_long', encodeSpan({ name: 'x'.repeat(33) })],
    ['span_too_large', encodeSpan({ traceState: 'x'.repeat(4096) })],
    ['too_many_attributes', encodeSpan({ attributes: attributes(9) })],
    ['too_many_attributes', encodeSpan({ events: [{ attributes: attributes(9) }] })],
    ['too_many_attributes', encodeSpan({ links: [{ attributes: attributes(9) }] })],
    ['nesting_too_deep', encodeSpan({ attributes: [{ key: 'a', value: list(5) }] })],
    ['nesting_too_deep', encodeSpan({ events: [{ attributes: [{ key: 'a', value: map(5) }] }] })],
    ['malformed', encodeSpan().subarray(0, -1)],
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x0b, 0x0c])])],
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x00])])],
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x30, ...Buffer.alloc(10, 0xff), 1])])],
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x2a, 0xff, 0xff, 0xff, 0xff, 0x7f])])],
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x4a, 4, 0x0a, 1, 0x61, 0x12])])],
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x4a, 6, 0x0a, 1, 0x61, 0x12, 1, 0x18])])],
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x4a, 7, 0x0a, 1, 0x61, 0x12, 2, 0x0a, 9])])],
    // An integer that does not end where its value does: the bytes after it must not complete it.
    ['malformed', Buffer.concat([encodeSpan(), Buffer.from([0x4a, 7, 0x0a, 1, 0x61, 0x12, 2, 0x10, 0x80])])],
    [
      'malformed',
      Buffer.concat([encodeSpan(), Buffer.from([0x4a, 8, 0x0a, 1, 0x61, 0x12, 3, 0x18, 0x80, 0x80])]),
    ],
    [
      'malformed',
      Buffer.concat([encodeSpan(), Buffer.from([0x4a, 9, 0x0a, 1, 0x61, 0x12, 4, 0x21, 0, 0, 0])]),
    ],
  ])('%s (case %#)', (reason, bad) => {
    const good = encodeSpan();
    const result = read(request(good, bad, good));
    expect(result.rows.map((row) => row.position)).toEqual([0, 2]);
    expect({ received: result.received, accepted: result.accepted }).toEqual({ received: 3, accepted: 2 });
    expect(result.rejected.listed.map(({ position, reason }) => ({ position, reason }))).toEqual([
      { position: 1, reason },
    ]);
    expect([...result.rejected.byReason]).toEqual([[reason, 1]]);
  });
});

test.each([
  ['at the limit of attributes', { attributes: attributes(8) }],
  ['at the limit of depth', { attributes: [{ key: 'a', value: list(4) }] }],
  ['with a name of text beyond ASCII', { name: 'übersetzen 汉 🎟' }],
  ['with the longest name', { name: 'x'.repeat(32) }],
  ['that ends before it starts', { endTimeUnixNano: toLong(START - 5n) }],
  ['without an end', { endTimeUnixNano: 0 }],
  ['without a name', { name: '' }],
  ['with a parent of zeros, which is a root', { parentSpanId: Buffer.alloc(8) }],
  ['at the earliest start', { startTimeUnixNano: toLong(START - 1_000_000n) }],
  ['at the latest start', { startTimeUnixNano: toLong(START + 86_400_000_000_000n) }],
  [
    'with events, links and status',
    { events: [{ name: 'e' }], links: [{ traceId: TRACE }], status: { code: 2 } },
  ],
])('a span %s is stored', (_, changes) => {
  const bytes = encodeSpan(changes);
  const result = read(request(bytes));
  expect(result.rejected.listed).toEqual([]);
  expect(result.rows.map((row) => [row.bytes, row.parentSpanId])).toEqual([[bytes, null]]);
});

test('the ids of a refused span are told where they could be read', () => {
  const { rejected } = read(request(encodeSpan({ name: 'x'.repeat(33) }), encodeSpan({ traceId: SPAN })));
  const ids = { traceId: TRACE.toString('hex'), spanId: SPAN.toString('hex') };
  expect(rejected.listed).toEqual([
    { position: 0, reason: 'name_too_long', ...ids },
    { position: 1, reason: 'bad_trace_id', traceId: null, spanId: ids.spanId },
  ]);
  expect(describeRejections(rejected)).toBe(
    `2 rejected: 1 bad_trace_id, 1 name_too_long; the first is span 0 (${ids.traceId}/${ids.spanId})`,
  );
  expect(describeRejections(read(request()).rejected)).toBe('');
});

test('refusals beyond the first hundred are counted, not listed', () => {
  const { rejected } = read(request(...Array.from({ length: 150 }, () => Buffer.alloc(0))), {
    maxSpans: 150,
  });
  expect([rejected.count, rejected.listed.length, rejected.byReason.get('bad_trace_id')]).toEqual([
    150, 100, 150,
  ]);
});

test('slices hold every received span with its length, in wire order, after what was there', () => {
  const slices = new GrowingBuffer(64);
  slices.appendFramed(Buffer.from('salt'));
  const spans = [encodeSpan(), Buffer.from([0x0a]), encodeSpan({ name: 'b' })];
  read(request(...spans), { slices });
  const framed = [Buffer.from('salt'), ...spans].map((bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  expect(slices.contents()).toEqual(Buffer.concat(framed));
});

describe('the envelope', () => {
  const resource = encodeReference('Resource', { attributes: attributes(2) });
  const scope = encodeReference('InstrumentationScope', { name: 'scope', version: '1' });
  const url = Buffer.from('https://opentelemetry.io/schemas/1.37.0');
  const parts = (result: ReadResult): unknown => [result.resources, result.scopes];
  const stored = (bytes: Buffer): object => ({ id: hash16(bytes), bytes });

  test('a resource and a scope that follow their spans, in pieces, with unknown fields between', () => {
    const half = resource.length / 2;
    const scopeSpans = Buffer.concat([field(3, url), field(2, encodeSpan()), field(9, url), field(1, scope)]);
    const resourceSpans = Buffer.concat([
      field(1, resource.subarray(0, half)),
      field(2, scopeSpans),
      Buffer.from([0x78, 0xff, 0x01]),
      field(1, resource.subarray(half)),
      field(3, Buffer.from('replaced')),
      field(3, url),
    ]);
    const result = read(Buffer.concat([field(1, resourceSpans), field(7, url)]));
    expect(result.accepted).toBe(1);
    expect(parts(result)).toEqual([
      [stored(Buffer.concat([field(1, resource), field(3, url)]))],
      [stored(Buffer.concat([field(1, scope), field(3, url)]))],
    ]);
    expect(result.rows[0]).toMatchObject({
      resourceId: hash16(Buffer.concat([field(1, resource), field(3, url)])).toString('hex'),
      scopeId: hash16(Buffer.concat([field(1, scope), field(3, url)])).toString('hex'),
    });
  });

  test('each distinct resource and scope is told once, and only where spans of it were accepted', () => {
    const group = (resource: Buffer, ...spans: Buffer[]): Buffer =>
      field(
        1,
        Buffer.concat([field(1, resource), field(2, Buffer.concat(spans.map((span) => field(2, span))))]),
      );
    const other = encodeReference('Resource', { attributes: attributes(1) });
    const body = Buffer.concat([
      group(resource, encodeSpan()),
      group(other, Buffer.from([0x0a])),
      group(resource, encodeSpan()),
      field(1, field(1, scope)),
    ]);
    const result = read(body);
    expect(result.rows.map((row) => row.position)).toEqual([0, 2]);
    expect(parts(result)).toEqual([[stored(field(1, resource))], [stored(Buffer.from([0x0a, 0]))]]);
  });

  test.each([
    ['bad_resource', field(1, Buffer.from([0x0a, 9])), Buffer.alloc(0)],
    ['bad_resource', field(1, encodeReference('Resource', { attributes: attributes(9) })), Buffer.alloc(0)],
    ['bad_scope', Buffer.alloc(0), field(1, Buffer.from([0x0b]))],
  ])('%s refuses the spans under it and no others', (reason, badResource, badScope) => {
    const scopeSpans = Buffer.concat([badScope, field(2, encodeSpan())]);
    const bad = field(1, Buffer.concat([badResource, field(2, scopeSpans)]));
    const result = read(Buffer.concat([bad, request(encodeSpan())]));
    expect(result.rejected.listed.map(({ position, reason }) => [position, reason])).toEqual([[0, reason]]);
    expect(result.rows.map((row) => row.position)).toEqual([1]);
  });

  test.each([
    ['text', Buffer.from('hello, world')],
    ['a truncated request', request(encodeSpan()).subarray(0, -1)],
    ['a group', Buffer.from([0x0b, 0x0c])],
    ['field number 0', Buffer.from([0x02, 0x00])],
    ['a tag of six bytes', Buffer.from([0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00])],
    ['a 64-bit length', Buffer.from([0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01])],
    ['a negative length', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])],
    ['a length past its message', Buffer.from([0x0a, 0x02, 0x12, 0x05, 0, 0, 0, 0, 0])],
    ['spans past their scope', Buffer.from([0x0a, 0x04, 0x12, 0x02, 0x12, 0x01, 0])],
  ])('%s is refused and changes nothing', (_, body) => {
    const rows = new SpanRows();
    const reading = context();
    readTraces(request(encodeSpan()), reading, rows);
    const before = [Buffer.from(rows.finish()), Buffer.from(reading.slices.contents())];
    expect(() => readTraces(body, reading, rows)).toThrow(RejectedInput);
    expect([rows.finish(), reading.slices.contents()]).toEqual(before);
  });

  test('overlong varints mean what they say', () => {
    const bytes = encodeSpan();
    const long = (tag: number, content: Buffer): Buffer =>
      Buffer.concat([Buffer.from([tag | 0x80, 0x80, 0x00, content.length | 0x80, 0x80, 0x00]), content]);
    expect(read(long(0x0a, long(0x12, long(0x12, bytes)))).rows.map((row) => row.bytes)).toEqual([bytes]);
  });

  test('more spans than allowed refuse the request', () => {
    const body = request(...Array.from({ length: 101 }, () => encodeSpan()));
    expect(() => read(body)).toThrow(new RejectedInput('too_large', 'the request has more than 100 spans'));
  });

  test('an empty request has no spans', () => {
    expect(read(Buffer.alloc(0))).toMatchObject({ received: 0, accepted: 0, rows: [], traces: [], days: [] });
  });
});

test('traces and days are summed over spans that alternate between them', () => {
  const other = Buffer.from(TRACE).fill(9, 15);
  const day = 86_400_000_000_000n;
  const at = (traceId: Buffer, start: bigint, end: bigint, parentSpanId = SPAN): Buffer =>
    encodeSpan({ traceId, startTimeUnixNano: toLong(start), endTimeUnixNano: toLong(end), parentSpanId });
  const { traces, days } = read(
    request(
      at(TRACE, START + 5_000n, START + 9_000n),
      at(other, START + day, START + day, Buffer.alloc(0)),
      at(TRACE, START + 2_000n, START, Buffer.alloc(0)),
      at(other, START + day - 1_000n, 0n),
    ),
  );
  expect(traces).toEqual([
    {
      traceId: TRACE.toString('hex'),
      spanCount: 2,
      firstStartedAtUs: (START + 2_000n) / 1000n,
      lastEndedAtUs: (START + 9_000n) / 1000n,
      rootEnded: true,
    },
    {
      traceId: other.toString('hex'),
      spanCount: 2,
      firstStartedAtUs: (START + day - 1_000n) / 1000n,
      lastEndedAtUs: (START + day) / 1000n,
      rootEnded: true,
    },
  ]);
  expect(days).toEqual([Number(START / day), Number(START / day) + 1]);
});

test('a root that has not ended does not end its trace', () => {
  expect(read(request(encodeSpan({ endTimeUnixNano: 0 }))).traces).toMatchObject([{ rootEnded: false }]);
});

test('rows of requests can be taken back, and the buffer used again', () => {
  const rows = new SpanRows(64);
  const reading = context();
  readTraces(request(encodeSpan({ name: 'kept' })), reading, rows);
  const mark = rows.mark();
  readTraces(request(encodeSpan({ name: 'late' }), encodeSpan()), reading, rows);
  expect([rows.rowCount, rowsOf(rows).length]).toEqual([3, 3]);
  rows.rollback(mark);
  expect([rows.rowCount, rowsOf(rows).map((row) => row.name)]).toEqual([1, ['kept']]);
  rows.reset();
  expect([rows.rowCount, rows.byteLength, rowsOf(rows)]).toEqual([0, 19, []]);
});

test('a full cache of resources forgets the oldest and answers the same', () => {
  const parts = new PartCache(hash16, 2);
  const body = (name: string): Buffer =>
    encodeReference('ExportTraceServiceRequest', {
      resourceSpans: [
        { resource: { attributes: [{ key: name, value: {} }] }, scopeSpans: [{ spans: [span()] }] },
      ],
    });
  for (const name of ['a', 'b', 'c', 'a', 'd', 'a'])
    expect(read(body(name), { parts }).resources).toEqual(read(body(name)).resources);
});
