#!/usr/bin/env node
import { Command } from 'commander';
import { InvalidConfig } from '#config';
import { RejectedInput, Unavailable } from '#model';
import { addAnalytics } from './commands/analytics.ts';
import { addCheck } from './commands/check.ts';
import { addDemo } from './commands/demo.ts';
import { addExport } from './commands/export.ts';
import { addKeys } from './commands/keys.ts';
import { addLogKeys } from './commands/log-keys.ts';
import { addMigrate } from './commands/migrate.ts';
import { addRebuild } from './commands/rebuild.ts';
import { addStorage } from './commands/storage.ts';
import { addTenants } from './commands/tenants.ts';
import { addTrails } from './commands/trails.ts';
import { addUp } from './commands/up.ts';
import { addVerify } from './commands/verify.ts';

const program = new Command('outcome-ledger')
  .description(
    'Ties the token spend of AI agents to business outcomes. Settings come from the environment; see .env.example.',
  )
  .showHelpAfterError();
for (const add of [
  addUp,
  addDemo,
  addMigrate,
  addKeys,
  addLogKeys,
  addTenants,
  addAnalytics,
  addCheck,
  addRebuild,
  addStorage,
  addTrails,
  addExport,
  addVerify,
])
  add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`outcome-ledger: ${explain(error)}\n`);
  process.exitCode = 1;
}

/** What a person can act on needs no stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const isExpected =
    error instanceof InvalidConfig || error instanceof RejectedInput || error instanceof Unavailable;
  return isExpected || error.name === 'Error' ? `${error.message}${cause}` : (error.stack ?? error.message);
}
