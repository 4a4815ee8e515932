import collector from '../../../../../docs/examples/collector/collector.yaml?text';
import go from '../../../../../docs/examples/go/main.go?text';
import goModule from '../../../../../docs/examples/go/go.mod?text';
import node from '../../../../../docs/examples/node/send-spans.mjs?text';
import python from '../../../../../docs/examples/python/send_spans.py?text';

/** Where and with what a program sends. */
export interface Destination {
  /** Base address of OTLP/HTTP. */
  readonly url: string;
  /** A key with the role `spans`, or the name of a shell variable that holds one. */
  readonly key: string;
}

/** One way to send the first span: the programs are those of docs/examples, which are run by the tests. */
export interface Way {
  readonly name: string;
  readonly fileName: string;
  readonly program: string;
  /** Shell commands that install what it needs, say where to send, and run it. */
  readonly commands: (to: Destination) => string;
}

/** What every OpenTelemetry SDK reads. */
export const environment = ({ url, key }: Destination): string =>
  [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    `export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20${key}"`,
  ].join('\n');

export const WAYS: readonly Way[] = [
  {
    name: 'Python',
    fileName: 'send_spans.py',
    program: python,
    commands: (to) =>
      `pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http\n${environment(to)}\npython send_spans.py T-1`,
  },
  {
    name: 'Node.js',
    fileName: 'send-spans.mjs',
    program: node,
    commands: (to) =>
      `npm install @opentelemetry/api @opentelemetry/resources @opentelemetry/sdk-trace-base @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto\n${environment(to)}\nnode send-spans.mjs T-1`,
  },
  {
    name: 'Go',
    fileName: 'main.go',
    program: go,
    commands: (to) =>
      `cat > go.mod <<'END'\n${goModule.trim()}\nEND\ngo mod tidy\n${environment(to)}\ngo run . T-1`,
  },
  {
    name: 'Collector',
    fileName: 'collector.yaml',
    program: collector,
    commands: ({ url, key }) =>
      `export OUTCOME_LEDGER_URL=${url}\nexport OUTCOME_LEDGER_KEY=${key}\notelcol --config collector.yaml`,
  },
];

/** An event that says what became of the ticket of the example. */
export const outcomeCommand = (apiUrl: string, key: string): string =>
  `curl -X POST ${apiUrl}/v1/outcomes \\
  -H "Authorization: Bearer ${key}" -H 'Content-Type: application/cloudevents+json' \\
  -d '{"specversion":"1.0","id":"evt-1","source":"/helpdesk","type":"ticket.resolved","subject":"T-1"}'`;
