// The processes that the benchmarks measure: started from dist as `outcome-ledger up` starts them, asked over IPC, and
// looked at through /proc.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeOptionsOf } from '../dist/apps/cli/src/service/node-options.js';

/**
 * The real process.
 *
 * @param name of the app: ingest, worker
 * @param nodeOptions of node itself
 * @returns once it says that it is ready; `said` is what it said then
 */
export async function startApp(name, env, nodeOptions = []) {
  const main = fileURLToPath(new URL(`../dist/apps/${name}/src/main.js`, import.meta.url));
  const asked = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter((option) => option !== '');
  const app = spawn(process.execPath, [...nodeOptionsOf(name), ...asked, ...nodeOptions, main], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(app, 'exit');
  const started = once(app, 'message');
  const said = await new Promise((resolve, reject) => {
    createInterface({ input: app.stdout }).on('line', (line) => {
      const fields = JSON.parse(line);
      if (fields.message === 'listening' || fields.message === 'working') resolve(fields);
      else if (fields.level !== 'info') console.error(line);
    });
    void exited.then(([code]) => reject(new Error(`the ${name} process ended with ${code}`)));
  });
  await started;
  return {
    process: app,
    pid: app.pid,
    said,
    stop: async () => {
      app.kill('SIGTERM');
      await exited;
    },
  };
}

/** The load generator, in a process of its own. */
export function startLoad() {
  const load = fork(new URL('load.mjs', import.meta.url));
  return { process: load, stop: async () => load.disconnect() };
}

/** Sends a command to a process that answers each with one message. @throws Error with what it says has failed */
export async function ask({ process: asked }, command) {
  asked.send(command);
  const [answer] = await once(asked, 'message');
  if (answer.failed !== undefined) throw new Error(answer.failed);
  return answer;
}

/** User and system seconds of a process and its children, those that ended included (proc(5), ticks of 10 ms). */
export function cpuSeconds(pid) {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(name);
    const isSelf = Number(name) === pid;
    if (!isSelf && Number(fields[1]) !== pid) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    if (isSelf) ticks += Number(fields[13]) + Number(fields[14]);
  }
  return ticks / 100;
}

/** What stands after the command's name in /proc/PID/stat; nothing when the process has just ended. */
function statFields(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** Resident memory in MiB: now, and the most it ever was. */
export function residentMiB(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const mebibytes = (name) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) / 1024);
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}
