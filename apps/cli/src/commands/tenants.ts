import { InvalidArgumentError, type Command } from 'commander';
import { inTransaction, openTenant, readTenantId, setTenantLimit } from '#store';
import { withDatabase } from './with-database.ts';

export function addTenants(program: Command): void {
  const tenants = program.command('tenants').description('who keeps books here');
  tenants
    .command('limit <slug>')
    .description(
      'what a tenant may send to each ingest process; without options, as much as there is room for',
    )
    .option('--bytes-per-second <n>', 'of request bodies, decompressed', parseRate)
    .option('--requests-per-second <n>', 'export requests', parseRate)
    .action((slug: string, rates: { bytesPerSecond?: number; requestsPerSecond?: number }) =>
      withDatabase(async (db) => {
        const tenantId = await readTenantId(db, slug);
        if (tenantId === null) throw new Error(`there is no tenant ${slug}`);
        const { bytesPerSecond = null, requestsPerSecond = null } = rates;
        const nowUs = BigInt(Date.now()) * 1000n;
        await setTenantLimit(db, tenantId, { bytesPerSecond, requestsPerSecond }, nowUs);
        process.stdout.write(
          `tenant ${slug}: ${bytesPerSecond ?? 'any'} bytes and ${requestsPerSecond ?? 'any'} requests a second\n`,
        );
      }),
    );
  tenants
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

const MAX_RATE = 1_000_000_000;

function parseRate(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) < 1 || Number(text) > MAX_RATE)
    throw new InvalidArgumentError(`must be a whole number from 1 to ${MAX_RATE}`);
  return Number(text);
}
