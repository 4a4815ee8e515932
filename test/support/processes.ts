import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { isAlive } from './is-alive.ts';
import { until } from './until.ts';

// The real processes, from dist (`npm test` builds it), as children of the test.

export type LogLine = Readonly<Record<string, unknown>> & { readonly message?: string };

export interface RunningProcess {
  readonly pid: number;
  /** Standard output and error, as written. */
  output(): string;
  /** The JSON lines among it. */
  lines(): LogLine[];
  /** Waits for a log line with this message. @throws when the process ends first, with its output */
  line(message: string): Promise<LogLine>;
  /** Whether it has ended and all it wrote is here. */
  isOver(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** @returns the exit code, or the signal that ended it */
  exited: Promise<number | NodeJS.Signals>;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** For root: become this user. */
  readonly uid?: number;
  readonly gid?: number;
}

const BARE = { PATH: '/usr/bin:/bin', HOME: '/empty' };

/** Starts `dist/apps/<app>/src/main.js` in a bare environment: nothing of the test's own gets in. */
export function startProcess(
  app: 'cli' | 'ingest' | 'worker' | 'api',
  args: readonly string[],
  options: SpawnOptions = {},
): RunningProcess {
  const main = fileURLToPath(new URL(`../../dist/apps/${app}/src/main.js`, import.meta.url));
  const { env, ...user } = options;
  const child = spawn(process.execPath, [main, ...args], {
    ...user,
    cwd: '/',
    env: { ...BARE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return follow(child);
}

function follow(child: ChildProcess): RunningProcess {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  let isOver = false;
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      isOver = true;
      resolve(code ?? signal ?? -1);
    });
  });
  const lines = () => output.split('\n').flatMap((line) => parse(line));
  return {
    pid: child.pid ?? -1,
    output: () => output,
    lines,
    line: async (message) => {
      const find = () => lines().find((line) => line.message === message);
      await until(`the log line "${message}"`, () => isOver || find() !== undefined, 90_000);
      const found = find();
      if (found === undefined) throw new Error(`ended before it logged "${message}":\n${output}`);
      return found;
    },
    isOver: () => isOver,
    kill: (signal) => void child.kill(signal),
    exited,
  };
}

function parse(line: string): LogLine[] {
  try {
    return line.startsWith('{') ? [JSON.parse(line)] : [];
  } catch {
    return [];
  }
}

/** Four ports nobody listens on, as the environment of `up`. */
export async function freePorts(): Promise<Record<string, string>> {
  const names = ['OL_API_PORT', 'OL_OTLP_HTTP_PORT', 'OL_OTLP_GRPC_PORT', 'OL_WORKER_PORT'];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, String(await freePort())] as const)),
  );
}

/** All processes whose environment has this variable: children of `up`, and theirs. Needs /proc. */
export function processesWith(variable: string, value: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return (
          pid > 0 && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${variable}=${value}`)
        );
      } catch {
        return false;
      }
    })
    .filter(isAlive);
}
