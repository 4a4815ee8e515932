// Arize Phoenix on PostgreSQL, in a virtual environment at `phoenix/`.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startProgram } from './peer-process.mjs';
import { startPostgresOf } from './postgres-of.mjs';

export const name = 'Arize Phoenix on PostgreSQL';
export const stores = 'PostgreSQL, after the acknowledgement, from a queue in memory';

export const isInstalled = (at) => existsSync(join(at, 'phoenix/bin/phoenix'));
export const version = (at) =>
  execFileSync(join(at, 'phoenix/bin/python'), [
    '-c',
    'from importlib.metadata import version; print(version("arize-phoenix"))',
  ])
    .toString()
    .trim();

export async function start({ at, directory, closers }) {
  const postgres = await startPostgresOf(directory, 'phoenix');
  closers.push(() => postgres.stop());
  const port = await freePort();
  const grpcPort = await freePort();
  const startPhoenix = () =>
    startProgram({
      command: join(at, 'phoenix/bin/phoenix'),
      args: ['serve'],
      env: {
        PHOENIX_HOST: '127.0.0.1',
        PHOENIX_PORT: String(port),
        PHOENIX_GRPC_PORT: String(grpcPort),
        PHOENIX_WORKING_DIR: directory,
        PHOENIX_SQL_DATABASE_URL: postgres.connection(),
        PHOENIX_TELEMETRY_ENABLED: 'false',
        PHOENIX_ALLOW_EXTERNAL_RESOURCES: 'false',
        PHOENIX_DISABLE_AGENT_ASSISTANT: 'true',
      },
      cwd: directory,
      log: join(directory, 'phoenix.log'),
      ready: `http://127.0.0.1:${port}/healthz`,
    });
  let program = await startPhoenix();
  closers.push(() => program.stop());
  return {
    target: () => ({ port, path: '/v1/traces', headers: {} }),
    stored: async (traceIds) => {
      const [{ n }] = await postgres.query(
        `SELECT count(*)::integer AS n FROM spans s JOIN traces t ON t.id = s.trace_rowid
          WHERE t.trace_id = ANY ($1::text[])`,
        [traceIds],
      );
      return n;
    },
    bytes: postgres.bytes,
    kill: async () => {
      await Promise.all([program.kill(), postgres.kill()]);
    },
    restart: async () => {
      await postgres.restart();
      program = await startPhoenix();
    },
  };
}
