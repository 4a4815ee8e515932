import {
  createPostgresBackend,
  Queue,
  Worker,
  type JobSchedulerTemplateOptions,
  type RepeatOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { QUEUES } from './queues.ts';

/** With a hash tag from the start: on a Redis Cluster all keys of the product then share a slot. */
const PREFIX = '{outcome-ledger}';
/** One that each waiting worker holds, and what queues and workers do between. */
const POSTGRES_CONNECTIONS = Object.keys(QUEUES).length + 4;

/**
 * Seconds a worker waits at most before it looks again, should the message of a new job be lost. Work that matters is
 * swept without the queues, so this may be long: of fourteen queues every look is a millisecond of PostgreSQL.
 */
const LOOK_AGAIN_S = 10;
/**
 * After the queues could not be reached. BullMQ's own 15 seconds hold up the work that long after a database that was
 * started again, and a stop as well, which then cuts connections off under whoever still waits.
 */
const RETRY_MS = 1_000;

type JobOptions = NonNullable<Parameters<Queue['add']>[2]>;

/** What of a BullMQ queue is used. */
export interface BackendQueue {
  add(name: string, data: unknown, options: JobOptions): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  upsertJobScheduler(
    id: string,
    repeat: Omit<RepeatOptions, 'key'>,
    template: { name: string; data: unknown; opts: JobSchedulerTemplateOptions },
  ): Promise<unknown>;
  /** Does nothing where there is none. */
  removeJobScheduler(id: string): Promise<unknown>;
  close(): Promise<void>;
}

/** What of a BullMQ worker is used: `close` waits for the job that runs, unless forced. */
export interface BackendWorker {
  close(force?: boolean): Promise<void>;
}

/** Where the queues are: this file is the only place that knows that there are two answers. */
export interface Backend {
  queue(name: string): BackendQueue;
  worker(name: string, process: (data: unknown) => Promise<void>, concurrency: number): BackendWorker;
  /** Rejects when the queues cannot be reached. */
  check(): Promise<void>;
  /** Cuts the connections, after queues and workers were closed. */
  close(): Promise<void>;
}

export interface BackendChoice {
  readonly redisUrl: string | null;
  readonly databaseUrl: string | null;
}

/**
 * Redis where its URL is set, else PostgreSQL. Connects in the background and again after every loss.
 * @throws Error where neither URL is set
 */
export function chooseBackend(choice: BackendChoice, onError: (error: Error) => void): Backend {
  if (choice.redisUrl !== null) return onRedis(choice.redisUrl, onError);
  if (choice.databaseUrl !== null) return onPostgres(choice.databaseUrl, onError);
  throw new Error('neither REDIS_URL nor DATABASE_URL is set: there is nowhere to keep the queues');
}

function onPostgres(connectionString: string, onError: (error: Error) => void): Backend {
  const pool = new Pool({
    connectionString,
    max: POSTGRES_CONNECTIONS,
    application_name: 'outcome-ledger jobs',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    options: '-c search_path=bullmq',
  });
  // Every queue and worker listens on the pool they share.
  pool.setMaxListeners(0);
  pool.on('error', onError);
  return {
    queue: (name) => {
      const queue = new Queue(name, { connection: pool }, createPostgresBackend);
      queue.on('error', onError);
      return queue;
    },
    worker: (name, process, concurrency) => {
      const worker = new Worker(
        name,
        (job) => process(job.data),
        { connection: pool, concurrency, drainDelay: LOOK_AGAIN_S, runRetryDelay: RETRY_MS },
        createPostgresBackend,
      );
      worker.on('error', onError);
      return worker;
    },
    check: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}

function onRedis(url: string, onError: (error: Error) => void): Backend {
  // BullMQ's blocking commands wait for as long as it takes; null is what it asks for.
  const connection = new Redis(url, { maxRetriesPerRequest: null, connectTimeout: 5_000 });
  connection.on('error', onError);
  return {
    queue: (name) => {
      const queue = new Queue(name, { connection, prefix: PREFIX });
      queue.on('error', onError);
      return queue;
    },
    worker: (name, process, concurrency) => {
      const worker = new Worker(name, (job) => process(job.data), {
        connection,
        prefix: PREFIX,
        concurrency,
        runRetryDelay: RETRY_MS,
      });
      worker.on('error', onError);
      return worker;
    },
    check: async () => {
      if (connection.status !== 'ready') throw new Error(`Redis is not connected: ${connection.status}`);
      await connection.ping();
    },
    close: async () => {
      connection.disconnect();
    },
  };
}
