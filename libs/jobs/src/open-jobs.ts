import { setTimeout as sleep } from 'node:timers/promises';
import { chooseBackend, type BackendChoice, type BackendQueue, type BackendWorker } from './backend.ts';
import { QUEUES, type QueueName } from './queues.ts';

export interface Jobs {
  /**
   * Sees to it that the queue's handler runs once more from its beginning after now; wakes that come while one is
   * still waiting are one. Never rejects, and returns within two seconds: a wake is a hint, and the schedule finds
   * what a lost one would have told.
   */
  wake(queue: QueueName): Promise<void>;
  /** Runs the handler for every wake and every turn of the schedule. What it throws is reported, not retried. */
  process(queue: QueueName, handler: () => Promise<void>, options: { readonly concurrency: number }): void;
  /** Wakes the queue every so often, once for all processes together; set again by itself when Redis was emptied. */
  schedule(queue: QueueName, everyMs: number): Promise<void>;
  /** Rejects when the queues cannot be reached. */
  check(): Promise<void>;
  /** Waits for handlers that run, for ten seconds at most, and lets go of the connections. Idempotent. */
  close(): Promise<void>;
}

export interface JobsOptions extends BackendChoice {
  /** Told what went wrong while nothing else could be done about it. */
  readonly onError: (message: string, error: unknown) => void;
  /** How often schedules are set again. */
  readonly rescheduleMs?: number;
}

const WAKE_LIMIT_MS = 2_000;
const CLOSE_LIMIT_MS = 10_000;
const RESCHEDULE_MS = 30_000;
/** A finished wake-up tells nobody anything; of failed ones a few are kept to look at. */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: 20 } as const;

interface Wake {
  running: Promise<void> | null;
  isWantedAgain: boolean;
}

/**
 * Opens the queues on Redis or PostgreSQL. The connection may be down: wakes are then lost with a message, and
 * handlers run again as soon as it is back. On PostgreSQL `migrateJobs` must have run once.
 *
 * @throws Error where there is no URL of either
 */
export function openJobs(options: JobsOptions): Jobs {
  const report = (message: string) => (error: unknown) => options.onError(message, error);
  const backend = chooseBackend(options, report('the queues cannot be reached'));
  const queues = new Map<QueueName, BackendQueue>();
  const workers: BackendWorker[] = [];
  const wakes = new Map<QueueName, Wake>();
  const schedules = new Map<QueueName, number>();

  const queueOf = (name: QueueName): BackendQueue => {
    const queue = queues.get(name) ?? backend.queue(name);
    queues.set(name, queue);
    return queue;
  };

  const wake = async (name: QueueName): Promise<void> => {
    const state = wakes.get(name) ?? { running: null, isWantedAgain: false };
    wakes.set(name, state);
    state.isWantedAgain = true;
    state.running ??= addWakes(queueOf(name), name, state, report('a wake-up was lost'));
    await Promise.race([state.running, sleep(WAKE_LIMIT_MS, undefined, { ref: false })]);
  };

  const setSchedule = async (name: QueueName, everyMs: number): Promise<void> => {
    const template = { name, data: {}, opts: JOB_OPTIONS };
    const set = queueOf(name).upsertJobScheduler(`every:${name}`, { every: everyMs }, template);
    await set.then(() => {}, report('a schedule was not set'));
  };

  const rescheduling = setInterval(() => {
    for (const [name, everyMs] of schedules) void setSchedule(name, everyMs);
  }, options.rescheduleMs ?? RESCHEDULE_MS);
  rescheduling.unref();

  let closing: Promise<void> | null = null;
  const closeAll = async () => {
    clearInterval(rescheduling);
    // A connection that is lost by now has nothing to let go of: that is no reason to end with an error.
    const failed = report('a queue could not be closed');
    await within(CLOSE_LIMIT_MS, Promise.all(workers.map((worker) => worker.close().catch(failed))));
    const rest = [
      ...workers.map((worker) => worker.close(true)),
      ...[...queues.values()].map((queue) => queue.close()),
    ];
    await within(WAKE_LIMIT_MS, Promise.allSettled(rest));
    await within(WAKE_LIMIT_MS, backend.close().catch(failed));
  };

  return {
    wake,
    process: (name, handler, { concurrency }) => {
      const run = async (data: unknown) => {
        try {
          QUEUES[name].parse(data);
          await handler();
        } catch (error) {
          options.onError(`${name} failed`, error);
          throw error;
        }
      };
      workers.push(backend.worker(name, run, concurrency));
    },
    schedule: async (name, everyMs) => {
      schedules.set(name, everyMs);
      await Promise.race([setSchedule(name, everyMs), sleep(WAKE_LIMIT_MS, undefined, { ref: false })]);
    },
    check: () => backend.check(),
    close: () => (closing ??= closeAll()),
  };
}

/**
 * One look and add at a time, and one more when somebody asked meanwhile. A job that waits will begin after now, so
 * none is added beside it: the queue stays short however long nobody works. (BullMQ's own deduplication holds its key
 * while a job is active, for half a minute after the worker was killed.)
 */
async function addWakes(
  queue: BackendQueue,
  name: QueueName,
  state: Wake,
  onError: (error: unknown) => void,
): Promise<void> {
  while (state.isWantedAgain) {
    state.isWantedAgain = false;
    try {
      if ((await queue.getWaitingCount()) === 0) await queue.add(name, {}, JOB_OPTIONS);
    } catch (error) {
      onError(error);
    }
  }
  state.running = null;
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  try {
    await Promise.race([work, sleep(limitMs, undefined, { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
}
