// This service: the ingest process from dist on its own PostgreSQL, as `outcome-ledger up` starts it.
import { ensureSpanPartitions, migrate, openDatabase } from '#store';
import { createKeys } from '../ingest-rig.mjs';
import { startApp } from '../processes.mjs';
import { startPostgresOf } from './postgres-of.mjs';

export const name = 'outcome-ledger';
export const stores = 'PostgreSQL, before the acknowledgement';

export const version = () => process.env.npm_package_version ?? 'this checkout';

export async function start({ directory, closers }) {
  const postgres = await startPostgresOf(directory, 'ledger');
  closers.push(() => postgres.stop());
  await migrate(postgres.connection());
  const db = await openDatabase(postgres.connection(), { maxConnections: 1, applicationName: 'peers' });
  const today = Math.floor(Date.now() / 86_400_000);
  await ensureSpanPartitions(db, [today - 3, today - 2, today - 1, today]);
  const [key] = await createKeys(db);
  await db.close();
  const startIngest = () =>
    startApp('ingest', {
      DATABASE_URL: postgres.connection(),
      OL_OTLP_HTTP_PORT: '0',
      OL_OTLP_GRPC_PORT: '0',
    });
  let app = await startIngest();
  closers.push(() => app.stop());
  return {
    target: () => ({
      port: app.said.httpPort,
      path: '/v1/traces',
      headers: { authorization: key.authorization },
    }),
    stored: async (traceIds) => {
      const [{ n }] = await postgres.query(
        'SELECT count(*)::integer AS n FROM spans WHERE trace_id = ANY ($1::uuid[])',
        [traceIds],
      );
      return n;
    },
    bytes: postgres.bytes,
    kill: async () => {
      const gone = new Promise((resolve) => app.process.once('exit', resolve));
      process.kill(app.pid, 'SIGKILL');
      await Promise.all([gone, postgres.kill()]);
    },
    restart: async () => {
      await postgres.restart();
      app = await startIngest();
    },
  };
}
