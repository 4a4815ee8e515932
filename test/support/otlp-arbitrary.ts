import * as fc from 'fast-check';
import protobuf from 'protobufjs';
import { encodeReference, toLong } from './otlp-reference.ts';

/** Runs of a property in an ordinary test run; FUZZ_FACTOR=50 searches fifty times as long. */
export const fuzzRuns = (runs: number): number => runs * Number(process.env['FUZZ_FACTOR'] ?? 1);

/** Text of any code points, so that it takes one to four bytes each in UTF-8. */
const text = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 200 }));
const uint64 = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(0n, 2n ** 53n, 2n ** 64n - 1n));
const int64 = fc.oneof(
  fc.bigInt(-200n, 70_000n),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, -(2n ** 32n), 2n ** 53n + 1n),
);
const bytes = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

const { value } = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ stringValue: text }),
    fc.record({ intValue: int64.map(toLong) }),
    fc.record({ doubleValue: fc.double() }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 10 }).map((array) => Buffer.from(array)) }),
    fc.constant({}),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));
const attributes = fc.array(
  fc.record({ key: text, value: fc.option(value, { nil: undefined }) }, { requiredKeys: ['key'] }),
  { maxLength: 6 },
);

const traceId = fc.oneof(
  { weight: 4, arbitrary: bytes(16) },
  { weight: 4, arbitrary: fc.constantFrom(Buffer.alloc(16, 1), Buffer.alloc(16, 2)) },
  { weight: 1, arbitrary: bytes(15) },
);

/** A span as protobufjs takes it, with any subset of its optional fields; mostly one that can be stored. */
const spanArbitrary = fc.record(
  {
    traceId,
    spanId: fc.oneof({ weight: 9, arbitrary: bytes(8) }, { weight: 1, arbitrary: bytes(9) }),
    traceState: text,
    parentSpanId: fc.oneof(bytes(8), fc.constant(Buffer.alloc(0)), fc.constant(Buffer.alloc(8))),
    name: text,
    kind: fc.integer({ min: 0, max: 5 }),
    startTimeUnixNano: uint64.map(toLong),
    endTimeUnixNano: uint64.map(toLong),
    attributes,
    droppedAttributesCount: fc.nat(),
    events: fc.array(
      fc.record({ timeUnixNano: uint64.map(toLong), name: text, attributes }, { requiredKeys: [] }),
      { maxLength: 2 },
    ),
    links: fc.array(
      fc.record({ traceId: bytes(16), spanId: bytes(8), traceState: text, attributes }, { requiredKeys: [] }),
      { maxLength: 2 },
    ),
    status: fc.record({ message: text, code: fc.integer({ min: 0, max: 2 }) }, { requiredKeys: [] }),
    flags: fc.nat(),
  },
  { requiredKeys: ['traceId', 'spanId'] },
);

export const requestArbitrary = fc.record({
  resourceSpans: fc.array(
    fc.record(
      {
        resource: fc.record({ attributes }),
        scopeSpans: fc.array(
          fc.record(
            {
              scope: fc.record({ name: text, version: text, attributes }, { requiredKeys: [] }),
              spans: fc.array(spanArbitrary, { maxLength: 3 }),
              schemaUrl: text,
            },
            { requiredKeys: ['spans'] },
          ),
          { maxLength: 3 },
        ),
        schemaUrl: text,
      },
      { requiredKeys: ['scopeSpans'] },
    ),
    { maxLength: 3 },
  ),
});

const groupKey = fc.constantFrom('prompt.id', 'session.id', 'conversation.id', 'turn_id', 'event.name');
/** A log record as protobufjs takes it, with any subset of its fields; mostly one that can be stored. */
const logArbitrary = fc.record(
  {
    timeUnixNano: uint64.map(toLong),
    observedTimeUnixNano: uint64.map(toLong),
    severityNumber: fc.constantFrom(0, 9, 10, 17),
    severityText: text,
    body: value,
    attributes: fc
      .tuple(
        attributes,
        fc.array(fc.record({ key: groupKey, value: fc.oneof(fc.record({ stringValue: text }), value) }), {
          maxLength: 3,
        }),
      )
      .map(([some, more]) => [...some, ...more]),
    droppedAttributesCount: fc.nat(),
    flags: fc.nat(),
    traceId: fc.oneof(traceId, fc.constantFrom(Buffer.alloc(0), Buffer.alloc(16))),
    spanId: fc.oneof(bytes(8), fc.constantFrom(Buffer.alloc(0), Buffer.alloc(8), Buffer.alloc(7, 1))),
    eventName: text,
  },
  { requiredKeys: ['timeUnixNano'] },
);
export const logsRequestArbitrary = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeLogs: fc.array(
        fc.record({
          scope: fc.record({ name: text, version: text, attributes }, { requiredKeys: [] }),
          logRecords: fc.array(logArbitrary, { maxLength: 3 }),
          schemaUrl: text,
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 3 },
  ),
});

/** Fields of no message of OTLP, and known numbers with a wire type that they do not have. */
const unknownField = fc.constantFrom(
  Buffer.from([0xa0, 0x06, 0xff, 0x7f]),
  Buffer.from([0xa5, 0x06, 1, 2, 3, 4]),
  Buffer.from([0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8]),
  Buffer.from([0xa2, 0x06, 3, 0x0a, 0x12, 0x1a]),
  Buffer.from([0x08, 0x01]),
  Buffer.from([0x28, 0x05]),
  Buffer.from([0x3a, 0x01, 0x00]),
);

/** The fields of a message, each with its tag. */
function splitFields(message: Buffer): Buffer[] {
  const reader = protobuf.Reader.create(message);
  const fields: Buffer[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    reader.skipType(tag & 7);
    fields.push(message.subarray(start, reader.pos));
  }
  return fields;
}

function wrap(number: number, content: Buffer): Buffer {
  const writer = protobuf.Writer.create();
  return Buffer.from(
    writer
      .uint32(number * 8 + 2)
      .bytes(content)
      .finish(),
  );
}

/** Fields in any order with unknown ones between: another encoding that means much the same. */
function scrambled(message: Buffer): fc.Arbitrary<Buffer> {
  return fc
    .array(unknownField, { maxLength: 2 })
    .chain((extra) => {
      const fields = [...splitFields(message), ...extra];
      return fc.shuffledSubarray(fields, { minLength: fields.length, maxLength: fields.length });
    })
    .map((fields) => Buffer.concat(fields));
}

/** One span's bytes with its fields in any order, sometimes two spans merged by joining their bytes. */
export const spanBytesArbitrary = fc
  .array(spanArbitrary, { minLength: 1, maxLength: 2 })
  .chain((spans) => scrambled(Buffer.concat(spans.map((span) => encodeReference('Span', span)))));

/** An export request's bytes with the fields of every envelope and every span in any order. */
export const requestBytesArbitrary: fc.Arbitrary<Buffer> = requestArbitrary.chain(({ resourceSpans }) =>
  fc
    .tuple(
      ...resourceSpans.map(({ scopeSpans, ...resourcePart }) =>
        fc
          .tuple(
            ...scopeSpans.map(({ spans, ...scopePart }) =>
              fc
                .tuple(...spans.map((span) => scrambled(encodeReference('Span', span))))
                .chain((spans) =>
                  scrambled(
                    Buffer.concat([
                      encodeReference('ScopeSpans', scopePart),
                      ...spans.map((span) => wrap(2, span)),
                    ]),
                  ),
                ),
            ),
          )
          .chain((scopeSpans) =>
            scrambled(
              Buffer.concat([
                encodeReference('ResourceSpans', resourcePart),
                ...scopeSpans.map((scope) => wrap(2, scope)),
              ]),
            ),
          ),
      ),
    )
    .chain((groups) => scrambled(Buffer.concat(groups.map((group) => wrap(1, group))))),
);

/** One log record's bytes with its fields in any order, sometimes two records merged by joining their bytes. */
export const logBytesArbitrary = fc
  .array(logArbitrary, { minLength: 1, maxLength: 2 })
  .chain((logs) => scrambled(Buffer.concat(logs.map((log) => encodeReference('LogRecord', log)))));

/** Damage: flipped bits, cuts, and pieces copied over or into other places. */
export function mutated(original: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const place = fc.nat({ max: 1 << 20 });
  const damage = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat({ max: 7 }) }),
    fc.record({
      kind: fc.constant('set' as const),
      at: place,
      byte: fc.constantFrom(0, 0x0a, 0x12, 0x7f, 0x80, 0xff),
    }),
    fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat({ max: 40 }) }),
    fc.record({ kind: fc.constant('truncate' as const), at: place }),
    fc.record({ kind: fc.constant('splice' as const), at: place, from: place, length: fc.nat({ max: 60 }) }),
  );
  return fc.tuple(original, fc.array(damage, { minLength: 1, maxLength: 4 })).map(([bytes, damages]) => {
    let result: Buffer = Buffer.from(bytes);
    for (const step of damages) {
      if (result.length === 0) break;
      const at = step.at % result.length;
      if (step.kind === 'flip') result[at] = result[at]! ^ (1 << step.bit);
      else if (step.kind === 'set') result[at] = step.byte;
      else if (step.kind === 'truncate') result = result.subarray(0, at);
      else {
        const from = step.kind === 'splice' ? step.from % result.length : 0;
        const piece = step.kind === 'splice' ? result.subarray(from, from + step.length) : Buffer.alloc(0);
        const rest = result.subarray(step.kind === 'cut' ? at + step.length : at);
        result = Buffer.concat([result.subarray(0, at), piece, rest]);
      }
    }
    return result;
  });
}
