// Prebuilt OTLP export requests of about 1 KB a span, and the same spans as COPY text for the reference.
import protobuf from 'protobufjs';
import { calls, vocabulary } from './trace-shapes.mjs';

export const SPANS_PER_REQUEST = 512;
/** Where the shapes leave room for a number of the trace's own. */
const OWN = '00000000';
const TEMPLATES = 12;
const DAYS = 3;
const DAY_NS = 86_400_000_000_000n;

const OTLP = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Scope { string name = 1; string version = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; Status status = 15; fixed32 flags = 16; }
message Status { string message = 2; int32 code = 3; }
`;
/** What protobufjs encodes requests with. */
export const Request = protobuf.parse(OTLP).root.lookupType('ExportTraceServiceRequest');

/** A small deterministic generator (xorshift32), so that every run sends the same bytes. */
function randomSource(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/**
 * Requests that differ in ids and times: a few are encoded by protobufjs, the others are copies with their ids, times and
 * own numbers written over, because encoding 300,000 spans would take longer than the benchmark.
 *
 * @param shape of the traces: `trace-shapes.mjs`
 * @param days before `nowNs` over which they are spread
 * @returns {{ body: Buffer, spans: { traceId: string, spanId: bigint, parentSpanId: bigint | null, startedAtNs: bigint,
 *   endedAtNs: bigint, name: string, attributes: object }[] }[]}
 */
export function buildExportRequests(
  count,
  nowNs = BigInt(Date.now()) * 1_000_000n,
  shape = calls,
  days = DAYS,
) {
  const random = randomSource(20261121);
  const templates = Array.from({ length: Math.min(TEMPLATES, count) }, () => buildTemplate(random, shape));
  return Array.from({ length: count }, (_, index) =>
    instantiate(templates[index % templates.length], index, nowNs - BigInt(index % days) * DAY_NS),
  );
}

function buildTemplate(random, shape) {
  const prose = vocabulary(random);
  const id = (bytes) => Buffer.from(Array.from({ length: bytes }, () => 1 + random(255)));
  const spans = [];
  for (let trace = 0; spans.length < SPANS_PER_REQUEST; trace += 1) {
    const traceId = id(16);
    const rootId = id(8);
    for (const { isRoot = false, ...span } of shape({ random, prose, id }))
      spans.push({
        ...span,
        trace,
        traceId,
        spanId: isRoot ? rootId : id(8),
        parentSpanId: isRoot ? null : rootId,
      });
  }
  const body = encodeRequest(spans);
  return { body, spans, places: findPlaces(body, spans) };
}

function encodeRequest(spans) {
  const attribute = ([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : Number.isInteger(value)
          ? { intValue: value }
          : { doubleValue: value },
  });
  const resource = {
    attributes: Object.entries({ 'service.name': 'support-agent', 'service.version': '4.2.0' }).map(
      attribute,
    ),
  };
  const encoded = spans.map((span) => ({
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: 3,
    startTimeUnixNano: 1,
    endTimeUnixNano: 2,
    attributes: Object.entries(span.attributes).map(attribute),
    status: { code: 1 },
    flags: 257,
  }));
  const scope = { name: 'opentelemetry.instrumentation.openai', version: '2.3.0' };
  return Buffer.from(
    Request.encode(
      Request.fromObject({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: encoded }] }] }),
    ).finish(),
  );
}

/** Where each span's ids and times stand: fields in number order, so they follow each other. */
function findPlaces(body, spans) {
  let from = 0;
  return spans.map((span) => {
    const traceId = body.indexOf(span.traceId, from);
    const spanId = traceId + 18;
    const parentSpanId = span.parentSpanId === null ? null : spanId + 10;
    const name = (parentSpanId ?? spanId) + 8;
    const start = name + 2 + Buffer.byteLength(span.name) + 3;
    from = start;
    const own = span.own.map((key) => {
      const text = span.attributes[key];
      return body.indexOf(text, body.indexOf(key, start)) + text.indexOf(OWN);
    });
    return { traceId, spanId, parentSpanId, start, end: start + 9, own };
  });
}

function instantiate(template, index, firstStartedAtNs) {
  const body = Buffer.from(template.body);
  const spans = template.spans.map((span, position) => {
    const place = template.places[position];
    for (const at of [place.traceId, place.spanId, place.parentSpanId])
      if (at !== null) body.writeUInt32BE((body.readUInt32BE(at) ^ (index * 0x9e3779b1)) >>> 0, at);
    const startedAtNs =
      firstStartedAtNs - 600_000_000_000n + BigInt(index * SPANS_PER_REQUEST + position) * 1_000n;
    const endedAtNs = startedAtNs + 987_654_321n;
    body.writeBigUInt64LE(startedAtNs, place.start);
    body.writeBigUInt64LE(endedAtNs, place.end);
    const number = String(index * SPANS_PER_REQUEST + span.trace).padStart(OWN.length, '0');
    for (const at of place.own) body.write(number, at, 'latin1');
    const own = span.own.map((key) => [key, span.attributes[key].replace(OWN, number)]);
    return {
      traceId: body.toString('hex', place.traceId, place.traceId + 16),
      spanId: body.readBigInt64BE(place.spanId),
      parentSpanId: place.parentSpanId === null ? null : body.readBigInt64BE(place.parentSpanId),
      startedAtNs,
      endedAtNs,
      name: span.name,
      attributes: own.length === 0 ? span.attributes : { ...span.attributes, ...Object.fromEntries(own) },
    };
  });
  return { body, spans };
}

const ID = '0a1b2c3d-0000-4000-8000-000000000001';

/** COPY text of one request's spans: the columns of `spans`, with attributes as JSON where the bytes are. */
export function toCopyText({ spans }, tenantId) {
  const time = (ns) =>
    new Date(Number(ns / 1_000_000n))
      .toISOString()
      .replace('Z', `${String((ns / 1000n) % 1000n).padStart(3, '0')}Z`);
  return spans
    .map((span, position) =>
      [
        tenantId,
        span.traceId,
        span.spanId,
        time(span.startedAtNs),
        time(span.endedAtNs),
        span.parentSpanId ?? '\\N',
        ID,
        ID,
        ID,
        position,
        span.name,
        JSON.stringify(span.attributes).replaceAll('\\', '\\\\'),
      ].join('\t'),
    )
    .join('\n')
    .concat('\n');
}
