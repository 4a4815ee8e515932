// Lazy read + COPY row build (libs/otlp) against a protobufjs decode of the same export requests.
// A-B-A-B-A...: each ratio is between neighbours in time, so that a drifting machine does not tilt it.
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import protobuf from 'protobufjs';

const SPANS_PER_REQUEST = 512;
/** Two megabytes: a body has just been received when it is read, so it is in the processor's cache. */
const REQUESTS = 4;
const STARTED_AT_NS = 1_790_000_000_000_000_000n;

const OTLP = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message Scope { string name = 1; string version = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3;
  double double_value = 4; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
  string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; Status status = 15; fixed32 flags = 16; }
message Status { string message = 2; int32 code = 3; }
`;

/** A small deterministic generator (xorshift32), so that every run decodes the same bytes. */
function randomSource(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function buildRequests(Request) {
  const random = randomSource(20261121);
  const id = (bytes) => Buffer.from(Array.from({ length: bytes }, () => 1 + random(255)));
  const text = (key, stringValue) => ({ key, value: { stringValue } });
  const count = (key, intValue) => ({ key, value: { intValue } });
  const models = ['gpt-5.2', 'claude-sonnet-4-6', 'gemini-3-pro-preview'];
  const words = ['refund', 'order', 'customer', 'policy', 'shipment', 'claim', 'approved', 'pending'];
  let index = 0;
  const span = (traceId, rootId, isRoot) => {
    const started = STARTED_AT_NS + BigInt(index++) * 1_234_567n;
    const prose = Array.from({ length: 42 }, () => words[random(words.length)]).join(' ');
    return {
      traceId,
      spanId: isRoot ? rootId : id(8),
      parentSpanId: isRoot ? Buffer.alloc(0) : rootId,
      name: isRoot ? 'invoke_agent support' : `chat ${models[random(3)]}`,
      kind: 3,
      startTimeUnixNano: protobuf.util.Long.fromString(String(started), true),
      endTimeUnixNano: protobuf.util.Long.fromString(String(started + 987_654_321n), true),
      attributes: [
        text('gen_ai.operation.name', isRoot ? 'invoke_agent' : 'chat'),
        text('gen_ai.provider.name', 'openai'),
        text('gen_ai.request.model', models[random(3)]),
        text('gen_ai.response.model', models[random(3)]),
        text('gen_ai.response.id', `chatcmpl-${id(12).toString('hex')}`),
        count('gen_ai.usage.input_tokens', random(60_000)),
        count('gen_ai.usage.output_tokens', random(4_000)),
        count('gen_ai.usage.cache_read.input_tokens', random(30_000)),
        count('gen_ai.usage.reasoning.output_tokens', random(900)),
        { key: 'gen_ai.request.temperature', value: { doubleValue: 0.2 } },
        {
          key: 'gen_ai.response.finish_reasons',
          value: { arrayValue: { values: [{ stringValue: 'stop' }] } },
        },
        text('gen_ai.conversation.id', `conversation-${random(100_000)}`),
        text('work_item.kind', 'ticket'),
        text('work_item.key', `T-${random(100_000)}`),
        text(
          'gen_ai.output.messages',
          `[{"role":"assistant","parts":[{"type":"text","content":"${prose}"}]}]`,
        ),
      ],
      status: { code: 1 },
      flags: 257,
    };
  };
  const request = () => {
    const spans = [];
    while (spans.length < SPANS_PER_REQUEST) {
      const traceId = id(16);
      const rootId = id(8);
      for (let n = 0; n < 16; n += 1) spans.push(span(traceId, rootId, n === 15));
    }
    const resource = {
      attributes: [text('service.name', 'support-agent'), text('service.version', '4.2.0')],
    };
    const scopeSpans = [{ scope: { name: 'opentelemetry.instrumentation.openai', version: '2.3.0' }, spans }];
    return Buffer.from(
      Request.encode(Request.fromObject({ resourceSpans: [{ resource, scopeSpans }] })).finish(),
    );
  };
  return Array.from({ length: REQUESTS }, request);
}

function makeLazyRead(otlp, requests) {
  const hash16 = (bytes) => createHash('sha256').update(bytes).digest().subarray(0, 16);
  const rows = new otlp.SpanRows(8 << 20);
  const context = {
    tenantId: 1n,
    batchId: Buffer.alloc(16, 7),
    earliestStartNs: STARTED_AT_NS - 1n,
    latestStartNs: STARTED_AT_NS + 86_400_000_000_000n,
    maxSpans: 100_000,
    maxSpanBytes: 1 << 20,
    maxDepth: 32,
    maxNameBytes: 1024,
    maxAttributes: 512,
    parts: new otlp.PartCache(hash16),
    slices: new otlp.GrowingBuffer(1 << 20),
  };
  return () => {
    let accepted = 0;
    for (const body of requests) {
      context.slices.reset();
      accepted += otlp.readTraces(body, context, rows).accepted;
      // As with group commit: rows of several requests share a buffer.
      if (rows.byteLength > 4 << 20) rows.reset();
    }
    if (accepted !== REQUESTS * SPANS_PER_REQUEST) throw new Error(`accepted ${accepted} spans`);
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Nanoseconds per span of a function that handles all requests once, over about `durationMs`. */
function measure(work, durationMs) {
  const begin = process.hrtime.bigint();
  let rounds = 0;
  let elapsed = 0n;
  do {
    work();
    rounds += 1;
    elapsed = process.hrtime.bigint() - begin;
  } while (elapsed < BigInt(durationMs) * 1_000_000n);
  return Number(elapsed) / (rounds * REQUESTS * SPANS_PER_REQUEST);
}

export async function run({ short = false } = {}) {
  const otlp = await import('../dist/libs/otlp/src/index.js');
  const Request = protobuf.parse(OTLP).root.lookupType('ExportTraceServiceRequest');
  const requests = buildRequests(Request);
  const lazyRead = makeLazyRead(otlp, requests);
  const decode = () => {
    for (const body of requests) Request.decode(body);
  };
  const durationMs = short ? 150 : 600;
  measure(lazyRead, durationMs);
  measure(decode, durationMs);
  const lazy = [measure(lazyRead, durationMs)];
  const eager = [];
  const ratios = [];
  for (let round = 0; round < (short ? 3 : 7); round += 1) {
    eager.push(measure(decode, durationMs));
    ratios.push(eager[round] / lazy[round]);
    lazy.push(measure(lazyRead, durationMs));
    ratios.push(eager[round] / lazy[round + 1]);
  }
  return {
    name: 'lazy read + row build vs protobufjs decode',
    ratio: median(ratios),
    floor: 6,
    aim: 9,
    details: {
      lazyNsPerSpan: Math.round(median(lazy)),
      protobufjsNsPerSpan: Math.round(median(eager)),
      bytesPerSpan: Math.round(requests[0].length / SPANS_PER_REQUEST),
      ratios: ratios.map((ratio) => Number(ratio.toFixed(2))),
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = await run({ short: process.argv.includes('--short') });
  console.log(JSON.stringify(result, null, 2));
  if (result.ratio < result.floor) process.exitCode = 1;
}
