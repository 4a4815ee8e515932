// An OpenTelemetry Collector built of collector/: with its nop exporter, the most that a receiver in Go which keeps nothing
// can take; and with its file exporter.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bytesOnDisk, freePort, startProgram } from './peer-process.mjs';

const binary = (at) => join(at, 'collector/collector');

/** Shipped settings, but that it listens on the loopback alone. */
const configuration = ({ port, healthPort, exporter, settings }) => `
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${port}
exporters:
  ${exporter}: ${settings}
service:
  telemetry:
    logs: { level: warn }
    metrics:
      level: normal
      readers:
        - pull: { exporter: { prometheus: { host: 127.0.0.1, port: ${healthPort} } } }
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [${exporter}]
`;

const collector = (exporter, stores, toSettings) => ({
  name: `OpenTelemetry Collector, ${exporter} exporter`,
  stores,
  isInstalled: (at) => existsSync(binary(at)),
  version: (at) =>
    /go.opentelemetry.io\/collector\/otelcol\s+(\S+)/.exec(
      execFileSync('go', ['version', '-m', binary(at)]).toString(),
    )[1],
  start: async ({ at, directory, closers }) => {
    const port = await freePort();
    const healthPort = await freePort();
    const file = join(directory, 'spans.json');
    const config = join(directory, 'collector.yaml');
    writeFileSync(config, configuration({ port, healthPort, exporter, settings: toSettings(file) }));
    const startCollector = () =>
      startProgram({
        command: binary(at),
        args: ['--config', `file:${config}`],
        cwd: directory,
        log: join(directory, 'collector.log'),
        ready: `http://127.0.0.1:${healthPort}/metrics`,
      });
    let program = await startCollector();
    closers.push(() => program.stop());
    return {
      target: () => ({ port, path: '/v1/traces', headers: {} }),
      stored: (traceIds) => countInFile(file, traceIds),
      bytes: async () => (existsSync(file) ? bytesOnDisk(directory) : 0),
      kill: () => program.kill(),
      restart: async () => {
        program = await startCollector();
      },
    };
  },
});

export const collectorOfNothing = collector('nop', 'nothing', () => '{}');
export const collectorOfFile = collector('file', 'a file, flushed every second', (path) =>
  JSON.stringify({ path, append: true }),
);

/** Spans of these traces in the exporter's file of OTLP JSON, one export request a line; a broken line counts for none. */
async function countInFile(file, traceIds) {
  if (!existsSync(file)) return 0;
  const wanted = new Set(traceIds);
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(file) }))
    if (traceIds.some((traceId) => line.includes(traceId)))
      for (const span of spansOf(line)) if (wanted.has(span.traceId)) count += 1;
  return count;
}

function spansOf(line) {
  try {
    return JSON.parse(line).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    );
  } catch {
    return [];
  }
}
