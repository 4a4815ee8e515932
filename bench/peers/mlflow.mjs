// MLflow's tracking server with its OTLP endpoint, on PostgreSQL, in a virtual environment at `mlflow/`.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startProgram } from './peer-process.mjs';
import { startPostgresOf } from './postgres-of.mjs';

export const name = 'MLflow on PostgreSQL';
export const stores = 'PostgreSQL, before the acknowledgement';

export const isInstalled = (at) => existsSync(join(at, 'mlflow/bin/mlflow'));
export const version = (at) =>
  execFileSync(join(at, 'mlflow/bin/python'), [
    '-c',
    'from importlib.metadata import version; print(version("mlflow"))',
  ])
    .toString()
    .trim();

export async function start({ at, directory, closers }) {
  const postgres = await startPostgresOf(directory, 'mlflow');
  closers.push(() => postgres.stop());
  const port = await freePort();
  const startMlflow = () =>
    startProgram({
      command: join(at, 'mlflow/bin/mlflow'),
      args: [
        'server',
        '--backend-store-uri',
        postgres.connection(),
        '--default-artifact-root',
        join(directory, 'artifacts'),
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
      ],
      env: { MLFLOW_DISABLE_TELEMETRY: 'true', PATH: `${join(at, 'mlflow/bin')}:${process.env.PATH}` },
      cwd: directory,
      log: join(directory, 'mlflow.log'),
      ready: `http://127.0.0.1:${port}/health`,
    });
  let program = await startMlflow();
  closers.push(() => program.stop());
  return {
    target: () => ({ port, path: '/v1/traces', headers: { 'x-mlflow-experiment-id': '0' } }),
    stored: async (traceIds) => {
      const [{ n }] = await postgres.query(
        `SELECT count(*)::integer AS n FROM spans WHERE trace_id = ANY ($1::text[])`,
        [traceIds.map((traceId) => `tr-${traceId}`)],
      );
      return n;
    },
    bytes: postgres.bytes,
    kill: async () => {
      await Promise.all([program.kill(), postgres.kill()]);
    },
    restart: async () => {
      await postgres.restart();
      program = await startMlflow();
    },
  };
}
