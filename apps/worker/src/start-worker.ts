import { join } from 'node:path';
import type { Config } from '#config';
import { mustBeWitnessKey } from '#evidence';
import { openJobs } from '#jobs';
import { createHttpApp, createMetrics, KeyAuthentication, type ProcessLogger, type Running } from '#server';
import { openDatabase, openKeyDirectory, readApiKey } from '#store';
import { v7 as uuidByTime } from 'uuid';
import { readKit } from './export/read-kit.ts';
import { signersOf } from './export/signers-of.ts';
import { schedulePrivacy } from './schedule-privacy.ts';
import { CheckpointPublisher } from './publish/publish-checkpoints.ts';
import { scheduleSpanDays } from './schedule-span-days.ts';
import { startSchedules } from './schedules.ts';
import { SpanReader } from './read-spans.ts';
import { startSealer } from './seal.ts';
import { countFindings } from './quality-metrics.ts';
import { TenantRulebooks } from './tenant-rules.ts';
import { WorkerMetrics } from './worker-metrics.ts';
import { WorkerModule } from './worker.module.ts';

export interface RunningWorker extends Running {
  readonly port: number;
}

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
  const parts = {
    db,
    spans: new SpanReader(),
    rulebooks: new TenantRulebooks(),
    contentKeys: openKeyDirectory(config.keyDir),
    nowUs,
    newId: uuidByTime,
  };
  const jobs = openJobs({
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    onError: (message, error) => logger.warn(message, { error }),
  });

  const publisher = new CheckpointPublisher({
    db,
    nowUs,
    witnesses: config.witnesses.map((each) => ({ ...each, name: mustBeWitnessKey(each.vkey) })),
    recipients: config.recipients,
    deliverEveryMs: config.limits.deliverEveryMs,
    metrics: registry,
    logger,
  });
  const spoolDir = join(config.dataDir, 'spool');
  const exports = { readKit, signersOf: signersOf(db, config.keyDir), spoolDir };
  const schedules = await startSchedules({
    parts,
    limits: config.limits,
    jobs,
    metrics,
    logger,
    exports,
    publisher,
  });
  const privacy = await schedulePrivacy({ parts, jobs, metrics, logger, backupDays: config.backupDays });
  const spanDays = await scheduleSpanDays({ db, nowUs, logger }, jobs, config.spanKeepDays);
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
      privacy.stop();
      spanDays.stop();
      schedules.stop();
      await jobs.close();
      await sealer.stop();
      await app.close();
      await db.close();
    },
  };
}
