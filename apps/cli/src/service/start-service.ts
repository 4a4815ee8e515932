import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#config';
import type { ProcessLogger } from '#server';
import { openDatabase } from '#store';
import { claimPorts, type Ports } from './claim-ports.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { ensureFirstKey } from './first-key.ts';
import { migrateAll } from './migrate-all.ts';
import { reachDatabase, type ServerDatabase } from './server-database.ts';
import type { AppName } from './node-options.ts';
import { superviseProcess, type SupervisedProcess } from './supervised-process.ts';

/** The whole service, running. */
export interface Service {
  /** PostgreSQL URL. */
  readonly connection: string;
  readonly ports: Ports;
  /** Rejects when the service cannot go on. */
  readonly failed: Promise<never>;
  /** Lets the processes finish what they accepted, then stops PostgreSQL where it is ours. Idempotent. */
  stop(): Promise<{ readonly isClean: boolean }>;
}

export interface ServiceOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: ProcessLogger;
  readonly human: boolean;
  /** Given the admin key that the first start makes: as soon as it is stored, because nobody can show it again. */
  readonly onFirstKey: (secret: string) => void;
  /** Takes the log lines of the processes. */
  readonly writeLine: (line: string) => void;
}

/** In the order they are stopped in: first those who accept. */
const APPS: readonly AppName[] = ['ingest', 'api', 'worker'];
const READY_LIMIT_MS = 120_000;

/**
 * Starts everything: the data directory claimed, ports checked, PostgreSQL, migrations, the first key, then ingest,
 * worker and api; returns when all three are ready. A process that crashes is started again, and so is our own
 * PostgreSQL, at the same address.
 *
 * @throws Error with one clear message; nothing is left running then
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, logger } = options;
  const unlock = await lockDataDirectory(config.dataDir);
  const undo: (() => Promise<unknown>)[] = [async () => unlock()];
  let stopping: Promise<{ isClean: boolean }> | null = null;
  try {
    const ports = await claimPorts(config);
    const keeper = keepDatabase(await reachDatabase(config, logger), options);
    undo.unshift(() => keeper.stop());
    const { connection } = keeper;
    for (const name of await migrateAll(connection, config)) logger.log('migrated', { migration: name });
    const firstKey = await makeFirstKey(connection, config);
    if (firstKey !== null) options.onFirstKey(firstKey);
    const env = childEnvironment(options, connection, ports);
    const processes = APPS.map((app) => superviseProcess(app, env, logger, options.human, options.writeLine));
    undo.unshift(() => stopProcesses(processes, config.limits.shutdownMs));
    const failed = Promise.race([keeper.failed, ...processes.map((process) => process.failed)]);
    failed.catch(() => {});
    const waiting = new AbortController();
    undo.unshift(async () => waiting.abort());
    await Promise.race([failed, untilReady(processes, config, ports, waiting.signal)]);
    const stop = async () => {
      const isClean = await stopProcesses(processes, config.limits.shutdownMs);
      await keeper.stop();
      unlock();
      return { isClean };
    };
    return { connection, ports, failed, stop: () => (stopping ??= stop()) };
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

async function makeFirstKey(connection: string, config: Config): Promise<string | null> {
  const db = await openDatabase(connection, { maxConnections: 1, applicationName: 'outcome-ledger up' });
  try {
    return await ensureFirstKey(db, config.bootstrapKey);
  } finally {
    await db.close();
  }
}

/** The children get what we settled; the bootstrap key is nobody's business any more. */
function childEnvironment(options: ServiceOptions, connection: string, ports: Ports) {
  const { OL_BOOTSTRAP_KEY: _, ...env } = options.env;
  const settled = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  return {
    ...env,
    ...settled,
    DATABASE_URL: connection,
    OL_DATA_DIR: options.config.dataDir,
    OL_KEY_DIR: options.config.keyDir,
  };
}

async function stopProcesses(processes: readonly SupervisedProcess[], limitMs: number): Promise<boolean> {
  const ends = await Promise.all(processes.map((process) => process.stop(limitMs)));
  return ends.every(Boolean);
}

async function untilReady(
  processes: readonly SupervisedProcess[],
  config: Config,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const portOf = { ingest: ports.OL_OTLP_HTTP_PORT, worker: ports.OL_WORKER_PORT, api: ports.OL_API_PORT };
  const limit = Date.now() + READY_LIMIT_MS;
  for (const process of processes) {
    while (!signal.aborted && !(await answersReady(hostToAsk(config.bind), portOf[process.app]))) {
      if (Date.now() > limit)
        throw new Error(`${process.app} was not ready within ${READY_LIMIT_MS / 1000} s`);
      await sleep(50);
    }
    process.isReady();
  }
}

/** A server on all addresses is asked on the loopback. */
export function hostToAsk(bind: string): string {
  if (bind === '0.0.0.0' || bind === '::') return 'localhost';
  return bind.includes(':') ? `[${bind}]` : bind;
}

async function answersReady(host: string, port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}:${port}/health/ready`, {
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

interface DatabaseKeeper {
  readonly connection: string;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Starts our own PostgreSQL again when it ends unasked. */
function keepDatabase(first: ServerDatabase, { config, logger }: ServiceOptions): DatabaseKeeper {
  let current = first.embedded;
  let isStopping = false;
  let giveUp: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  failed.catch(() => {});
  const keep = async () => {
    while (current !== null) {
      await current.exited;
      if (isStopping) return;
      logger.error('PostgreSQL ended unasked, and is started again');
      current = (await reachDatabase(config, logger, current.address)).embedded;
      // Asked to stop meanwhile: `stop` waits for this, and stops the new one then.
      if (isStopping) return;
    }
  };
  const keeping = keep().catch(giveUp);
  const stop = async () => {
    isStopping = true;
    await current?.stop();
    await keeping;
    await current?.stop(); // one that was just being started
  };
  return { connection: first.connection, failed, stop };
}
