import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import type { ServerUser } from './server-user.ts';

/** A postmaster that is our child. */
export interface PostmasterProcess {
  readonly pid: number;
  /** Settles when it is gone, for whatever reason. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** The newest lines of its log, for an error message. */
  lastLines(): string;
  /** Fast shutdown: sessions are ended, everything committed is on disk. */
  stop(): Promise<void>;
}

const KEPT_LINES = 20;
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/**
 * Starts the server so that it cannot outlive this process: on Linux the kernel tells it to shut down when its
 * parent dies (setpriv --pdeathsig), elsewhere a small process waits at the end of a pipe.
 */
export function startPostmaster(
  cluster: Cluster,
  args: readonly string[],
  log: (line: string) => void,
): PostmasterProcess {
  const postgres = join(cluster.binDirectory, process.platform === 'win32' ? 'postgres.exe' : 'postgres');
  const setpriv = process.platform === 'linux' ? SETPRIV.find((path) => existsSync(path)) : undefined;
  const command = setpriv === undefined ? [postgres] : [setpriv, '--pdeathsig', 'INT', postgres];
  const child = spawn(command[0] ?? postgres, [...command.slice(1), ...args], {
    ...cluster.user,
    cwd: cluster.dataDirectory,
    // A group of its own: Ctrl-C on the terminal reaches us alone, and we stop it after the apps.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  const watchdog = setpriv === undefined && child.pid !== undefined ? watch(child.pid, cluster.user) : null;
  return follow(child, watchdog, log);
}

function follow(
  child: ChildProcess,
  watchdog: ChildProcess | null,
  log: (line: string) => void,
): PostmasterProcess {
  const lines: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) log(line);
    lines.push(...parts);
    lines.splice(0, lines.length - KEPT_LINES);
  });
  let gone = false;
  const exited = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      gone = true;
      if (reason !== '') lines.push(reason);
      watchdog?.kill('SIGKILL');
      resolve();
    };
    child.once('error', (error) => end(`cannot run PostgreSQL: ${error.message}`));
    child.once('exit', () => end(''));
  });
  return {
    pid: child.pid ?? 0,
    exited,
    hasExited: () => gone,
    lastLines: () => [...lines, rest].filter((line) => line !== '').join('\n'),
    stop: () => {
      if (!gone) child.kill('SIGINT');
      return exited;
    },
  };
}

/** Waits for the end of its input, which comes when this process dies however it dies, and stops the server. */
function watch(pid: number, user: ServerUser | null): ChildProcess {
  const script =
    process.platform === 'win32'
      ? [process.execPath, '-e', `process.stdin.resume().on('end', () => process.kill(${pid}, 'SIGINT'))`]
      : ['/bin/sh', '-c', `read -r _; kill -INT ${pid}`];
  const watchdog = spawn(script[0] ?? '', script.slice(1), {
    ...user,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  watchdog.on('error', () => {});
  return watchdog;
}
