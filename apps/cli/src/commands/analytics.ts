import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { RejectedInput } from '#model';
import {
  grantAnalyticsLogin,
  inTransaction,
  listAnalyticsLogins,
  readTenantId,
  revokeAnalyticsLogin,
  scramVerifier,
  type Database,
} from '#store';
import { DEFAULT_TENANT } from '../service/first-key.ts';
import { withDatabase } from './with-database.ts';

interface GrantOptions {
  readonly tenant: string;
  readonly connections: number;
  readonly timeout: number;
}

export function addAnalytics(program: Command): void {
  const analytics = program
    .command('analytics')
    .description('logins of PostgreSQL that read the SQL views, for Grafana, Metabase or psql');
  analytics
    .command('grant <login>')
    .description(
      'make a login that sees one tenant, and print how to connect, this once; again: a new password',
    )
    .option('--tenant <slug>', 'whose data it sees', DEFAULT_TENANT)
    .option('--connections <number>', 'at once', wholeNumber(1, 100), 5)
    .option('--timeout <seconds>', 'of one statement', wholeNumber(1, 3_600), 30)
    .action((login: string, options: GrantOptions) =>
      withDatabase((db, _, __, connection) => grant(db, connection, login, options)),
    );
  analytics
    .command('list')
    .description('all logins of a tenant')
    .option('--tenant <slug>', 'whose', DEFAULT_TENANT)
    .action(({ tenant }: { tenant: string }) => withDatabase((db) => list(db, tenant)));
  analytics
    .command('revoke <login>')
    .description('end a login: from now on it sees nothing')
    .option('--tenant <slug>', 'whose', DEFAULT_TENANT)
    .action((login: string, { tenant }: { tenant: string }) =>
      withDatabase((db) => revoke(db, tenant, login)),
    );
}

async function grant(
  db: Database,
  connection: string,
  login: string,
  { tenant, connections, timeout }: GrantOptions,
): Promise<void> {
  const tenantId = await tenantIdOf(db, tenant);
  const password = randomBytes(24).toString('base64url');
  const wanted = { tenantId, login, connections, timeoutMs: timeout * 1000 };
  const nowUs = BigInt(Date.now()) * 1000n;
  await inTransaction(db, (client) =>
    grantAnalyticsLogin(client, wanted, scramVerifier(password, randomBytes(16)), nowUs),
  );
  const url = new URL(connection);
  process.stdout.write(
    `postgresql://${login}:${password}@${url.host}${url.pathname === '/' ? '' : url.pathname}${url.search}\n`,
  );
  process.stderr.write(
    `${login} sees the tenant ${tenant} in schema analytics; its password is not shown again\n`,
  );
}

async function list(db: Database, tenant: string): Promise<void> {
  for (const { login, connections, timeoutMs } of await listAnalyticsLogins(db, await tenantIdOf(db, tenant)))
    process.stdout.write(`${login}  connections=${connections}  timeout=${timeoutMs / 1000}s\n`);
}

async function revoke(db: Database, tenant: string, login: string): Promise<void> {
  const tenantId = await tenantIdOf(db, tenant);
  const nowUs = BigInt(Date.now()) * 1000n;
  const isRevoked = await inTransaction(db, (client) => revokeAnalyticsLogin(client, tenantId, login, nowUs));
  if (!isRevoked)
    throw new RejectedInput(
      'not_found',
      `the tenant ${tenant} has no login ${login}; analytics list shows them`,
    );
  process.stdout.write(`login ${login} is revoked\n`);
}

async function tenantIdOf(db: Database, slug: string): Promise<bigint> {
  const tenantId = await readTenantId(db, slug);
  if (tenantId === null)
    throw new RejectedInput('not_found', `there is no tenant ${slug}; tenants create makes one`);
  return tenantId;
}

const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < minimum || number > maximum)
      throw new InvalidArgumentError(`must be a whole number from ${minimum} to ${maximum}`);
    return number;
  };
