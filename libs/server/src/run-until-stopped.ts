import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage } from './collect-garbage.ts';
import type { ProcessLogger } from './process-logger.ts';

/** What a process has running. `stop` finishes what was accepted and closes everything. */
export interface Running {
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 30_000;
/** The first requests and sweeps load what had not been needed to start. */
const SETTLED_MS = 5_000;

/** What a process tells its supervisor over IPC: it has started, and may accept something from now on. */
export const STARTED = 'started';

/**
 * The whole life of an app's main: start, wait for SIGTERM, SIGINT or the loss of the parent's IPC channel (so
 * that no child outlives a killed supervisor), stop, exit 0. Exits 1, with the cause logged, when starting fails,
 * when something throws that nobody catches, or when stopping takes over 30 seconds. A second signal exits at once.
 */
export async function runUntilStopped(logger: ProcessLogger, start: () => Promise<Running>): Promise<void> {
  const die = (message: string) => (error: unknown) => {
    logger.fatal(message, { error });
    process.exit(1);
  };
  process.on('uncaughtException', die('uncaught exception'));
  process.on('unhandledRejection', die('unhandled rejection'));
  const reason = nextStopReason();
  try {
    const running = await start();
    // Where the supervisor is gone by now, 'disconnect' says so.
    process.send?.(STARTED, undefined, undefined, () => {});
    setTimeout(collectGarbage, SETTLED_MS).unref();
    logger.log('stopping', { reason: await reason });
    process.once('SIGTERM', () => process.exit(1));
    process.once('SIGINT', () => process.exit(1));
    const late = Symbol('late');
    const stopped = await Promise.race([running.stop(), sleep(STOP_LIMIT_MS, late, { ref: false })]);
    if (stopped === late) throw new Error(`not stopped within ${STOP_LIMIT_MS} ms`);
    logger.log('stopped');
    process.exit(0);
  } catch (error) {
    die('exit after an error')(error);
  }
}

/** Listens from the first moment: a signal that comes while starting stops the process as soon as it has started. */
function nextStopReason(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    if (process.send !== undefined) process.once('disconnect', () => resolve('the parent is gone'));
  });
}
