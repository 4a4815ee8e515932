import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** After kill -9 somebody may still be on the way out; a lock that is held for longer is held. */
const ATTEMPTS = 20;

/**
 * Claims a data directory for this process. The lock names the process and when it began, so one that was killed
 * holds nothing, even when its number was given to another.
 *
 * @returns what gives it back
 * @throws Error that names the process which has it
 */
export async function lockDataDirectory(directory: string): Promise<() => void> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'up.lock');
  const claim = `${process.pid} ${beginningOf(process.pid) ?? ''}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (create(file, claim)) return () => rmSync(file, { force: true });
    const holder = readHolder(file);
    if (holder !== null && isRunning(holder))
      throw new Error(
        `an Outcome Ledger (process ${holder.pid}) runs on ${directory} already: ` +
          'stop it, or set OL_DATA_DIR to another directory',
      );
    if (holder !== null) rmSync(file, { force: true });
    await sleep(100);
  }
  throw new Error(`${file} cannot be claimed: remove it if nothing runs on ${directory}`);
}

interface Holder {
  readonly pid: number;
  readonly beginning: string;
}

function create(file: string, claim: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o644);
    writeSync(descriptor, claim);
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns null while the file is being written, or is gone */
function readHolder(file: string): Holder | null {
  try {
    const [pid = '', ...beginning] = readFileSync(file, 'utf8').split(' ');
    return Number(pid) > 0 ? { pid: Number(pid), beginning: beginning.join(' ') } : null;
  } catch {
    return null;
  }
}

function isRunning({ pid, beginning }: Holder): boolean {
  return beginningOf(pid) === beginning;
}

/** When a process began, in whatever its system counts by; null when there is none of that number. */
function beginningOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // Field 22; the name of the process, in parentheses, may hold spaces.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
    }
    if (process.platform !== 'win32')
      return execFileSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8' }).trim();
    process.kill(pid, 0);
    return '';
  } catch {
    return null;
  }
}
