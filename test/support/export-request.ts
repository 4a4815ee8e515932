import { encodeReference } from './otlp-reference.ts';

export interface TestSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly startedAtNs: bigint;
  /** 1 ms after the start where it is not given. */
  readonly endedAtNs?: bigint;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An ExportTraceServiceRequest in protobuf (by protobufjs): one resource, one scope. */
export function encodeSpans(spans: readonly TestSpan[], service = 'test'): Buffer {
  return encodeReference('ExportTraceServiceRequest', toRequest(spans.map(toSpan), service));
}

/** The protobuf bytes of one span, as they are stored. */
export function encodeSpan(span: TestSpan): Buffer {
  return encodeReference('Span', toSpan(span));
}

/** The same request as OTLP JSON: ids in hex, times as decimal strings. */
export function jsonSpans(spans: readonly TestSpan[], service = 'test'): Buffer {
  const json = spans.map((span) => {
    const { traceId, spanId, parentSpanId } = span;
    return { ...toSpan(span), traceId, spanId, ...(parentSpanId === undefined ? {} : { parentSpanId }) };
  });
  return Buffer.from(JSON.stringify(toRequest(json, service)));
}

function toRequest(spans: readonly object[], service: string): object {
  const resource = { attributes: [attribute('service.name', service)] };
  const scope = { name: 'test-scope', version: '1.0.0' };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
}

function toSpan(span: TestSpan): object {
  const attributes = Object.entries(span.attributes ?? {}).map(([key, value]) => attribute(key, value));
  return {
    traceId: Buffer.from(span.traceId, 'hex'),
    spanId: Buffer.from(span.spanId, 'hex'),
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: Buffer.from(span.parentSpanId, 'hex') }),
    name: span.name ?? 'work',
    kind: 1,
    startTimeUnixNano: span.startedAtNs.toString(),
    endTimeUnixNano: (span.endedAtNs ?? span.startedAtNs + 1_000_000n).toString(),
    ...(attributes.length === 0 ? {} : { attributes }),
  };
}

function attribute(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}
