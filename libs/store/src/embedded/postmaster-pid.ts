import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** What a postmaster writes into its data directory while it runs. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Empty where it has no socket. */
  readonly socketDirectory: string;
  readonly isReady: boolean;
}

/** @returns what postmaster.pid says, or null where there is none, or one that is being written */
export function readPostmaster(dataDirectory: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return {
    pid,
    port: Number(lines[3] ?? 0),
    socketDirectory: lines[4] ?? '',
    isReady: lines[7]?.trim() === 'ready',
  };
}

/**
 * Whether the process is the postmaster of this data directory, and not another one that was given the number of a
 * postmaster that died (after a reboot, or in a restarted container, that is the rule and not the exception).
 */
export function isPostmasterOf(dataDirectory: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') return isLinuxPostmaster(dataDirectory, pid);
  if (process.platform === 'win32') return true;
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).includes(
      dataDirectory,
    );
  } catch {
    return false;
  }
}

/** A postmaster stands in its data directory. */
function isLinuxPostmaster(dataDirectory: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory);
  } catch {
    return false; // of another user, so not of ours; or gone meanwhile
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
