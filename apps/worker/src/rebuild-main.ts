import { readConfig } from '#config';
import { logToStdout } from '#server';
import { listTenants, openDatabase, openKeyDirectory } from '#store';
import { v7 as uuidByTime } from 'uuid';
import { rebuildProjections } from './rebuild-projections.ts';
import { TenantRulebooks } from './tenant-rules.ts';

// Run by `outcome-ledger rebuild`: one pass over the tenants named as arguments, or all; then it ends.

const PAGE = 200;
const NAMES: Readonly<Record<string, string>> = { workItems: 'work items' };
const slugs = process.argv.slice(2);
const { databaseUrl, keyDir } = readConfig();
if (databaseUrl === null) throw new Error('DATABASE_URL is not set');
const db = await openDatabase(databaseUrl, { maxConnections: 2, applicationName: 'outcome-ledger rebuild' });
try {
  const tenants = (await listTenants(db)).filter(({ slug }) => slugs.length === 0 || slugs.includes(slug));
  const unknown = slugs.filter((slug) => !tenants.some((tenant) => tenant.slug === slug));
  if (tenants.length === 0 || unknown.length > 0)
    throw new Error(`there is no tenant${unknown.length === 0 ? '' : ` ${unknown.join(', ')}`}`);
  const parts = {
    db,
    rulebooks: new TenantRulebooks(),
    contentKeys: openKeyDirectory(keyDir),
    nowUs: () => BigInt(Date.now()) * 1000n,
    newId: uuidByTime,
    logger: logToStdout('rebuild'),
  };
  for (const { slug, tenantId } of tenants) {
    const { unsettled, ...changed } = await rebuildProjections(parts, tenantId, PAGE);
    const wrong = Object.entries(changed).map(([name, count]) => `${count} ${NAMES[name] ?? name}`);
    process.stdout.write(`${slug}: rebuilt; other than before: ${wrong.join(', ')}\n`);
    if (unsettled === 0) continue;
    process.stdout.write(
      `${slug}: ${unsettled} traces and work items are still being worked through: run it again\n`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`outcome-ledger: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await db.close();
}
