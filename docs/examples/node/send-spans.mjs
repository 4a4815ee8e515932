// One attempt of an agent at one ticket: node send-spans.mjs [ticket]
// Where to send, and the key, come from OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS.
import { SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const ticket = process.argv[2] ?? 'T-NODE';

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'support-agent' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const tracer = trace.getTracer('support-agent');

tracer.startActiveSpan(
  'invoke_agent support-agent',
  {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'support-agent',
      'gen_ai.workflow.name': 'support',
      'ticket.id': ticket, // what ties the spend to the outcome
    },
  },
  (agent) => {
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4.1',
      'gen_ai.usage.input_tokens': 4200,
      'gen_ai.usage.cache_read.input_tokens': 2048,
      'gen_ai.usage.output_tokens': 310,
    };
    tracer.startActiveSpan('chat gpt-4.1', { kind: SpanKind.CLIENT, attributes }, (call) => call.end());
    agent.end();
  },
);

await provider.forceFlush(); // rejects when the spans are not acknowledged
await provider.shutdown();
console.log(`sent an attempt at ticket ${ticket}`);
