import type { Command } from 'commander';
import { runWorkerPass } from './run-worker-pass.ts';
import { withDatabase } from './with-database.ts';

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
        const slugs = options.tenant === undefined ? [] : [options.tenant];
        process.exitCode = await runWorkerPass('rebuild-main', connection, slugs);
      }),
    );
}
