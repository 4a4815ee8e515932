// What streaming a large file costs the API in memory: the journal and the FOCUS file of a small month, then of one ten
// times as large. Sizes only. Writes results/exports.json with --save.
//   --entries N   of the large month (300,000)
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTenant,
  insertApiKey,
  inTransaction,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '#store';
import { startApp } from './processes.mjs';

const at = process.argv.indexOf('--entries');
const entries = at === -1 ? 300_000 : Number(process.argv[at + 1]);
const MONTHS = [
  ['2026-09', Math.round(entries / 10)],
  ['2026-10', entries],
];
const SAMPLE_MS = 20;
const residentMiB = (pid) =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-exports-'));
chmodSync(directory, 0o755);
const closers = [async () => rmSync(directory, { recursive: true, force: true })];
try {
  const server = await startEmbeddedPostgres({ directory: join(directory, 'postgresql'), database: 'bench' });
  closers.push(() => server.stop());
  await migrate(server.connection);
  const db = await openDatabase(server.connection, { maxConnections: 2, applicationName: 'bench' });
  closers.push(() => db.close());
  const { tenantId, authorization } = await createAnalyst(db);
  for (const [month, count] of MONTHS) await seed(db, tenantId, month, count);
  await db.query('VACUUM (ANALYZE) ledger_entries, ledger_transactions');
  const api = await startApp('api', { DATABASE_URL: server.connection, OL_API_PORT: '0' });
  closers.push(() => api.stop());
  const rows = [];
  for (const path of ['/v1/ledger/journal?format=csv&period=:month', '/v1/focus?from=:month-01&to=:next-01'])
    for (const [month, count] of MONTHS) {
      const next = `2026-${String(Number(month.slice(5)) + 1).padStart(2, '0')}`;
      const url = `http://127.0.0.1:${api.said.port}${path.replace(':month', month).replace(':next', next)}`;
      rows.push({
        file: path.split('?')[0],
        entries: count,
        ...(await streamed(url, authorization, api.pid)),
      });
    }
  console.table(rows);
  if (process.argv.includes('--save')) {
    mkdirSync(new URL('results/', import.meta.url), { recursive: true });
    writeFileSync(new URL('results/exports.json', import.meta.url), `${JSON.stringify(rows, null, 2)}\n`);
  }
} finally {
  for (const closer of closers.reverse()) await closer();
}

async function createAnalyst(db) {
  const tenantId = await createTenant(db, 'bench');
  const text = `olk_${randomBytes(24).toString('hex')}`;
  const key = {
    tenantId,
    keyId: randomUUID(),
    newPrincipalId: randomUUID(),
    principalName: 'bench',
    secretHash: createHash('sha256').update(text).digest(),
    roles: ['analyst'],
    sources: null,
    kinds: null,
    isBootstrap: false,
  };
  await inTransaction(db, (client) => insertApiKey(client, key));
  return { tenantId, authorization: `Bearer ${text}` };
}

/** Transactions of two entries each, of a trace each: a charge that nothing is linked to. */
async function seed(db, tenantId, month, count) {
  const traces = Math.round(count / 2);
  const batch = randomUUID();
  await db.query(
    `INSERT INTO ledger_transactions (tenant_id, posting_id, txn_id, code, cause, effective_at, recorded_at, period, rules, batch_id)
     SELECT $1, md5('trace ' || $2 || n)::uuid, md5('txn ' || $2 || n)::uuid, 'C100', 'span', $3::timestamptz, $3::timestamptz, $2,
            '{}', $4::uuid FROM generate_series(1, $5::integer) AS n`,
    [tenantId, month, `${month}-15T00:00:00Z`, batch, traces],
  );
  await db.query(
    `INSERT INTO ledger_entries (tenant_id, posting_id, txn_id, n, account, asset, amount, usage_span_id, usage_day, provider, call_model)
     SELECT $1, md5('trace ' || $2 || n)::uuid, md5('txn ' || $2 || n)::uuid, side,
            CASE side WHEN 0 THEN '5000:unattributed' ELSE '2000:accrued:openai:' || $2 END, 'USD/12',
            CASE side WHEN 0 THEN 1 ELSE -1 END * (1000000 + n), n, ($2 || '-15')::date, 'openai', 'gpt-5'
       FROM generate_series(1, $3::integer) AS n, generate_series(0, 1) AS side`,
    [tenantId, month, traces],
  );
}

/** Reads the file to its end; how large it was, and the most memory that the process held meanwhile. */
async function streamed(url, authorization, pid) {
  let peakMiB = residentMiB(pid);
  const timer = setInterval(() => (peakMiB = Math.max(peakMiB, residentMiB(pid))), SAMPLE_MS);
  try {
    const answer = await fetch(url, { headers: { authorization } });
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
    let bytes = 0;
    let lines = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines += 1;
    }
    return { lines, fileMiB: Math.round(bytes / 2 ** 20), peakMiB: Math.round(peakMiB) };
  } finally {
    clearInterval(timer);
  }
}
