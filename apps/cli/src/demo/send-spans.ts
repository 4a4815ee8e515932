import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
} from '@opentelemetry/sdk-trace-base';
import { playRun } from './play-run.ts';
import type { Workflow } from './scenario.ts';
import { SeededRandom } from './seeded-random.ts';

const RUNS_PER_FLUSH = 20;

/**
 * Plays all runs of a workflow through the OpenTelemetry SDK and its OTLP exporter, as an instrumented agent would.
 * The ids come from the seed: sent again, the spans are the same.
 *
 * @param endpoint of OTLP/HTTP, without `/v1/traces`
 * @returns how many traces were acknowledged; returns when all are
 * @throws Error when an export is not acknowledged
 */
export async function sendSpans(workflow: Workflow, endpoint: string, key: string): Promise<number> {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: { authorization: `Bearer ${key}` },
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': workflow.serviceName, 'service.version': '1.0.0' }),
    sampler: new AlwaysOnSampler(),
    idGenerator: seededIds(workflow.serviceName),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 4096, maxExportBatchSize: 512 })],
  });
  const tracer = provider.getTracer('outcome-ledger-demo', '1.0.0');
  const runs = workflow.cases.flatMap((item) => item.runs.map((run) => ({ item, run })));
  for (const [index, { item, run }] of runs.entries()) {
    playRun(tracer, workflow, item, run);
    if ((index + 1) % RUNS_PER_FLUSH === 0) await provider.forceFlush();
  }
  await provider.forceFlush();
  await provider.shutdown();
  return runs.length;
}

/** @param seedText its characters are the seed */
function seededIds(seedText: string): IdGenerator {
  const seed = [...Buffer.from(seedText)].reduce((hash, byte) => hash * 257n + BigInt(byte), 1n);
  const random = new SeededRandom(seed);
  return { generateTraceId: () => random.hex(32), generateSpanId: () => random.hex(16) };
}
