import { readConfig } from '#config';
import { listTenants, openDatabase, openKeyDirectory } from '#store';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidByTime } from 'uuid';
import { driftPage, type DriftPage, type DriftParts } from './check-drift.ts';
import { SpanReader } from './read-spans.ts';
import { TenantRulebooks } from './tenant-rules.ts';

// Run by `outcome-ledger check`: posts all that is posted again, of the tenants named as arguments, or of all, and takes
// it back; then it ends.

const PAGE = 200;
const TRIES = 20;
const BETWEEN_TRIES_MS = 250;
const slugs = process.argv.slice(2);
const { databaseUrl, keyDir, limits } = readConfig();
if (databaseUrl === null) throw new Error('DATABASE_URL is not set');
const db = await openDatabase(databaseUrl, { maxConnections: 2, applicationName: 'outcome-ledger check' });
try {
  const parts = {
    db,
    spans: new SpanReader(),
    rulebooks: new TenantRulebooks(),
    contentKeys: openKeyDirectory(keyDir),
    nowUs: () => BigInt(Date.now()) * 1000n,
    newId: uuidByTime,
  };
  for (const { slug, tenantId } of await listTenants(db))
    if (slugs.length === 0 || slugs.includes(slug)) await checkTenant(parts, slug, tenantId);
} catch (error) {
  process.stderr.write(`outcome-ledger: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await db.close();
}

async function checkTenant(parts: DriftParts, slug: string, tenantId: bigint): Promise<void> {
  let postings = 0;
  let violations = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await settledPage(parts, tenantId, cursor);
    if (page === null) {
      process.stdout.write(
        `${slug}: something is still being worked through after ${postings} postings: run it again\n`,
      );
      process.exitCode = 1;
      return;
    }
    for (const { invariant, subject, found } of page.violations)
      process.stdout.write(`${slug}: VIOLATED: ${invariant}: ${subject}: ${found}\n`);
    violations += page.violations.length;
    postings += page.traceIds.length + page.refs.length;
    cursor = page.cursor;
  }
  if (violations > 0) process.exitCode = 1;
  else process.stdout.write(`${slug}: ${postings} postings are what their usage, prices and rules come to\n`);
}

/** @returns null where the tenant did not come to rest for a while */
async function settledPage(parts: DriftParts, tenantId: bigint, cursor: string): Promise<DriftPage | null> {
  const options = { pageSize: PAGE, traceSpans: limits.traceSpans, isStopping: () => false };
  for (let n = 0; n < TRIES; n += 1) {
    const page = await driftPage(parts, options, { tenantId, cursor });
    if (page !== null) return page;
    await pause(BETWEEN_TRIES_MS);
  }
  return null;
}
