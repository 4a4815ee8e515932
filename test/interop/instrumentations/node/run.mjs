// Runs one program of ./programs.mjs against the provider stub and exports its spans by OTLP/HTTP.
// Usage: node run.mjs PROGRAM STUB_URL TICKET INSTRUMENTATION...; where the spans go, the key and the resource come from
// the environment, by the names that OpenTelemetry defines. TICKET is the key of a work item that a span around the
// program names; `-` for none.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { detectResources, envDetector } from '@opentelemetry/resources';
import { instrumentations } from './instrumentations.mjs';
import { programs } from './programs.mjs';

const [program, stubUrl, ticket, ...names] = process.argv.slice(2);
process.env.OPENAI_API_KEY = 'sk-stub';
process.env.OPENAI_BASE_URL = `${stubUrl}/v1`;
process.env.ANTHROPIC_API_KEY = 'sk-ant-stub';
process.env.ANTHROPIC_BASE_URL = `${stubUrl}/v1`;
const provider = new NodeTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
for (const name of names) await instrumentations[name](provider);
if (ticket === '-') await programs[program](stubUrl);
else {
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'refund_desk',
    'ticket.id': ticket,
  };
  await provider
    .getTracer('refund_desk')
    .startActiveSpan('invoke_agent refund_desk', { attributes }, async (span) => {
      await programs[program](stubUrl);
      span.end();
    });
}
await provider.forceFlush();
await provider.shutdown();
