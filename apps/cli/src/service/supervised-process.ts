import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { STARTED, type ProcessLogger } from '#server';
import { logChild } from './log-child.ts';
import { nodeOptionsOf, type AppName } from './node-options.ts';

/** One of the three processes, started again whenever it ends unasked. */
export interface SupervisedProcess {
  readonly app: AppName;
  /** Rejects when it ended three times before it was ready: then waiting helps nobody. */
  readonly failed: Promise<never>;
  /** From now on an end is a crash of something that worked. */
  isReady(): void;
  /**
   * SIGTERM, then SIGKILL after the limit.
   * @returns whether it ended by itself and without an error; one that had not started yet (it was being started again,
   *   and the signal or a database that is away ended that) had accepted nothing, and may end as it likes
   */
  stop(limitMs: number): Promise<boolean>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Who ran this long has earned a quick restart again. */
const SETTLED_MS = 60_000;
const FAILURES_AT_START = 3;

/**
 * @param env the whole environment of the child
 * @param writeLine takes its log lines, readable ones where `human`
 */
export function superviseProcess(
  app: AppName,
  env: Readonly<Record<string, string | undefined>>,
  logger: ProcessLogger,
  human: boolean,
  writeLine: (line: string) => void,
): SupervisedProcess {
  const main = fileURLToPath(new URL(`../../../${app}/src/main.js`, import.meta.url));
  let child: ChildProcess | null = null;
  let restart: NodeJS.Timeout | null = null;
  let hasStarted = false;
  let isStopping = false;
  let hasBeenReady = false;
  let failures = 0;
  let giveUp: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  failed.catch(() => {});

  const begin = () => {
    const startedAt = Date.now();
    restart = null;
    // The IPC channel closes when we die, however we die; the app then stops (runUntilStopped). Its own process
    // group keeps Ctrl-C on the terminal from reaching it before we decided the order.
    const started = spawn(process.execPath, [...nodeOptionsOf(app), main], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    hasStarted = false;
    started.on('message', (message) => {
      hasStarted ||= message === STARTED;
    });
    if (started.stdout !== null) logChild(started.stdout, human, writeLine);
    if (started.stderr !== null) logChild(started.stderr, human, writeLine);
    started.once('error', (error) => logger.error(`${app} cannot be run`, { error }));
    started.once('exit', (code, signal) => {
      child = null;
      if (isStopping) return;
      failures = Date.now() - startedAt > SETTLED_MS ? 1 : failures + 1;
      if (!hasBeenReady && failures === FAILURES_AT_START) {
        giveUp(new Error(`${app} does not start: its messages stand above`));
        return;
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
      logger.error(`${app} ended unasked, and is started again`, { code, signal, pauseMs });
      restart = setTimeout(begin, pauseMs);
    });
  };
  begin();

  return {
    app,
    failed,
    isReady: () => {
      hasBeenReady = true;
    },
    stop: async (limitMs) => {
      isStopping = true;
      if (restart !== null) clearTimeout(restart);
      return child === null || (await end(child, limitMs, () => hasStarted));
    },
  };
}

function end(child: ChildProcess, limitMs: number, hasStarted: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code === 0 || (!isLate && !hasStarted()));
    });
    child.kill('SIGTERM');
  });
}
