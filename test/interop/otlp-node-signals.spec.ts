import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonMetrics,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { createTenant } from '#store';
import { SpanReader } from '../../apps/worker/src/read-spans.ts';
import { createKey, startTestIngest, type TestIngest, type TestKey } from '../support/ingest.ts';
import { sumBatches } from '../support/stored-spans.ts';

let at: TestIngest;
beforeAll(async () => {
  at = await startTestIngest();
});
afterAll(() => at.stop());
afterEach(() => {
  delete process.env.OTEL_EXPORTER_OTLP_COMPRESSION;
});

// The exporters of the official SDK, configured as their documentation says; nothing of the bytes is ours.
interface Exporters {
  readonly logs: (key: TestKey) => LogRecordExporter;
  readonly metrics: (key: TestKey, temporality: AggregationTemporalityPreference) => PushMetricExporter;
}
const http = (signal: string, { authorization }: TestKey) => ({
  url: `${at.url}/v1/${signal}`,
  headers: { authorization },
});
const grpc = ({ authorization }: TestKey) => {
  const metadata = new Metadata();
  metadata.set('authorization', authorization);
  return { url: `http://127.0.0.1:${at.ingest.grpcPort}`, metadata };
};
const EXPORTERS: Record<string, Exporters> = {
  'http/protobuf': {
    logs: (key) => new ProtoLogs(http('logs', key)),
    metrics: (key, temporalityPreference) =>
      new ProtoMetrics({ ...http('metrics', key), temporalityPreference }),
  },
  'http/json': {
    logs: (key) => new JsonLogs(http('logs', key)),
    metrics: (key, temporalityPreference) =>
      new JsonMetrics({ ...http('metrics', key), temporalityPreference }),
  },
  grpc: {
    logs: (key) => new GrpcLogs(grpc(key)),
    metrics: (key, temporalityPreference) => new GrpcMetrics({ ...grpc(key), temporalityPreference }),
  },
};
const CASES = Object.keys(EXPORTERS).flatMap((protocol) =>
  ['none', 'gzip'].map((compression) => ({ protocol, compression })),
);
const keyOf = async (name: string): Promise<TestKey> =>
  createKey(at.db, await createTenant(at.db, name.replaceAll('/', '-')), ['spans']);

test.each(CASES)(
  'log records of the official SDK over $protocol with compression $compression',
  async ({ protocol, compression }) => {
    process.env.OTEL_EXPORTER_OTLP_COMPRESSION = compression;
    const key = await keyOf(`logs-${protocol}-${compression}`);
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': 'claude-code' }),
      processors: [new BatchLogRecordProcessor({ exporter: EXPORTERS[protocol]!.logs(key) })],
    });
    const logger = provider.getLogger('com.anthropic.claude_code.events', '2.1.0');
    const timestamp = Date.now();
    logger.emit({
      timestamp,
      severityNumber: SeverityNumber.INFO,
      body: 'claude_code.api_request',
      attributes: {
        'event.name': 'api_request',
        'prompt.id': 'p1',
        input_tokens: 6,
        cost_usd: 0.0670615,
        tags: ['a', 'ü'],
        nested: { deep: [1, { er: true }] },
      },
    });
    logger.emit({ timestamp, eventName: 'claude_code.user_prompt', attributes: { 'prompt.id': 'p1' } });
    await provider.forceFlush();
    await provider.shutdown();

    expect(await sumBatches(at.db, key.tenantId)).toEqual({
      received: 2,
      stored: 2,
      duplicate: 0,
      conflicting: 0,
      rejected: 0,
    });
    const { rows } = await at.db.query<{ trace_id: string; root_ended: boolean }>(
      `SELECT replace(trace_id::text, '-', '') AS trace_id, root_ended FROM traces WHERE tenant_id = $1`,
      [key.tenantId],
    );
    expect(rows).toEqual([{ trace_id: expect.any(String), root_ended: true }]);
    const read = await new SpanReader().read(at.db, key.tenantId, [rows[0]!.trace_id]);
    const logs = read.get(rows[0]!.trace_id)!.map(({ log }) => log!);
    expect(logs.toSorted((a, b) => (a.eventName < b.eventName ? -1 : 1))).toMatchObject([
      {
        spanId: null,
        timeNs: BigInt(timestamp) * 1_000_000n,
        eventName: '',
        body: 'claude_code.api_request',
        attributes: new Map<string, unknown>([
          ['event.name', 'api_request'],
          ['prompt.id', 'p1'],
          ['input_tokens', 6n],
          ['cost_usd', 0.0670615],
          ['tags', ['a', 'ü']],
          ['nested', { deep: [1n, { er: true }] }],
        ]),
        scope: { name: 'com.anthropic.claude_code.events', version: '2.1.0' },
      },
      { eventName: 'claude_code.user_prompt', body: null },
    ]);
  },
);

test.each(
  CASES.flatMap((given) =>
    (['DELTA', 'CUMULATIVE'] as const).map((temporality) => ({ ...given, temporality })),
  ),
)(
  'metrics of the official SDK over $protocol with compression $compression, $temporality',
  async ({ protocol, compression, temporality }) => {
    process.env.OTEL_EXPORTER_OTLP_COMPRESSION = compression;
    const key = await keyOf(`metrics-${protocol}-${compression}-${temporality.toLowerCase()}`);
    const exporter = EXPORTERS[protocol]!.metrics(key, AggregationTemporalityPreference[temporality]);
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': 'claude-code' }),
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })],
    });
    const meter = provider.getMeter('com.anthropic.claude_code');
    const tokens = meter.createCounter('claude_code.token.usage', { unit: 'tokens' });
    const cost = meter.createCounter('claude_code.cost.usage', { unit: 'USD' });
    const usage = meter.createHistogram('gen_ai.client.token.usage', { unit: '{token}' });
    const sessions = meter.createCounter('claude_code.session.count');
    sessions.add(1);
    for (const round of [1, 2]) {
      tokens.add(10 * round, { type: 'input', model: 'claude-sonnet-4-5' });
      cost.add(0.25 * round, { model: 'claude-sonnet-4-5' });
      usage.record(3 * round, { 'gen_ai.token.type': 'output', 'gen_ai.request.model': 'gpt-4o' });
      await provider.forceFlush();
    }
    await provider.shutdown();
    const { rows } = await at.db.query(
      `SELECT metric, temporality, quantity, token_class, service, model,
              array_agg(trim_scale(value)::text ORDER BY at) AS values
         FROM counter_series JOIN counter_points USING (tenant_id, series_id)
        WHERE tenant_id = $1 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1`,
      [key.tenantId],
    );
    const common = { temporality: temporality.toLowerCase(), service: 'claude-code' };
    // What is shut down exports once more: the totals again, or nothing new.
    const values = (first: string, second: string, total: string): unknown =>
      temporality === 'DELTA' ? [first, second] : [first, total, total];
    expect(rows).toEqual([
      {
        ...common,
        metric: 'claude_code.cost.usage',
        quantity: 'cost_usd',
        token_class: 'cost',
        model: 'claude-sonnet-4-5',
        values: values('0.25', '0.5', '0.75'),
      },
      {
        ...common,
        metric: 'claude_code.token.usage',
        quantity: 'tokens',
        token_class: 'input',
        model: 'claude-sonnet-4-5',
        values: values('10', '20', '30'),
      },
      {
        ...common,
        metric: 'gen_ai.client.token.usage',
        quantity: 'tokens',
        token_class: 'output',
        model: 'gpt-4o',
        values: values('3', '6', '9'),
      },
    ]);
  },
);
