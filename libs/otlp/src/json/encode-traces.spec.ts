import { createHash } from 'node:crypto';
import { RejectedInput } from '#model';
import { describe, expect, test } from '@jest/globals';
import {
  decodeReference,
  encodeReference,
  readCopyBinary,
  toLong,
} from '../../../../test/support/otlp-reference.ts';
import {
  decodeSpan,
  encodeTracesFromJson,
  GrowingBuffer,
  PartCache,
  readTraces,
  SpanRows,
} from '../index.ts';
import type { ReadResult } from '../index.ts';

const LIMITS = { maxSpans: 10, maxDepth: 4 };
const START = '1790000000123456789';
const TRACE = '0102030405060708090A0b0c0d0e0f10';
const SPAN = 'ff02030405060708';
const span = (changes: object = {}): object => ({
  traceId: TRACE,
  spanId: SPAN,
  name: 'chat',
  startTimeUnixNano: START,
  ...changes,
});
const encode = (request: unknown): Buffer => encodeTracesFromJson(JSON.stringify(request), LIMITS);
const requestOf = (...spans: unknown[]): object => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const hash16 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, 16);
const read = (body: Buffer): ReadResult & { bytes: Buffer[] } => {
  const rows = new SpanRows();
  const result = readTraces(
    body,
    {
      ...LIMITS,
      tenantId: 1n,
      batchId: Buffer.alloc(16),
      earliestStartNs: BigInt(START),
      latestStartNs: BigInt(START),
      maxSpanBytes: 10_000,
      maxNameBytes: 100,
      maxAttributes: 10,
      parts: new PartCache(hash16),
      slices: new GrowingBuffer(),
    },
    rows,
  );
  return { ...result, bytes: readCopyBinary(rows.finish()).map((row) => row[12] ?? Buffer.alloc(0)) };
};
const resource = { attributes: new Map() };
const scope = { name: '', version: '', attributes: new Map() };
/** What the worker sees of attributes sent as JSON. */
const received = (attributes: unknown[]): [string, unknown][] => {
  const [bytes] = read(encode(requestOf(span({ attributes })))).bytes;
  return bytes === undefined ? [] : [...decodeSpan(bytes, resource, scope).attributes];
};

const everything = (names: 'camel' | 'snake'): unknown => {
  const request = {
    resourceSpans: [
      {
        resource: {
          attributes: [{ key: 'service.name', value: { stringValue: 'a' } }],
          droppedAttributesCount: 1,
        },
        scopeSpans: [
          {
            scope: { name: 's', version: '1', attributes: [{ key: 'k', value: { boolValue: false } }] },
            spans: [
              span({
                traceState: 'a=b',
                parentSpanId: '0000000000000001',
                kind: 3,
                endTimeUnixNano: '1790000000123456790',
                attributes: [
                  { key: 'string', value: { stringValue: 'ü' } },
                  { key: 'int', value: { intValue: '-5' } },
                  { key: 'double', value: { doubleValue: 0.5 } },
                  { key: 'array', value: { arrayValue: { values: [{ intValue: 1 }, {}] } } },
                  {
                    key: 'map',
                    value: { kvlistValue: { values: [{ key: 'k', value: { stringValue: '' } }] } },
                  },
                  { key: 'bytes', value: { bytesValue: 'AQID/w==' } },
                  { key: 'none' },
                ],
                droppedAttributesCount: 2,
                events: [
                  { timeUnixNano: '5', name: 'e', attributes: [{ key: 'x', value: { intValue: 1 } }] },
                ],
                droppedEventsCount: 3,
                links: [
                  { traceId: TRACE, spanId: SPAN, traceState: 'c', flags: 1, droppedAttributesCount: 9 },
                ],
                droppedLinksCount: '4',
                status: { message: 'm', code: 2 },
                flags: 257,
              }),
            ],
            schemaUrl: 'https://a',
          },
        ],
        schemaUrl: 'https://b',
      },
    ],
  };
  if (names === 'camel') return request;
  const rename = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(rename)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value).map(([key, member]) => [
              key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
              rename(member),
            ]),
          )
        : value;
  return rename(request);
};

test.each(['camel', 'snake'] as const)(
  '%s case: protobufjs encodes the same message to the same bytes',
  (names) => {
    const id = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
    const text = JSON.stringify(everything('camel'))
      .replaceAll(TRACE, id(TRACE))
      .replaceAll(`"${SPAN}"`, `"${id(SPAN)}"`)
      .replaceAll('"0000000000000001"', `"${id('0000000000000001')}"`);
    const expected = encodeReference('ExportTraceServiceRequest', JSON.parse(text));
    const encoded = encode(everything(names));
    expect(decodeReference('ExportTraceServiceRequest', encoded)).toEqual(
      decodeReference('ExportTraceServiceRequest', expected),
    );
    expect(encoded).toEqual(expected);
  },
);

test.each([
  ['a string', { stringValue: 'x' }, 'x'],
  ['an empty string', { stringValue: '' }, ''],
  ['false', { boolValue: false }, false],
  ['an int as string', { intValue: '9268' }, 9268n],
  ['an int as number', { intValue: 9268 }, 9268n],
  ['the smallest int', { intValue: '-9223372036854775808' }, -9223372036854775808n],
  ['a whole double as int', { intValue: '12.0' }, 12n],
  ['an int with an exponent', { intValue: '1e3' }, 1000n],
  ['a double', { doubleValue: -0.25 }, -0.25],
  ['a double as string', { doubleValue: '2.5e3' }, 2500],
  ['NaN', { doubleValue: 'NaN' }, NaN],
  ['infinity', { doubleValue: '-Infinity' }, -Infinity],
  ['what JSON makes of NaN', { doubleValue: null }, null],
  ['no value', {}, null],
  ['null', null, null],
  ['bytes', { bytesValue: 'AQI=' }, new Uint8Array([1, 2])],
  ['bytes in base64url without padding', { bytesValue: '_-8' }, new Uint8Array([255, 239])],
  ['a list with null', { arrayValue: { values: [{ intValue: 1 }, null] } }, [1n, null]],
  ['an empty list', { arrayValue: {} }, []],
  [
    'a map',
    { kvlistValue: { values: [{ key: '__proto__', value: { intValue: 1 } }] } },
    { ['__proto__']: 1n },
  ],
  ['an unknown member', { futureValue: 1 }, null],
  // Not what was declared: kept as text, so that it is seen to be no number.
  ['an int that is no number', { intValue: 'many' }, 'many'],
  ['an int with a fraction', { intValue: 12.5 }, '12.5'],
  ['an int beyond 64 bits', { intValue: '9223372036854775808' }, '9223372036854775808'],
  ['an empty int', { intValue: '' }, ''],
  ['a bool as text', { boolValue: 'True' }, 'True'],
  ['a string that is a number', { stringValue: 5 }, '5'],
  ['a double that is a list', { doubleValue: [1] }, '[1]'],
  ['bytes that are no base64', { bytesValue: '*' }, '*'],
  ['a list without values', { arrayValue: [1] }, '[1]'],
  ['a plain value', 'plain', 'plain'],
  ['a plain number', 5, '5'],
])('an attribute with %s', (_, value, expected) => {
  expect(received([{ key: 'k', value }])).toEqual([['k', expected]]);
});

test('an attribute that is no KeyValue keeps its text and fails nothing', () => {
  expect(received([7, { key: 5, value: { intValue: 1 } }])).toEqual([
    ['', '7'],
    ['5', 1n],
  ]);
});

test('times are exact as numbers too', () => {
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE}","spanId":"${SPAN}",
    "startTimeUnixNano":${START},"endTimeUnixNano":18446744073709551615,
    "attributes":[{"key":"n","value":{"intValue":9007199254740993}}]}]}]}]}`;
  const { bytes } = read(encodeTracesFromJson(Buffer.from(body), LIMITS));
  expect(bytes).toEqual([
    encodeReference('Span', {
      traceId: Buffer.from(TRACE, 'hex'),
      spanId: Buffer.from(SPAN, 'hex'),
      startTimeUnixNano: toLong(BigInt(START)),
      endTimeUnixNano: toLong(2n ** 64n - 1n),
      attributes: [{ key: 'n', value: { intValue: toLong(9007199254740993n) } }],
    }),
  ]);
});

test.each([
  ['SPAN_KIND_CLIENT', 3],
  ['3', 3],
  ['SPAN_KIND_OF_THE_FUTURE', 0],
  [null, 0],
  [17, 17],
])('kind %j reads as %s', (kind, expected) => {
  const [bytes] = read(encode(requestOf(span({ kind })))).bytes;
  expect(decodeSpan(bytes ?? Buffer.alloc(0), resource, scope).kind).toBe(expected);
});

const nested = (depth: number): object =>
  depth === 1 ? { intValue: 1 } : { arrayValue: { values: [nested(depth - 1)] } };

describe('a span that cannot be encoded is rejected alone, in its place', () => {
  test.each([
    ['bad_trace_id', { traceId: 'xyz' }, null, SPAN],
    ['bad_trace_id', { traceId: 5 }, null, SPAN],
    ['bad_trace_id', { traceId: 'AQIDBAUGBwgJCgsMDQ4PEA==' }, null, SPAN],
    ['bad_trace_id', { traceId: null }, null, SPAN],
    ['bad_trace_id', { traceId: '00'.repeat(16) }, null, SPAN],
    ['bad_span_id', { spanId: 'ff' }, TRACE, null],
    ['bad_span_id', { spanId: 'f' }, TRACE, null],
    ['bad_parent_span_id', { parentSpanId: 'ff' }, TRACE, SPAN],
    ['malformed', { parentSpanId: 'root' }, TRACE, SPAN],
    ['malformed', { name: 5 }, TRACE, SPAN],
    ['malformed', { startTimeUnixNano: 'yesterday' }, TRACE, SPAN],
    ['malformed', { endTimeUnixNano: -1 }, TRACE, SPAN],
    ['malformed', { kind: 1.5 }, TRACE, SPAN],
    ['malformed', { attributes: {} }, TRACE, SPAN],
    ['malformed', { events: [1] }, TRACE, SPAN],
    ['malformed', { status: 'ok' }, TRACE, SPAN],
    ['malformed', { flags: '-1' }, TRACE, SPAN],
    ['start_outside_window', { startTimeUnixNano: null }, TRACE, SPAN],
    ['nesting_too_deep', { attributes: [{ key: 'k', value: nested(5) }] }, TRACE, SPAN],
    ['nesting_too_deep', { events: [{ attributes: [{ key: 'k', value: nested(5) }] }] }, TRACE, SPAN],
  ])('%s: %j', (reason, changes, traceId, spanId) => {
    const result = read(encode(requestOf(span(), span(changes), span())));
    const ids = { traceId: traceId?.toLowerCase() ?? null, spanId };
    expect(result.rejected.listed).toEqual([{ position: 1, reason, ...ids }]);
    expect([result.received, result.accepted]).toEqual([3, 2]);
  });

  test.each([[null], [5], ['span'], [[]]])('malformed: %j', (bad) => {
    const { rejected } = read(encode(requestOf(bad, span())));
    expect(rejected.listed).toEqual([{ position: 0, reason: 'malformed', traceId: null, spanId: null }]);
  });

  test('at the limit it is stored', () => {
    expect(read(encode(requestOf(span({ attributes: [{ key: 'k', value: nested(4) }] })))).accepted).toBe(1);
  });

  test('a resource nested too deep fails its own spans only', () => {
    const attributes = [{ key: 'k', value: nested(5) }];
    const request = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span()] }] }] };
    expect(read(encode(request)).rejected.listed.map(({ reason }) => reason)).toEqual(['bad_resource']);
  });

  test('values nested a hundred thousand levels deep do no harm', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const lists = '{"arrayValue":{"values":['.repeat(100_000) + ']}}'.repeat(100_000);
    for (const value of [`{"intValue":${deep}}`, lists]) {
      const body = JSON.stringify(requestOf(span({ attributes: [{ key: 'k', value: 'X' }] }))).replace(
        '"X"',
        value,
      );
      expect([...read(encodeTracesFromJson(body, LIMITS)).rejected.byReason]).toEqual([
        ['nesting_too_deep', 1],
      ]);
    }
  });
});

test.each([
  ['', '', 'the body is not JSON'],
  ['{"resourceSpans":[', '', 'the body is not JSON'],
  ['[]', '', 'the body is no JSON object'],
  ['null', '', 'the body is no JSON object'],
  ['{"resourceSpans":{}}', 'resourceSpans', 'resourceSpans is not an array'],
  ['{"resourceSpans":[5]}', 'resourceSpans[0]', 'resourceSpans[0] is not an object'],
  ['{"resourceSpans":[{},{"resource":"a"}]}', 'resourceSpans[1].resource', 'is not an object'],
  ['{"resourceSpans":[{"scopeSpans":5}]}', 'resourceSpans[0].scopeSpans', 'is not an array'],
  ['{"resourceSpans":[{"schemaUrl":5}]}', 'resourceSpans[0].schemaUrl', 'is not a string'],
  [
    '{"resourceSpans":[{"scopeSpans":[{"scope":1}]}]}',
    'resourceSpans[0].scopeSpans[0].scope',
    'is not an object',
  ],
  [
    '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}',
    'resourceSpans[0].scopeSpans[0].spans',
    'is not an array',
  ],
  [
    '{"resourceSpans":[{"scopeSpans":[{"scope":{"name":1}}]}]}',
    'resourceSpans[0].scopeSpans[0].name',
    'is not a string',
  ],
])('%s is refused at %j', (body, field, message) => {
  let error: unknown;
  try {
    encodeTracesFromJson(body, LIMITS);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(RejectedInput);
  expect(error).toMatchObject({ code: 'invalid', field, message: expect.stringContaining(message) });
});

test('an empty request, unknown fields and too many spans', () => {
  expect(encode({ resourceSpans: null, future: 1 })).toEqual(Buffer.alloc(0));
  expect(encode({})).toEqual(Buffer.alloc(0));
  expect(() => encode(requestOf(...Array.from({ length: 11 }, () => span())))).toThrow(
    new RejectedInput('too_large', 'the request has more than 10 spans'),
  );
});
