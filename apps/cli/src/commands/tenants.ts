import type { Command } from 'commander';
import { inTransaction, openTenant } from '#store';
import { withDatabase } from './with-database.ts';

export function addTenants(program: Command): void {
  program
    .command('tenants')
    .description('who keeps books here')
    .command('create <slug>')
    .description('make a tenant; the slug stands in URLs and cannot be changed')
    .action((slug: string) =>
      withDatabase(async (db) => {
        const nowUs = BigInt(Date.now()) * 1000n;
        const tenantId = await inTransaction(db, (client) => openTenant(client, slug, nowUs));
        process.stdout.write(`tenant ${slug} has id ${tenantId}\n`);
      }),
    );
}
