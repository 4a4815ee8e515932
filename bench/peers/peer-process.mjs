// A program of somebody else's: started, waited for, killed by its id, and looked at.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Some take minutes on a machine that has other things to do. */
const START_LIMIT_MS = 600_000;

/**
 * Starts a program in a process group of its own and waits until it answers.
 *
 * @param {{ command: string, args: string[], env?: Record<string, string>, cwd: string, log: string, ready: string }} options
 *   `ready`: an address that answers with less than 500 when the program is there
 * @returns {Promise<{ pid: number, kill: () => Promise<void>, stop: () => Promise<void> }>} `kill`: with all of its children, by SIGKILL
 */
export async function startProgram({ command, args, env = {}, cwd, log, ready }) {
  const output = openSync(log, 'a');
  const program = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const exited = once(program, 'exit');
  let hasExited = false;
  void exited.then(() => (hasExited = true));
  const end = (signal) => {
    if (!hasExited && program.pid !== undefined) process.kill(-program.pid, signal);
  };
  for (const limit = Date.now() + START_LIMIT_MS; ;) {
    if (hasExited) throw new Error(`${command} ended:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    if (await answers(ready)) break;
    if (Date.now() > limit) {
      end('SIGKILL');
      throw new Error(`${command} did not answer at ${ready}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    await sleep(100);
  }
  const stop = async (signal) => {
    end(signal);
    const late = setTimeout(() => end('SIGKILL'), 20_000);
    await exited;
    clearTimeout(late);
  };
  return { pid: program.pid, kill: () => stop('SIGKILL'), stop: () => stop('SIGTERM') };
}

async function answers(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}

/** A port of the loopback that nobody listens on now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the files below a directory take on disk: blocks, not lengths, because some are allocated ahead and empty. */
export function bytesOnDisk(directory) {
  return readdirSync(directory, { recursive: true }).reduce((sum, name) => {
    const file = lstatSync(join(directory, String(name)));
    return file.isFile() ? sum + file.blocks * 512 : sum;
  }, 0);
}
