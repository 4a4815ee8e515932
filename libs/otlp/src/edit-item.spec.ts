import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { AttributeValue, ItemEdit } from '#model';
import { decodeLogRecord } from './decode-log-record.ts';
import { decodeResource, decodeSpan } from './decode-span.ts';
import { editLogRecord, editResource, editSpan } from './edit-item.ts';
import { editLogs, editTraces } from './edit-request.ts';
import { ProtoWriter } from './proto-writer.ts';
import { writeAnyValue } from './write-any-value.ts';

const PARTS = [{ attributes: new Map() }, { name: '', version: '', attributes: new Map() }] as const;
const IDS = { traceId: 'a'.repeat(32), recordId: 'b'.repeat(16), parentSpanId: null };

/** Replaces what stands under `secret`, in events too, and every message. */
const edit: ItemEdit = {
  concerns: (_event, key) => key === 'secret',
  attribute: (_event, _key, value) => (value === 'kept' ? value : 'gone'),
  status: () => 'gone',
  body: (event, value) => (event === 'said' ? 'gone' : value),
};
const keepAll: ItemEdit = {
  concerns: () => true,
  attribute: (_event, _key, value) => value,
  status: (message) => message,
  body: (_event, value) => value,
};

function keyValue(writer: ProtoWriter, field: number, key: string, value: AttributeValue): void {
  const start = writer.begin(field);
  writer.string(1, key);
  writeAnyValue(writer, 2, value);
  writer.end(start);
}

function spanBytes(attributes: readonly (readonly [string, AttributeValue])[], message = ''): Uint8Array {
  const writer = new ProtoWriter();
  writer.bytes(1, Buffer.from(IDS.traceId, 'hex'));
  writer.bytes(2, Buffer.from(IDS.recordId, 'hex'));
  writer.varint(99, 7);
  for (const [key, value] of attributes) keyValue(writer, 9, key, value);
  const event = writer.begin(11);
  writer.string(2, 'said');
  for (const [key, value] of attributes) keyValue(writer, 3, key, value);
  writer.end(event);
  const status = writer.begin(15);
  if (message !== '') writer.string(2, message);
  writer.varint(3, 2);
  writer.end(status);
  writer.varint(98, 8);
  return new Uint8Array(writer.finish());
}

const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.double({ noNaN: true }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ),
})).value;

const edited = (bytes: Uint8Array) => {
  const span = decodeSpan(editSpan(bytes, edit), ...PARTS);
  return {
    attributes: [...span.attributes],
    events: span.events.map((event) => [...event.attributes]),
    status: [span.statusCode, span.statusMessage],
  };
};

test('changes what the edit concerns, in the span, its events and its status', () => {
  const bytes = spanBytes(
    [
      ['secret', 'x'],
      ['plain', 5n],
      ['secret2', 'x'],
    ],
    'why',
  );
  const attributes = [
    ['secret', 'gone'],
    ['plain', 5n],
    ['secret2', 'x'],
  ];
  expect(edited(bytes)).toEqual({ attributes, events: [attributes], status: [2, 'gone'] });
});

test('leaves the very bytes of the rest, unknown fields too', () => {
  const before = Buffer.from(
    spanBytes([
      ['a', 1n],
      ['secret', 'x'.repeat(300)],
      ['z', [true]],
    ]),
  );
  const after = Buffer.from(editSpan(before, edit));
  expect(after).toEqual(
    Buffer.from(
      spanBytes([
        ['a', 1n],
        ['secret', 'gone'],
        ['z', [true]],
      ]),
    ),
  );
});

test('any value is written as it was read; an edit that changes nothing gives the same bytes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('secret', 'a', 'b'), value), { maxLength: 5 }),
      (attributes) => {
        const bytes = spanBytes(attributes, 'm');
        expect(editSpan(bytes, keepAll)).toBe(bytes);
        const rewritten = editSpan(bytes, {
          ...keepAll,
          attribute: (_e, _k, given) => structuredClone(given),
        });
        const [before, after] = [bytes, rewritten].map((one) => decodeSpan(one, ...PARTS));
        expect(after).toEqual(before);
      },
    ),
  );
});

test('a log record: its body by its name, and its attributes', () => {
  const writer = new ProtoWriter();
  writer.fixed64(1, 5n);
  writeAnyValue(writer, 5, { text: ['x'] });
  keyValue(writer, 6, 'secret', 'x');
  keyValue(writer, 6, 'plain', 'x');
  const bytes = new Uint8Array(writer.finish());
  const read = (event: string) => {
    const { body, attributes } = decodeLogRecord(editLogRecord(bytes, event, edit), IDS, ...PARTS);
    return [body, ...attributes];
  };
  expect(read('said')).toEqual(['gone', ['secret', 'gone'], ['plain', 'x']]);
  expect(read('other')).toEqual([{ text: ['x'] }, ['secret', 'gone'], ['plain', 'x']]);
});

test('a resource', () => {
  const writer = new ProtoWriter();
  const start = writer.begin(1);
  keyValue(writer, 1, 'secret', 'x');
  writer.end(start);
  const { attributes } = decodeResource(editResource(new Uint8Array(writer.finish()), edit));
  expect([...attributes]).toEqual([['secret', 'gone']]);
});

function request(items: readonly Uint8Array[]): Buffer {
  const writer = new ProtoWriter();
  const resource = writer.begin(1);
  const scope = writer.begin(2);
  for (const item of items) writer.bytes(2, item);
  writer.end(scope);
  writer.string(3, 'schema');
  writer.end(resource);
  return Buffer.from(writer.finish());
}

test('a request: each span; one that is malformed is left to the reader that refuses it', () => {
  const secret = spanBytes([['secret', 'x']]);
  const broken = Buffer.concat([secret, Buffer.from([0x4a, 0x7f])]);
  expect(editTraces(request([secret, broken, secret]), edit)).toEqual(
    request([editSpan(secret, edit), broken, editSpan(secret, edit)]),
  );
  const untouched = request([spanBytes([['plain', 'x']])]);
  expect(editTraces(untouched, edit)).toBe(untouched);
});

test('a request of log records, by the name each has', () => {
  const record = (name: string, body: string): Uint8Array => {
    const writer = new ProtoWriter();
    writeAnyValue(writer, 5, body);
    writer.string(12, name);
    return new Uint8Array(writer.finish());
  };
  const names = (log: { eventName: string }) => log.eventName;
  expect(editLogs(request([record('said', 'x'), record('other', 'x')]), edit, names)).toEqual(
    request([record('said', 'gone'), record('other', 'x')]),
  );
});
