import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { RejectedInput } from '#model';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  fuzzRuns,
  logBytesArbitrary,
  logsRequestArbitrary,
  mutated,
} from '../../../test/support/otlp-arbitrary.ts';
import {
  decodeReference,
  encodeReference,
  readCopyBinary,
  reference,
  toSpanRow,
  type SpanRow,
} from '../../../test/support/otlp-reference.ts';
import { toAttributes, toValue } from '../../../test/support/otlp-reference-span.ts';
import {
  decodeLogRecord,
  encodeLogsFromJson,
  GrowingBuffer,
  PartCache,
  readLogs,
  SpanRows,
} from './index.ts';
import type { ReadContext, ReadResult } from './index.ts';

const hash16 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, 16);
const LIMITS = { maxSpans: 1000, maxDepth: 10 };
const NO_RESOURCE = { attributes: new Map() };
const NO_SCOPE = { name: '', version: '', attributes: new Map() };
const context = (): ReadContext => ({
  ...LIMITS,
  tenantId: 3n,
  batchId: Buffer.alloc(16, 1),
  earliestStartNs: 1n,
  latestStartNs: 2n ** 64n - 2n,
  maxSpanBytes: 1 << 20,
  maxNameBytes: 300,
  maxAttributes: 100,
  parts: new PartCache(hash16),
  slices: new GrowingBuffer(64),
});
const read = (body: Buffer): ReadResult & { rows: SpanRow[] } => {
  const rows = new SpanRows(64);
  const result = readLogs(body, context(), rows);
  return { ...result, rows: readCopyBinary(rows.finish()).map(toSpanRow) };
};
/** The envelope is the same message as that of spans, but for its names. */
const recordsOf = (body: Buffer): Buffer[] => {
  const request: { resourceSpans?: { scopeSpans?: { spans?: Buffer[] }[] }[] } = decodeReference(
    'EnvelopeList',
    body,
  );
  return (request.resourceSpans ?? []).flatMap((group) =>
    (group.scopeSpans ?? []).flatMap((scope) => scope.spans ?? []),
  );
};

/** The row's columns as protobufjs reads them; null where the record cannot be stored. */
function expectedRow(bytes: Buffer): Partial<SpanRow> | null {
  const type = reference('LogIdentity');
  const log = type.toObject(type.decode(bytes), { longs: String, bytes: Buffer, defaults: true });
  const isId = (id: Buffer, length: number): boolean => id.length === length && id.some((byte) => byte !== 0);
  const time = BigInt(log['timeUnixNano']) || BigInt(log['observedTimeUnixNano']);
  if (time === 0n || time > 2n ** 64n - 2n) return null;
  const hasTrace = isId(log['traceId'], 16);
  const name = nameOf(bytes, log['eventName']);
  if (name.length > 300 || name.includes(0) || !isUtf8(name)) return null;
  return {
    ...(hasTrace ? { traceId: log['traceId'].toString('hex') } : {}),
    parentSpanId: hasTrace && isId(log['spanId'], 8) ? log['spanId'].readBigInt64BE() : null,
    startedAtUs: time / 1000n,
    endedAtUs: time / 1000n,
    signal: 1,
    name: name.toString('utf8'),
    bytes,
  };
}

function nameOf(bytes: Buffer, eventName: Buffer): Buffer {
  if (eventName.length > 0) return eventName;
  const { attributes = [] } = decodeReference('LogRecord', bytes) as {
    attributes?: { key?: string; value?: { stringValue?: string } }[];
  };
  const named = attributes.filter(({ key, value }) => key === 'event.name' && value?.stringValue);
  return Buffer.from(named.at(-1)?.value?.stringValue ?? '');
}

test('rows and rejections agree with protobufjs, and what is read again is the same row', () => {
  fc.assert(
    fc.property(logsRequestArbitrary, (request) => {
      const body = encodeReference('ExportLogsServiceRequest', request);
      const result = read(body);
      const expected = recordsOf(body).map((bytes, position) => ({ row: expectedRow(bytes), position }));
      expect(result.rows).toEqual(
        expected.flatMap(({ row, position }) =>
          row === null ? [] : [expect.objectContaining({ ...row, position })],
        ),
      );
      expect(result.rejected.listed.map(({ position }) => position)).toEqual(
        expected.flatMap(({ row, position }) => (row === null ? [position] : [])),
      );
      expect(read(body).rows).toEqual(result.rows);
      for (const summary of result.traces) {
        const own = result.rows.filter((row) => row.traceId === summary.traceId);
        const times = own.map((row) => row.startedAtUs).sort((a, b) => (a < b ? -1 : 1));
        expect(summary).toEqual({
          traceId: summary.traceId,
          spanCount: own.length,
          firstStartedAtUs: times[0],
          lastEndedAtUs: times.at(-1),
          rootEnded: own.some((row) => row.parentSpanId === null),
        });
      }
    }),
    { numRuns: fuzzRuns(150) },
  );
});

test('a record has its own id: another byte, resource or scope makes another, and none is zero', () => {
  const ids = new Map<string, string>();
  fc.assert(
    fc.property(logsRequestArbitrary, (request) => {
      for (const row of read(encodeReference('ExportLogsServiceRequest', request)).rows) {
        const content = `${row.resourceId}/${row.scopeId}/${row.bytes.toString('hex')}`;
        expect(ids.get(row.spanId.toString()) ?? content).toBe(content);
        ids.set(row.spanId.toString(), content);
        expect(row.spanId).not.toBe(0n);
      }
    }),
    { numRuns: fuzzRuns(50) },
  );
});

test('damaged bodies are refused or read, and nothing else happens', () => {
  const seen = { refused: 0, accepted: 0, rejected: 0 };
  const bodies = logsRequestArbitrary.map((request) => encodeReference('ExportLogsServiceRequest', request));
  fc.assert(
    fc.property(mutated(bodies), (body) => {
      let result: ReadResult & { rows: SpanRow[] };
      try {
        result = read(body);
      } catch (error) {
        expect(error).toBeInstanceOf(RejectedInput);
        seen.refused += 1;
        return;
      }
      const records = recordsOf(body);
      expect(result.accepted + result.rejected.count).toBe(records.length);
      for (const row of result.rows) {
        expect(row.bytes).toEqual(records[row.position]);
        const ids = { traceId: row.traceId, recordId: '1', parentSpanId: null };
        decodeLogRecord(row.bytes, ids, NO_RESOURCE, NO_SCOPE);
      }
      seen.accepted += result.accepted;
      seen.rejected += result.rejected.count;
    }),
    { numRuns: fuzzRuns(700) },
  );
  expect(Math.min(seen.refused, seen.accepted, seen.rejected)).toBeGreaterThan(50);
});

test('decodeLogRecord agrees with protobufjs, whatever the order of fields, merged messages included', () => {
  fc.assert(
    fc.property(logBytesArbitrary, (bytes) => {
      const log = decodeReference('LogRecord', bytes);
      const identity = decodeReference('LogIdentity', bytes);
      const timeOf = (name: string): bigint => {
        const time = log[name];
        return typeof time === 'string' ? BigInt(time) : 0n;
      };
      const time = timeOf('timeUnixNano') || timeOf('observedTimeUnixNano');
      const name = identity['eventName'];
      expect(
        decodeLogRecord(bytes, { traceId: 'a', recordId: 'b', parentSpanId: null }, NO_RESOURCE, NO_SCOPE),
      ).toEqual({
        traceId: 'a',
        recordId: 'b',
        spanId: null,
        timeNs: time,
        eventName: Buffer.isBuffer(name) ? name.toString('utf8') : '',
        body: log['body'] === undefined ? null : toValue(log['body']),
        attributes: toAttributes(log['attributes']),
        resource: NO_RESOURCE,
        scope: NO_SCOPE,
      });
    }),
    { numRuns: fuzzRuns(300) },
  );
});

test('OTLP JSON means what protobufjs takes its object form for', () => {
  const NEGATIVE_ZERO = {
    resourceLogs: [{ resource: { attributes: [{ key: '', value: { doubleValue: -0 } }] }, scopeLogs: [] }],
  };
  const withHexIds = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((entry) => withHexIds(entry));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, withHexIds(member, name)]),
      );
    // JSON.stringify writes -0 as 0; protobuf's JSON mapping takes a number as a string as well.
    if (Object.is(value, -0)) return '-0';
    return (key === 'traceId' || key === 'spanId') && typeof value === 'string'
      ? Buffer.from(value, 'base64').toString('hex')
      : value;
  };
  fc.assert(
    fc.property(logsRequestArbitrary, fc.boolean(), (request, namedEnums) => {
      const type = reference('ExportLogsServiceRequest');
      const body = encodeReference('ExportLogsServiceRequest', request);
      const json = type.toObject(type.decode(body), {
        json: true,
        longs: String,
        bytes: String,
        enums: namedEnums ? String : Number,
      });
      const encoded = encodeLogsFromJson(JSON.stringify(withHexIds(json)), LIMITS);
      const options = { longs: String, bytes: Buffer, defaults: true };
      expect(type.toObject(type.decode(encoded), options)).toEqual(type.toObject(type.decode(body), options));
    }),
    { numRuns: fuzzRuns(150), examples: [[NEGATIVE_ZERO, false]] },
  );
});
