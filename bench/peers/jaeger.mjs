// Jaeger 2 with its store on local disk (Badger): the settings that it ships as config-badger.yaml, other directories
// and ports.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOnDisk, freePort, startProgram } from './peer-process.mjs';

const binary = (at) => join(at, 'jaeger/jaeger');

export const name = 'Jaeger, Badger on local disk';
export const stores = 'files, after the acknowledgement, in batches from memory';
export const isInstalled = (at) => existsSync(binary(at));
export const version = (at) =>
  /github.com\/jaegertracing\/jaeger\s+(\S+)/.exec(
    execFileSync('go', ['version', '-m', binary(at)]).toString(),
  )[1];

const configuration = ({ httpPort, grpcPort, queryPort, queryGrpcPort, metricsPort, store }) => `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [jaeger_storage_exporter]
  telemetry:
    metrics:
      level: detailed
      readers:
        - pull: { exporter: { prometheus: { host: 127.0.0.1, port: ${metricsPort} } } }
    logs: { level: warn }
extensions:
  jaeger_query:
    storage: { traces: some_store }
    http: { endpoint: "127.0.0.1:${queryPort}" }
    grpc: { endpoint: "127.0.0.1:${queryGrpcPort}" }
  jaeger_storage:
    backends:
      some_store:
        badger:
          directories: { keys: "${store}", values: "${store}" }
          ephemeral: false
          ttl: { spans: 48h }
receivers:
  otlp:
    protocols:
      grpc: { endpoint: "127.0.0.1:${grpcPort}" }
      http: { endpoint: "127.0.0.1:${httpPort}" }
processors:
  batch:
exporters:
  jaeger_storage_exporter: { trace_storage: some_store }
`;

export async function start({ at, directory, closers }) {
  const names = ['httpPort', 'grpcPort', 'queryPort', 'queryGrpcPort', 'metricsPort'];
  const ports = {};
  for (const each of names) ports[each] = await freePort();
  const store = join(directory, 'badger');
  mkdirSync(store);
  const config = join(directory, 'jaeger.yaml');
  writeFileSync(config, configuration({ ...ports, store }));
  const query = `http://127.0.0.1:${ports.queryPort}`;
  const startJaeger = () =>
    startProgram({
      command: binary(at),
      args: ['--config', `file:${config}`],
      cwd: directory,
      log: join(directory, 'jaeger.log'),
      ready: `${query}/api/services`,
    });
  let program = await startJaeger();
  closers.push(() => program.stop());
  return {
    target: () => ({ port: ports.httpPort, path: '/v1/traces', headers: {} }),
    stored: async (traceIds) => {
      let count = 0;
      for (const traceId of traceIds) {
        const response = await fetch(`${query}/api/traces/${traceId}`);
        const body = await response.json();
        if (response.status === 404) continue;
        if (!response.ok) throw new Error(`Jaeger answered ${response.status}: ${JSON.stringify(body)}`);
        count += body.data.reduce((sum, { spans }) => sum + spans.length, 0);
      }
      return count;
    },
    bytes: async () => bytesOnDisk(store),
    kill: () => program.kill(),
    restart: async () => {
      program = await startJaeger();
    },
  };
}
