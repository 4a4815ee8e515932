import { InvalidArgumentError, type Command } from 'commander';
import { RejectedInput } from '#model';
import {
  hashSecret,
  inTransaction,
  isRole,
  listApiKeys,
  newSecret,
  readTenantId,
  recordApiKey,
  recordKeyRevoked,
  ROLES,
  timestampFromUs,
  type Database,
  type Role,
} from '#store';
import { v7 as uuidByTime } from 'uuid';
import { DEFAULT_TENANT } from '../service/first-key.ts';
import { withDatabase } from './with-database.ts';

interface NewKeyOptions {
  readonly tenant: string;
  readonly principal: string;
  readonly roles: readonly Role[];
  readonly sources?: readonly string[];
  readonly kinds?: readonly string[];
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('API keys: who may do what');
  keys
    .command('create')
    .description('make a key and print it, this once')
    .option('--tenant <slug>', 'whose data it is for', DEFAULT_TENANT)
    .requiredOption('--principal <name>', 'who will use it; made when there is none of that name')
    .requiredOption('--roles <list>', `comma-separated: ${ROLES.join(', ')}`, parseRoles)
    .option('--sources <list>', 'for the role outcomes: the CloudEvents sources it may speak for', parseList)
    .option('--kinds <list>', 'for the role outcomes: the kinds of work item it may speak for', parseList)
    .action((options: NewKeyOptions) => withDatabase((db) => createKey(db, options)));
  keys
    .command('list')
    .description('all keys of a tenant, without their secrets')
    .option('--tenant <slug>', 'whose', DEFAULT_TENANT)
    .action((options: { tenant: string }) => withDatabase((db) => listKeys(db, options.tenant)));
  keys
    .command('revoke <key-id>')
    .description('end a key: it is refused within five seconds')
    .option('--tenant <slug>', 'whose', DEFAULT_TENANT)
    .action((keyId: string, options: { tenant: string }) =>
      withDatabase((db) => revokeKey(db, options.tenant, keyId)),
    );
}

async function createKey(db: Database, options: NewKeyOptions): Promise<void> {
  const tenantId = await tenantIdOf(db, options.tenant);
  const secret = newSecret();
  const keyId = uuidByTime();
  const key = {
    tenantId,
    keyId,
    newPrincipalId: uuidByTime(),
    principalName: options.principal,
    secretHash: hashSecret(secret),
    roles: options.roles,
    sources: options.sources ?? null,
    kinds: options.kinds ?? null,
    isBootstrap: false,
  };
  await inTransaction(db, (client) => recordApiKey(client, key, byOperator()));
  process.stdout.write(`${secret}\n`);
  process.stderr.write(`key ${keyId} of ${options.principal}; its text is not shown again\n`);
}

async function listKeys(db: Database, tenant: string): Promise<void> {
  for (const key of await listApiKeys(db, await tenantIdOf(db, tenant))) {
    const state =
      key.revokedAtUs === null ? 'valid' : `revoked ${timestampFromUs(key.revokedAtUs).slice(0, 19)}Z`;
    const bounds = [
      ...(key.sources === null ? [] : [`sources=${key.sources.join(',')}`]),
      ...(key.kinds === null ? [] : [`kinds=${key.kinds.join(',')}`]),
      ...(key.isBootstrap ? ['bootstrap'] : []),
    ];
    const made = `made ${timestampFromUs(key.createdAtUs).slice(0, 19)}Z`;
    process.stdout.write(
      `${[key.keyId, key.principalName, key.roles.join(','), ...bounds, made, state].join('  ')}\n`,
    );
  }
}

async function revokeKey(db: Database, tenant: string, keyId: string): Promise<void> {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(keyId);
  const tenantId = await tenantIdOf(db, tenant);
  const isRevoked =
    isUuid && (await inTransaction(db, (client) => recordKeyRevoked(client, tenantId, keyId, byOperator())));
  if (!isRevoked)
    throw new RejectedInput('not_found', `the tenant ${tenant} has no key ${keyId}; keys list shows them`);
  process.stdout.write(`key ${keyId} is revoked\n`);
}

/** Who holds the database needs no key. */
const byOperator = () => ({ atUs: BigInt(Date.now()) * 1000n, by: null });

async function tenantIdOf(db: Database, slug: string): Promise<bigint> {
  const tenantId = await readTenantId(db, slug);
  if (tenantId === null)
    throw new RejectedInput('not_found', `there is no tenant ${slug}; tenants create makes one`);
  return tenantId;
}

function parseRoles(text: string): Role[] {
  const roles = parseList(text);
  const unknown = roles.filter((role) => !isRole(role));
  if (unknown.length > 0 || roles.length === 0)
    throw new InvalidArgumentError(`${unknown.join(', ')} is none of ${ROLES.join(', ')}`);
  return roles.filter(isRole);
}

function parseList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
