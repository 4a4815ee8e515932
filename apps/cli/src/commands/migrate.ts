import type { Command } from 'commander';
import { withDatabase } from './with-database.ts';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database schema up to date (the service does so by itself when it starts)')
    .action(() =>
      withDatabase(async (_db, _config, applied) => {
        for (const name of applied) process.stdout.write(`applied ${name}\n`);
        process.stdout.write('the schema is up to date\n');
      }),
    );
}
