import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { SpanStatusCode, trace, context, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { createTenant } from '#store';
import { createKey, startTestIngest, type TestIngest, type TestKey } from '../support/ingest.ts';
import { readDecodedSpans } from '../support/decoded-spans.ts';
import { sumBatches } from '../support/stored-spans.ts';

let at: TestIngest;
beforeAll(async () => {
  at = await startTestIngest();
});
afterAll(() => at.stop());

// The exporters of the official SDK, configured as their documentation says; nothing of the bytes is ours.
const EXPORTERS: Record<string, (key: TestKey) => SpanExporter> = {
  'http/protobuf': (key) =>
    new ProtoExporter({ url: `${at.url}/v1/traces`, headers: { authorization: key.authorization } }),
  'http/json': (key) =>
    new JsonExporter({ url: `${at.url}/v1/traces`, headers: { authorization: key.authorization } }),
  grpc: (key) =>
    new GrpcExporter({ url: `http://127.0.0.1:${at.ingest.grpcPort}`, metadata: metadataOf(key) }),
};
const CASES = Object.keys(EXPORTERS).flatMap((protocol) =>
  ['none', 'gzip'].map((compression) => ({ protocol, compression })),
);

afterEach(() => {
  delete process.env.OTEL_EXPORTER_OTLP_COMPRESSION;
});

function metadataOf(key: TestKey): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', key.authorization);
  return metadata;
}

test.each(CASES)(
  'the official SDK sends over $protocol with compression $compression, and it is stored',
  async (given) => {
    const { protocol, compression } = given;
    process.env.OTEL_EXPORTER_OTLP_COMPRESSION = compression;
    const name = `node-${protocol.replace('/', '-')}-${compression}`;
    const key = await createKey(at.db, await createTenant(at.db, name), ['spans']);
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': name }),
      spanProcessors: [new BatchSpanProcessor(EXPORTERS[protocol]!(key))],
    });
    const sent = runAgent(provider);
    await provider.forceFlush();
    await provider.shutdown();

    expect(await sumBatches(at.db, key.tenantId)).toEqual({
      received: 2,
      stored: 2,
      duplicate: 0,
      conflicting: 0,
      rejected: 0,
    });
    const stored = await readDecodedSpans(at.db, key.tenantId);
    const ids = (span: Span) => ({ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId });
    expect(stored.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      {
        ...ids(sent.call),
        parentSpanId: sent.root.spanContext().spanId,
        name: 'chat gpt-5.2',
        statusCode: 2,
        statusMessage: 'rate limited',
        attributes: new Map<string, unknown>([
          ['gen_ai.operation.name', 'chat'],
          ['gen_ai.usage.input_tokens', 1234n],
          ['gen_ai.request.temperature', 0.25],
          ['gen_ai.request.stop_sequences', ['a', 'ü']],
          ['streaming', true],
        ]),
        events: [{ name: 'retry', attributes: new Map([['attempt', 1n]]) }],
        scope: { name: 'agent', version: '1.2.3' },
      },
      { ...ids(sent.root), parentSpanId: null, name: 'invoke_agent support', statusCode: 0 },
    ]);
    expect(stored.map((span) => span.resource.attributes.get('service.name'))).toEqual([name, name]);
  },
);

/** One root and one failed model call under it, as an instrumentation would make them. */
function runAgent(provider: BasicTracerProvider): { root: Span; call: Span } {
  const tracer = provider.getTracer('agent', '1.2.3');
  const root = tracer.startSpan('invoke_agent support');
  const call = tracer.startSpan(
    'chat gpt-5.2',
    {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 1234,
        'gen_ai.request.temperature': 0.25,
        'gen_ai.request.stop_sequences': ['a', 'ü'],
        streaming: true,
      },
    },
    trace.setSpan(context.active(), root),
  );
  call.addEvent('retry', { attempt: 1 });
  call.setStatus({ code: SpanStatusCode.ERROR, message: 'rate limited' });
  call.end();
  root.end();
  return { root, call };
}
