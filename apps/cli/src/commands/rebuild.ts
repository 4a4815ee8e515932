import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withDatabase } from './with-database.ts';

const MAIN = fileURLToPath(new URL('../../../worker/src/rebuild-main.js', import.meta.url));

export function addRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('make what reports read again from the records it was made from, beside a service that runs')
    .requiredOption(
      '--projections',
      'all of them: summaries of traces, attempts, work items, positions, quality',
    )
    .option('--tenant <slug>', 'only this one')
    .action((options: { tenant?: string }) =>
      withDatabase(async (_db, _config, _applied, connection) => {
        process.exitCode = await rebuild(connection, options.tenant === undefined ? [] : [options.tenant]);
      }),
    );
}

/** The worker's own code, in a process of its own. @returns its exit code */
function rebuild(connection: string, slugs: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...slugs], {
    env: { ...process.env, DATABASE_URL: connection },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
