import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a pass of the worker's own code over tenants, in a process of its own that prints to ours.
 *
 * @param slugs of the tenants; none = all
 * @returns its exit code
 */
export function runWorkerPass(
  main: 'check-main' | 'rebuild-main',
  connection: string,
  slugs: readonly string[],
): Promise<number> {
  const path = fileURLToPath(new URL(`../../../worker/src/${main}.js`, import.meta.url));
  const child = spawn(process.execPath, [path, ...slugs], {
    env: { ...process.env, DATABASE_URL: connection },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
