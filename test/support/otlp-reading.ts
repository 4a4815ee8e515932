import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { GrowingBuffer, PartCache, SpanRows, type readLogs, type ReadResult } from '#otlp';
import { decodeReference, readCopyBinary, reference, toSpanRow, type SpanRow } from './otlp-reference.ts';

export const hash16 = (bytes: Uint8Array): Buffer =>
  createHash('sha256').update(bytes).digest().subarray(0, 16);

type LogReadContext = Parameters<typeof readLogs>[1];

export const LIMITS = { maxSpans: 1000, maxDepth: 10 };

export interface Reading extends ReadResult {
  readonly rows: SpanRow[];
  /** The bytes of every item received. */
  readonly slices: Buffer[];
}

/** Reads a request as the service would, with limits that fuzzed requests can reach. @throws what the reader throws */
export function readRows(
  body: Buffer,
  read: (body: Buffer, context: LogReadContext, rows: SpanRows) => ReadResult,
): Reading {
  const rows = new SpanRows(64);
  const context: LogReadContext = {
    ...LIMITS,
    tenantId: 3n,
    batchId: Buffer.alloc(16, 1),
    earliestStartNs: 1n,
    latestStartNs: 2n ** 64n - 2n,
    maxSpanBytes: 1 << 20,
    maxNameBytes: 300,
    maxAttributes: 100,
    parts: new PartCache(hash16),
    recordHashes: () => hash16,
    slices: new GrowingBuffer(64),
  };
  const result = read(body, context, rows);
  return {
    ...result,
    rows: readCopyBinary(rows.finish()).map(toSpanRow),
    slices: unframe(context.slices.contents()),
  };
}

function unframe(framed: Buffer): Buffer[] {
  const slices: Buffer[] = [];
  for (let at = 0; at < framed.length;) {
    const end = at + 4 + framed.readUInt32BE(at);
    slices.push(framed.subarray(at + 4, end));
    at = end;
  }
  return slices;
}

/** A request of spans as protobufjs cuts it; one of log records is the same message but for its names. */
export interface Envelope {
  readonly resourceSpans?: {
    readonly resource?: Buffer;
    readonly schemaUrl?: Buffer;
    readonly scopeSpans?: {
      readonly scope?: Buffer;
      readonly spans?: Buffer[];
      readonly schemaUrl?: Buffer;
    }[];
  }[];
}

export const decodeEnvelope = (body: Buffer): Envelope => decodeReference('EnvelopeList', body);

/** The bytes of every item of the request, in their order. */
export const itemsOf = ({ resourceSpans = [] }: Envelope): Buffer[] =>
  resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));

/** @param expected the columns of the row of each item, in their order; null where it cannot be stored */
export function expectRows(result: Reading, expected: readonly (Partial<SpanRow> | null)[]): void {
  expect(result.rows).toEqual(
    expected.flatMap((row, position) =>
      row === null ? [] : [expect.objectContaining({ ...row, position })],
    ),
  );
  expect(result.rejected.listed.map(({ position }) => position)).toEqual(
    expected.flatMap((row, position) => (row === null ? [position] : [])),
  );
}

/** Expects that a request written as OTLP JSON and re-encoded means what its protobuf does. */
export function expectSameFromJson(
  typeName: string,
  body: Buffer,
  isEnumNamed: boolean,
  encode: (json: string, limits: typeof LIMITS) => Buffer,
): void {
  const type = reference(typeName);
  const json = type.toObject(type.decode(body), {
    json: true,
    longs: String,
    bytes: String,
    enums: isEnumNamed ? String : Number,
  });
  const encoded = encode(JSON.stringify(asOtlpJson(json)), LIMITS);
  const options = { longs: String, bytes: Buffer, defaults: true };
  expect(type.toObject(type.decode(encoded), options)).toEqual(type.toObject(type.decode(body), options));
}

const HEX_IDS: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId']);

/** OTLP writes ids in hex; and JSON.stringify writes -0 as 0, so it goes as a string, which protobuf's mapping takes. */
function asOtlpJson(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((entry) => asOtlpJson(entry));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, asOtlpJson(member, name)]),
    );
  if (Object.is(value, -0)) return '-0';
  return HEX_IDS.has(key) && typeof value === 'string' ? Buffer.from(value, 'base64').toString('hex') : value;
}
