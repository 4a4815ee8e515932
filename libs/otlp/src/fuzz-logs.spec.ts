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
  decodeEnvelope,
  expectRows,
  expectSameFromJson,
  itemsOf,
  readRows,
  type Reading,
} from '../../../test/support/otlp-reading.ts';
import {
  decodeReference,
  encodeReference,
  reference,
  type SpanRow,
} from '../../../test/support/otlp-reference.ts';
import { toAttributes, toValue } from '../../../test/support/otlp-reference-span.ts';
import { decodeLogRecord, encodeLogsFromJson, readLogs } from './index.ts';

const NO_RESOURCE = { attributes: new Map() };
const NO_SCOPE = { name: '', version: '', attributes: new Map() };
const read = (body: Buffer): Reading => readRows(body, readLogs);

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
      expectRows(result, itemsOf(decodeEnvelope(body)).map(expectedRow));
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
      let result: Reading;
      try {
        result = read(body);
      } catch (error) {
        expect(error).toBeInstanceOf(RejectedInput);
        seen.refused += 1;
        return;
      }
      const records = itemsOf(decodeEnvelope(body));
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
  fc.assert(
    fc.property(logsRequestArbitrary, fc.boolean(), (request, isEnumNamed) => {
      const body = encodeReference('ExportLogsServiceRequest', request);
      expectSameFromJson('ExportLogsServiceRequest', body, isEnumNamed, encodeLogsFromJson);
    }),
    { numRuns: fuzzRuns(150), examples: [[NEGATIVE_ZERO, false]] },
  );
});
