import { RejectedInput } from '#model';
import { describe, expect, test } from '@jest/globals';
import { encodeReference, toLong } from '../../../test/support/otlp-reference.ts';
import { decodeResource, decodeScope, decodeSpan } from './index.ts';

const resource = { attributes: new Map([['service.name', 'agent']]) };
const scope = { name: 'scope', version: '1', attributes: new Map() };

test('a span, whole', () => {
  const bytes = encodeReference('Span', {
    traceId: Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex'),
    spanId: Buffer.from('ff02030405060708', 'hex'),
    parentSpanId: Buffer.from('0000000000000001', 'hex'),
    traceState: 'ot=th:c',
    name: 'chat ü',
    kind: 3,
    startTimeUnixNano: toLong(1_790_000_000_123_456_789n),
    endTimeUnixNano: toLong(2n ** 64n - 1n),
    attributes: [
      { key: 'int', value: { intValue: toLong(-1n) } },
      { key: 'smallest', value: { intValue: toLong(-(2n ** 63n)) } },
      { key: 'nothing', value: {} },
      { key: 'twice', value: { stringValue: 'first' } },
      { key: 'twice', value: { doubleValue: 2.5 } },
    ],
    events: [{ name: 'exception', timeUnixNano: 5, attributes: [{ key: 'ok', value: { boolValue: true } }] }],
    status: { code: 2, message: 'timeout' },
  });
  expect(decodeSpan(bytes, resource, scope)).toEqual({
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId: 'ff02030405060708',
    parentSpanId: '0000000000000001',
    traceState: 'ot=th:c',
    name: 'chat ü',
    kind: 3,
    startedAtNs: 1_790_000_000_123_456_789n,
    endedAtNs: 2n ** 64n - 1n,
    statusCode: 2,
    statusMessage: 'timeout',
    attributes: new Map<string, unknown>([
      ['int', -1n],
      ['smallest', -(2n ** 63n)],
      ['nothing', null],
      ['twice', 2.5],
    ]),
    events: [{ name: 'exception', timeNs: 5n, attributes: new Map([['ok', true]]) }],
    resource,
    scope,
  });
});

const attribute = (...value: number[]): Buffer => {
  const keyValue = [0x0a, 1, 0x61, 0x12, value.length, ...value];
  return Buffer.from([0x4a, keyValue.length, ...keyValue]);
};

describe('values', () => {
  test.each([
    ['invalid UTF-8 becomes U+FFFD', [0x0a, 3, 0x61, 0xff, 0x62], 'a\ufffdb'],
    ['the last member of several counts', [0x18, 5, 0x0a, 1, 0x78], 'x'],
    ['a list goes on after a list', [0x2a, 4, 0x0a, 2, 0x18, 1, 0x2a, 4, 0x0a, 2, 0x18, 2], [1n, 2n]],
    ['a list replaces what is no list', [0x18, 5, 0x2a, 4, 0x0a, 2, 0x18, 2], [2n]],
    ['an overlong varint', [0x18, 0x85, 0x80, 0x00], 5n],
    ['a varint of ten bytes', [0x18, ...Buffer.alloc(9, 0xff), 1], -1n],
    ['a bool by any bit', [0x10, 0x80, 0x01], true],
    [
      'a key like a method of objects',
      [0x32, 13, 0x0a, 11, 0x0a, 9, ...Buffer.from('__proto__')],
      { ['__proto__']: null },
    ],
  ])('%s', (_, value, expected) => {
    expect(decodeSpan(attribute(...value), resource, scope).attributes).toEqual(new Map([['a', expected]]));
  });
});

test('a small bytes value does not keep the body alive', () => {
  const value = decodeSpan(attribute(0x3a, 2, 7, 8), resource, scope).attributes.get('a');
  expect(value).toEqual(new Uint8Array([7, 8]));
  expect(value instanceof Uint8Array && value.buffer.byteLength).toBe(2);
});

test('nothing at all is a span of zeros', () => {
  expect(decodeSpan(Buffer.alloc(0), resource, scope)).toMatchObject({
    traceId: '',
    parentSpanId: null,
    kind: 0,
  });
  expect(decodeResource(Buffer.alloc(0))).toEqual({ attributes: new Map() });
  expect(decodeScope(Buffer.alloc(0))).toEqual({ name: '', version: '', attributes: new Map() });
});

/** `depth` lists, each in the one before; a length of five bytes each. */
const deep = (depth: number): Buffer => {
  let value: Buffer = Buffer.alloc(0);
  const wrap = (tag: number, content: Buffer): Buffer => {
    const head = Buffer.from([tag, 0x80, 0x80, 0x80, 0x80, 0x00]);
    for (let index = 0, rest = content.length; index < 5; index += 1, rest >>>= 7)
      head[index + 1] = (rest & 0x7f) | (index < 4 ? 0x80 : 0);
    return Buffer.concat([head, content]);
  };
  for (let level = 0; level < depth; level += 1) value = wrap(0x2a, wrap(0x0a, value));
  return wrap(0x4a, wrap(0x12, value));
};

test.each([
  ['a group', Buffer.from([0x0b])],
  ['a truncated id', Buffer.from([0x0a, 16, 1])],
  ['a truncated time', Buffer.from([0x39, 1, 2, 3])],
  ['a length past the message it is in', attribute(0x0a, 9)],
  ['a varint of eleven bytes', attribute(0x18, ...Buffer.alloc(10, 0xff), 1)],
  ['lists in lists without end', deep(10_000)],
])('%s is refused', (_, bytes) => {
  expect(() => decodeSpan(bytes, resource, scope)).toThrow(RejectedInput);
});
