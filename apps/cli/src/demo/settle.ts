import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 180_000;
const POLL_MS = 50;
const WAITING = ['outcome_ledger_due_traces', 'outcome_ledger_waiting_facts'];

/**
 * Waits until the worker has worked through everything that was acknowledged, by its own metrics.
 *
 * @param quietMs TRACE_QUIET_MS of the service: what was sent before is due after it
 * @throws Error when something still waits after three minutes
 */
export async function untilSettled(workerUrl: string, quietMs: number): Promise<void> {
  await sleep(quietMs + POLL_MS);
  const limit = Date.now() + LIMIT_MS;
  while (!(await isIdle(workerUrl))) {
    if (Date.now() > limit)
      throw new Error(`the worker is still busy after ${LIMIT_MS / 1000} s: see ${workerUrl}/metrics`);
    await sleep(POLL_MS);
  }
}

async function isIdle(workerUrl: string): Promise<boolean> {
  const lines = (await (await fetch(`${workerUrl}/metrics`)).text()).split('\n');
  return WAITING.every((name) =>
    lines.some((line) =>
      line.startsWith(`${name}{`) || line.startsWith(`${name} `) ? line.endsWith(' 0') : false,
    ),
  );
}
