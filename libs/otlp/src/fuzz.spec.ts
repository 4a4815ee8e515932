import { isUtf8 } from 'node:buffer';
import { RejectedInput } from '#model';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  fuzzRuns,
  mutated,
  requestArbitrary,
  requestBytesArbitrary,
  spanBytesArbitrary,
} from '../../../test/support/otlp-arbitrary.ts';
import {
  decodeEnvelope,
  expectRows,
  expectSameFromJson,
  hash16,
  itemsOf,
  LIMITS,
  readRows,
  type Envelope,
  type Reading,
} from '../../../test/support/otlp-reading.ts';
import {
  decodeReference,
  encodeReference,
  reference,
  type SpanRow,
} from '../../../test/support/otlp-reference.ts';
import { toAttributes, toSpan } from '../../../test/support/otlp-reference-span.ts';
import { decodeResource, decodeScope, decodeSpan, encodeTracesFromJson, readTraces } from './index.ts';

const read = (body: Buffer): Reading => readRows(body, readTraces);

/** The row's columns as protobufjs reads them from the span's bytes; null where the span cannot be stored. */
function expectedRow(bytes: Buffer): Partial<SpanRow> | null {
  const type = reference('SpanIdentity');
  const span: Record<string, unknown> = type.toObject(type.decode(bytes), {
    longs: String,
    bytes: Buffer,
    defaults: true,
  });
  const column = (name: string): Buffer => {
    const content = span[name];
    if (!Buffer.isBuffer(content)) throw new Error(`${name} is no bytes`);
    return content;
  };
  const [trace, own, parent] = [column('traceId'), column('spanId'), column('parentSpanId')];
  const text = column('name');
  const isZero = (id: Buffer): boolean => id.every((byte) => byte === 0);
  if (trace.length !== 16 || isZero(trace) || own.length !== 8 || isZero(own)) return null;
  if (parent.length !== 0 && parent.length !== 8) return null;
  if (text.length > 300 || text.includes(0) || !isUtf8(text)) return null;
  const start = BigInt(String(span['startTimeUnixNano']));
  if (start < 1n || start > 2n ** 64n - 2n) return null;
  return {
    tenantId: 3n,
    traceId: trace.toString('hex'),
    spanId: own.readBigInt64BE(),
    parentSpanId: isZero(parent) ? null : parent.readBigInt64BE(),
    startedAtUs: start / 1000n,
    endedAtUs: BigInt(String(span['endTimeUnixNano'])) / 1000n,
    signal: 0,
    name: text.toString('utf8'),
    bytes,
  };
}

test('rows, rejections, slices, resources and scopes agree with protobufjs', () => {
  fc.assert(
    fc.property(requestBytesArbitrary, (body) => {
      const result = read(body);
      const scopes = (decodeEnvelope(body).resourceSpans ?? []).flatMap((group) =>
        (group.scopeSpans ?? []).map((scope) => ({ group, scope })),
      );
      const spans = itemsOf(decodeEnvelope(body));
      expect(result.slices).toEqual(spans);
      expectRows(result, spans.map(expectedRow));
      const resources = new Map(result.resources.map(({ id, bytes }) => [id.toString('hex'), bytes]));
      const storedScopes = new Map(result.scopes.map(({ id, bytes }) => [id.toString('hex'), bytes]));
      const origins = scopes.flatMap(({ group, scope }) => (scope.spans ?? []).map(() => ({ group, scope })));
      for (const row of result.rows) {
        const { group, scope } = origins[row.position]!;
        const stored = resources.get(row.resourceId) ?? Buffer.alloc(0);
        const storedScope = storedScopes.get(row.scopeId) ?? Buffer.alloc(0);
        expect(row.resourceId).toBe(hash16(stored).toString('hex'));
        expect(row.scopeId).toBe(hash16(storedScope).toString('hex'));
        expect(decodeResource(stored)).toEqual({
          attributes: toAttributes(
            decodeReference('Resource', group.resource ?? Buffer.alloc(0))['attributes'],
          ),
        });
        const {
          name = '',
          version = '',
          attributes,
        } = decodeReference('InstrumentationScope', scope.scope ?? Buffer.alloc(0));
        expect(decodeScope(storedScope)).toEqual({ name, version, attributes: toAttributes(attributes) });
      }
    }),
    { numRuns: fuzzRuns(200) },
  );
});

const hasEnded = (span: Buffer): boolean =>
  (decodeReference('SpanIdentity', span)['endTimeUnixNano'] ?? '0') !== '0';

test('traces and days are what the rows say', () => {
  fc.assert(
    fc.property(requestBytesArbitrary, (body) => {
      const { rows, traces, days } = read(body);
      const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
      const traceIds = [...new Set(rows.map((row) => row.traceId))];
      expect(traces).toEqual(
        traceIds.map((traceId) => {
          const own = rows.filter((row) => row.traceId === traceId);
          return {
            traceId,
            spanCount: own.length,
            firstStartedAtUs: own.map((row) => row.startedAtUs).reduce((a, b) => (a < b ? a : b)),
            lastEndedAtUs: own.map((row) => max(row.endedAtUs, row.startedAtUs)).reduce(max),
            rootEnded: own.some((row) => row.parentSpanId === null && hasEnded(row.bytes)),
          };
        }),
      );
      const dayOf = (row: SpanRow): number => Number(row.startedAtUs / 86_400_000_000n);
      expect(new Set(days)).toEqual(new Set(rows.map(dayOf)));
    }),
    { numRuns: fuzzRuns(100) },
  );
});

test('damaged bodies are refused or read as protobufjs reads them, and nothing else happens', () => {
  const seen = { refused: 0, accepted: 0, rejected: 0 };
  fc.assert(
    fc.property(mutated(requestBytesArbitrary), (body) => {
      let envelope: Envelope | null = null;
      try {
        envelope = decodeEnvelope(body);
      } catch {
        // protobufjs does not take it: then neither may the reader, as far as the envelope goes.
      }
      let result: Reading;
      try {
        result = read(body);
      } catch (error) {
        expect(error).toBeInstanceOf(RejectedInput);
        seen.refused += 1;
        return;
      }
      expect(envelope).not.toBeNull();
      const spans = itemsOf(envelope ?? {});
      expect(result.slices).toEqual(spans);
      expect(result.accepted + result.rejected.count).toBe(spans.length);
      for (const row of result.rows) {
        expect(row).toMatchObject({ ...expectedRow(row.bytes), position: row.position });
        const resource = { attributes: new Map() };
        const scope = { name: '', version: '', attributes: new Map() };
        expect(decodeSpan(row.bytes, resource, scope)).toMatchObject({
          traceId: row.traceId,
          name: row.name,
        });
      }
      for (const { bytes } of result.resources) decodeResource(bytes);
      for (const { bytes } of result.scopes) decodeScope(bytes);
      seen.accepted += result.accepted;
      seen.rejected += result.rejected.count;
    }),
    { numRuns: fuzzRuns(1000) },
  );
  // The damage must not be such that one of the three never happens.
  expect(Math.min(seen.refused, seen.accepted, seen.rejected)).toBeGreaterThan(50);
});

test('bytes of any kind are refused or read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const decode of [
        () => read(Buffer.from(bytes)),
        () => decodeSpan(bytes, { attributes: new Map() }, { name: '', version: '', attributes: new Map() }),
        () => decodeResource(bytes),
        () => decodeScope(bytes),
        () => encodeTracesFromJson(Buffer.from(bytes), LIMITS),
      ])
        try {
          decode();
        } catch (error) {
          expect(error).toBeInstanceOf(RejectedInput);
        }
    }),
    { numRuns: fuzzRuns(500) },
  );
});

test('decodeSpan agrees with protobufjs, whatever the order of fields, merged messages included', () => {
  const resource = { attributes: new Map([['service.name', 'a']]) };
  const scope = { name: 'scope', version: '1', attributes: new Map() };
  fc.assert(
    fc.property(spanBytesArbitrary, (bytes) => {
      expect(decodeSpan(bytes, resource, scope)).toEqual(toSpan(bytes, resource, scope));
    }),
    { numRuns: fuzzRuns(500) },
  );
});

test('OTLP JSON means what protobufjs takes its object form for', () => {
  fc.assert(
    fc.property(requestArbitrary, fc.boolean(), (request, isEnumNamed) => {
      const body = encodeReference('ExportTraceServiceRequest', request);
      expectSameFromJson('ExportTraceServiceRequest', body, isEnumNamed, encodeTracesFromJson);
    }),
    { numRuns: fuzzRuns(200) },
  );
});
