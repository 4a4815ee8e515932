import type { Command } from 'commander';
import { checkBooks, INVARIANTS, listTenants, readBacklog, type Database } from '#store';
import { runWorkerPass } from './run-worker-pass.ts';
import { withDatabase } from './with-database.ts';

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('hold the books against themselves, and against the usage and prices they came from')
    .option('--tenant <slug>', 'only this one')
    .action((options: { tenant?: string }) =>
      withDatabase(async (db, _config, _applied, connection) => {
        await check(db, options.tenant ?? null);
        const slugs = options.tenant === undefined ? [] : [options.tenant];
        if ((await runWorkerPass('check-main', connection, slugs)) !== 0) process.exitCode = 1;
      }),
    );
}

/** The log, the charge of each usage, and its trace. */
const BESIDE_THEM = 3;

/** Prints what it checked and what is wrong; the process ends with 1 when something is. */
async function check(db: Database, slug: string | null): Promise<void> {
  const { dueTraces, waitingFacts } = await readBacklog(db);
  if (dueTraces > 0 || waitingFacts > 0) {
    process.stderr.write(
      `${dueTraces} traces and ${waitingFacts} facts are still being worked through: what they change is not settled\n`,
    );
  }
  const tenants = (await listTenants(db)).filter((tenant) => slug === null || tenant.slug === slug);
  if (tenants.length === 0)
    throw new Error(slug === null ? 'there is no tenant' : `there is no tenant ${slug}`);
  for (const tenant of tenants) {
    const violations = await checkBooks(db, tenant.tenantId);
    for (const { invariant, subject, found } of violations) {
      process.stdout.write(`${tenant.slug}: VIOLATED: ${invariant}: ${subject}: ${found}\n`);
    }
    if (violations.length > 0) process.exitCode = 1;
    else process.stdout.write(`${tenant.slug}: ${INVARIANTS.length + BESIDE_THEM} invariants hold\n`);
  }
}
