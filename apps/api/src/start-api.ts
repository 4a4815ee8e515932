import { fileURLToPath } from 'node:url';
import type { Config } from '#config';
import { openJobs } from '#jobs';
import { createMetrics, KeyAuthentication, type ProcessLogger, type Running } from '#server';
import { openDatabase, openKeyDirectory, readApiKey } from '#store';
import { createApi } from './create-api.ts';
import { ENGINE_VERSION } from './engine-version.ts';

export interface RunningApi extends Running {
  readonly port: number;
}

/** Beside the compiled apps: this file runs from dist/apps/api/src. */
const CONSOLE_DIRECTORY = fileURLToPath(new URL('../../../console', import.meta.url));

/**
 * Starts the API. Ready when it listens.
 *
 * @throws Unavailable where the database cannot be reached at the start (later losses are answered with 503 and
 *   mended by themselves); Error where the port is taken
 */
export async function startApi(config: Config, logger: ProcessLogger): Promise<RunningApi> {
  if (config.databaseUrl === null) throw new Error('DATABASE_URL is not set');
  const db = await openDatabase(config.databaseUrl, {
    maxConnections: config.limits.databaseConnections,
    applicationName: 'outcome-ledger api',
  });
  const jobs = openJobs({
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    onError: (message, error) => logger.warn(message, { error }),
  });
  const app = await createApi(
    {
      db,
      limits: config.limits,
      contentKeys: openKeyDirectory(config.keyDir),
      wake: (job) =>
        jobs.wake(job).catch((error: unknown) => {
          logger.warn('the worker could not be woken; it will find its work by its schedule', { job, error });
        }),
      nowUs: () => BigInt(Date.now()) * 1000n,
      otlp: { httpPort: config.otlpHttpPort, grpcPort: config.otlpGrpcPort },
      consoleDirectory: CONSOLE_DIRECTORY,
      version: ENGINE_VERSION,
    },
    {
      keys: new KeyAuthentication((secretHash) => readApiKey(db, secretHash)),
      metrics: createMetrics('api'),
      checks: { database: () => db.query('SELECT 1') },
      logger,
    },
  );
  await app.listen(config.apiPort, config.bind);
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.apiPort;
  logger.log('listening', { bind: config.bind, port });
  return {
    port,
    stop: async () => {
      await app.close();
      await jobs.close();
      await db.close();
    },
  };
}
