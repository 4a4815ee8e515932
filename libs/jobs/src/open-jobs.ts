import { setTimeout as sleep } from 'node:timers/promises';
import { chooseBackend, type BackendChoice, type BackendQueue, type BackendWorker } from './backend.ts';
import { QUEUES, type QueueName } from './queues.ts';
import { reportSeldom, type Report } from './report-seldom.ts';
import { RunSlots } from './run-slots.ts';

export interface Jobs {
  /**
   * Sees to it that the queue's handler runs once more from its beginning after now; wakes that come while one is
   * still waiting are one. Never rejects, and returns within two seconds: a wake is a hint, and the schedule finds
   * what a lost one would have told.
   */
  wake(queue: QueueName): Promise<void>;
  /** Runs the handler for every wake and every turn of the schedule. What it throws is reported, not retried. */
  process(queue: QueueName, handler: () => Promise<void>, options: ProcessOptions): void;
  /** Wakes the queue every so often, once for all processes together; set again by itself when Redis was emptied. */
  schedule(queue: QueueName, everyMs: number): Promise<void>;
  /** Rejects when the queues cannot be reached. */
  check(): Promise<void>;
  /** Waits for handlers that run, for ten seconds at most, and lets go of the connections. Idempotent. */
  close(): Promise<void>;
}

export interface ProcessOptions {
  /** Runs of the handler at once in this process. */
  readonly concurrency: number;
  /**
   * The handler is also run every so often by this process itself, whether or not the queues can be reached; not while
   * as many as may run at once do.
   */
  readonly sweepMs?: number;
}

export interface JobsOptions extends BackendChoice {
  /** Told what went wrong while nothing else could be done about it; of the same again after ten seconds. */
  readonly onError: Report;
  /** How often schedules are set again. */
  readonly rescheduleMs?: number;
}

const WAKE_LIMIT_MS = 2_000;
const CLOSE_LIMIT_MS = 10_000;
const RESCHEDULE_MS = 30_000;
const REPORT_AGAIN_MS = 10_000;
/** A finished wake-up tells nobody anything; of failed ones a few are kept to look at. */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: 20 } as const;

const scheduleId = (name: QueueName): string => `every:${name}`;

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
  const onError = reportSeldom(options.onError, REPORT_AGAIN_MS, () => performance.now());
  const report = (message: string) => (error: unknown) => onError(message, error);
  const backend = chooseBackend(options, report('the queues cannot be reached'));
  const queues = new Map<QueueName, BackendQueue>();
  const workers: BackendWorker[] = [];
  const wakes = new Map<QueueName, Wake>();
  const schedules = new Map<QueueName, number>();
  const sweeps: { readonly slots: RunSlots; readonly stop: () => void }[] = [];

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
    const set = queueOf(name).upsertJobScheduler(scheduleId(name), { every: everyMs }, template);
    await set.then(() => {}, report('a schedule was not set'));
  };

  const rescheduling = setInterval(() => {
    for (const [name, everyMs] of schedules) void setSchedule(name, everyMs);
  }, options.rescheduleMs ?? RESCHEDULE_MS);
  rescheduling.unref();

  let closing: Promise<void> | null = null;
  const closeAll = async () => {
    clearInterval(rescheduling);
    for (const { stop } of sweeps) stop();
    // A connection that is lost by now has nothing to let go of: that is no reason to end with an error.
    const failed = report('a queue could not be closed');
    const runs = [
      ...workers.map((worker) => worker.close().catch(failed)),
      ...sweeps.map(({ slots }) => slots.settled()),
    ];
    await within(CLOSE_LIMIT_MS, Promise.all(runs));
    const rest = [
      ...workers.map((worker) => worker.close(true)),
      ...[...queues.values()].map((queue) => queue.close()),
    ];
    await within(WAKE_LIMIT_MS, Promise.allSettled(rest));
    await within(WAKE_LIMIT_MS, backend.close().catch(failed));
  };

  return {
    wake,
    process: (name, handler, { concurrency, sweepMs }) => {
      const slots = new RunSlots(concurrency);
      const run = (data: unknown) => slots.run(() => handle(name, data, handler, onError));
      workers.push(backend.worker(name, run, concurrency));
      if (sweepMs === undefined) return;
      sweeps.push({ slots, stop: slots.sweep(() => run({}), sweepMs) });
      queueOf(name)
        .removeJobScheduler(scheduleId(name))
        .catch(report('the schedule of an earlier version was not removed'));
    },
    schedule: async (name, everyMs) => {
      schedules.set(name, everyMs);
      await Promise.race([setSchedule(name, everyMs), sleep(WAKE_LIMIT_MS, undefined, { ref: false })]);
    },
    check: () => backend.check(),
    close: () => (closing ??= closeAll()),
  };
}

/** One run of a handler; what it throws is reported and thrown on. */
async function handle(
  name: QueueName,
  data: unknown,
  handler: () => Promise<void>,
  onError: Report,
): Promise<void> {
  try {
    QUEUES[name].parse(data);
    await handler();
  } catch (error) {
    onError(`${name} failed`, error);
    throw error;
  }
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
