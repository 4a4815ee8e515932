import type { Config } from '#config';
import { openJobs } from '#jobs';
import { createHttpApp, createMetrics, KeyAuthentication, type ProcessLogger, type Running } from '#server';
import { openDatabase, readApiKey } from '#store';
import { v7 as uuidByTime } from 'uuid';
import { reconcileBills } from './reconcile-bills.ts';
import { recordDeadlines } from './record-deadlines.ts';
import { QualityBacklog } from './quality-backlog.ts';
import { SpanReader } from './read-spans.ts';
import { startSealer } from './seal.ts';
import { countFindings } from './quality-metrics.ts';
import { TenantRulebooks } from './tenant-rules.ts';
import { TraceDrain } from './trace-drain.ts';
import { workThroughFacts } from './work-through-facts.ts';
import { WorkerMetrics } from './worker-metrics.ts';
import { WorkerModule } from './worker.module.ts';

export interface RunningWorker extends Running {
  readonly port: number;
}

/** While one batch waits for the database the other computes. */
const DRAINS_AT_ONCE = 2;
const FACTS_PER_TURN = 500;
const SWEEP_MS = 1000;

/**
 * Starts the worker: due traces, waiting facts, sealing. Queues only wake it; what is to be done stands in
 * PostgreSQL and is swept every second, so a lost queue delays and loses nothing.
 *
 * @throws Unavailable where the database cannot be reached at the start
 */
export async function startWorker(config: Config, logger: ProcessLogger): Promise<RunningWorker> {
  if (config.databaseUrl === null) throw new Error('DATABASE_URL is not set');
  const db = await openDatabase(config.databaseUrl, {
    maxConnections: config.limits.databaseConnections,
    applicationName: 'outcome-ledger worker',
  });
  const registry = createMetrics('worker');
  const metrics = new WorkerMetrics(registry, db);
  countFindings(registry, db, () => Date.now());
  const nowUs = (): bigint => BigInt(Date.now()) * 1000n;
  const parts = { db, spans: new SpanReader(), rulebooks: new TenantRulebooks(), nowUs, newId: uuidByTime };
  const drain = new TraceDrain(parts, config.limits, metrics, logger);
  const jobs = openJobs({
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    onError: (message, error) => logger.warn(message, { error }),
  });

  const onFailure: Parameters<typeof workThroughFacts>[0]['onFailure'] = (fact, error) => {
    metrics.failed();
    logger.error('a fact could not be worked through; it is tried again later', { cause: fact.cause, error });
  };
  const workFacts = async (): Promise<void> => {
    await recordDeadlines(db, nowUs());
    for (;;) {
      const taken = await workThroughFacts({ ...parts, onFailure }, FACTS_PER_TURN);
      metrics.workedFacts(taken);
      if (taken > 0) await jobs.wake('assemble-traces');
      if (taken < FACTS_PER_TURN) return;
    }
  };
  jobs.process('work-through-facts', workFacts, { concurrency: 1 });
  const backlog = new QualityBacklog(parts, logger);
  const assemble = async (): Promise<void> => {
    await drain.run();
    await backlog.run();
  };
  jobs.process('assemble-traces', assemble, { concurrency: DRAINS_AT_ONCE });
  const reconcileParts: Parameters<typeof reconcileBills>[0] = {
    ...parts,
    onFailure: ({ provider, period }, error) => {
      metrics.failed();
      logger.error('a bill could not be compared; it is tried again later', { provider, period, error });
    },
  };
  jobs.process('reconcile-bills', async () => void (await reconcileBills(reconcileParts)), {
    concurrency: 1,
  });
  await jobs.schedule('reconcile-bills', SWEEP_MS);
  await jobs.schedule('work-through-facts', SWEEP_MS);
  await jobs.schedule('assemble-traces', SWEEP_MS);
  const sealer = await startSealer({ db, config, logger, metrics: registry, nowUs });

  const keys = new KeyAuthentication((secretHash) => readApiKey(db, secretHash));
  const checks = { database: () => db.query('SELECT 1'), jobs: () => jobs.check() };
  const app = await createHttpApp(WorkerModule.with({ keys, metrics: registry, logger, checks }), {
    maxBodyBytes: 1024,
    logger,
  });
  await app.listen(config.workerPort, config.bind);
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.workerPort;
  logger.log('working', { bind: config.bind, port });
  return {
    port,
    stop: async () => {
      drain.stop();
      backlog.stop();
      await jobs.close();
      await sealer.stop();
      await app.close();
      await db.close();
    },
  };
}
