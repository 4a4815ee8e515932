import type { Command } from 'commander';
import { ensureFirstKey } from '../service/first-key.ts';
import { withDatabase } from './with-database.ts';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database schema up to date, and store OL_BOOTSTRAP_KEY where it is set (`up` does both by itself)',
    )
    .action(() =>
      withDatabase(async (db, config, applied) => {
        for (const name of applied) process.stdout.write(`applied ${name}\n`);
        if (config.bootstrapKey !== null) await ensureFirstKey(db, config.bootstrapKey);
        process.stdout.write('the schema is up to date\n');
      }),
    );
}
