// What making an evidence bundle of everything costs in memory, content opened: the most that is held of the heap, garbage
// taken away, while a tenant's bundle is built, and of one with eight times the traces. Sizes only: they do not depend on
// how busy the machine is. Writes results/bundles.json with --save.
//   --requests N   of 512 spans, of the small tenant (3)
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { migrateJobs } from '#jobs';
import {
  insertExport,
  inTransaction,
  installShippedBook,
  migrate,
  openDatabase,
  openKeyDirectory,
  startEmbeddedPostgres,
} from '#store';
import { buildExportRequests, SPANS_PER_REQUEST } from './export-requests.mjs';
import { createKeys } from './ingest-rig.mjs';
import { startApp } from './processes.mjs';
import { agentRun } from './trace-shapes.mjs';

const TIMES = 8;
const SAMPLE_MS = 250;
const MIB = 2 ** 20;
const LIMITS = { exportTraces: 100_000, exportBytes: 2 ** 35, exportKeepMs: 3_600_000 };

if (process.send === undefined) await compare();
else await build(JSON.parse(process.argv[2]));

async function compare() {
  const at = process.argv.indexOf('--requests');
  const requests = at === -1 ? 3 : Number(process.argv[at + 1]);
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-bundles-'));
  chmodSync(directory, 0o755);
  const closers = [async () => rmSync(directory, { recursive: true, force: true })];
  try {
    const server = await startEmbeddedPostgres({ directory: join(directory, 'pg'), database: 'bench' });
    closers.push(() => server.stop());
    const { connection } = server;
    await migrate(connection);
    await migrateJobs(connection);
    const db = await openDatabase(connection, { maxConnections: 2, applicationName: 'bench' });
    closers.push(() => db.close());
    await inTransaction(db, (client) => installShippedBook(client, BigInt(Date.now()) * 1000n));
    const keyDir = join(directory, 'keys');
    mkdirSync(keyDir);
    const [small, large] = await createKeys(db);
    const tenants = [
      { ...small, requests },
      { ...large, requests: requests * TIMES },
    ];
    await fill(db, { DATABASE_URL: connection, OL_KEY_DIR: keyDir, TRACE_QUIET_MS: '0' }, tenants);
    const rows = [];
    for (const { tenantId, requests: sent } of tenants) {
      await askFor(db, tenantId);
      const child = fork(
        fileURLToPath(import.meta.url),
        [JSON.stringify({ connection, keyDir, spoolDir: join(directory, 'spool') })],
        { execArgv: [...process.execArgv, '--expose-gc'] },
      );
      const exited = once(child, 'exit');
      const [said] = await Promise.race([
        once(child, 'message'),
        exited.then(([code]) => Promise.reject(new Error(`the building process ended with ${code}`))),
      ]);
      await exited;
      const { rows: made } = await db.query(
        `SELECT e.state, e.archive_bytes, (SELECT count(*) FROM traces t WHERE t.tenant_id = e.tenant_id) AS traces
           FROM exports e WHERE e.tenant_id = $1`,
        [tenantId],
      );
      if (made[0].state !== 'ready') throw new Error(`the bundle is ${made[0].state}`);
      rows.push({
        spans: sent * SPANS_PER_REQUEST,
        traces: Number(made[0].traces),
        archiveMiB: Math.round(Number(made[0].archive_bytes) / MIB),
        ...said,
      });
    }
    console.table(rows);
    if (process.argv.includes('--save'))
      writeFileSync(new URL('results/bundles.json', import.meta.url), `${JSON.stringify(rows, null, 2)}\n`);
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}

/** Sends each tenant its traces through ingest, and lets the worker post and seal them. */
async function fill(db, env, tenants) {
  const ingest = await startApp('ingest', { ...env, OL_OTLP_HTTP_PORT: '0', OL_OTLP_GRPC_PORT: '0' });
  const worker = await startApp('worker', { ...env, OL_WORKER_PORT: '0' });
  try {
    for (const { authorization, requests } of tenants)
      for (const { body } of buildExportRequests(requests, undefined, agentRun)) {
        const answer = await fetch(`http://127.0.0.1:${ingest.said.httpPort}/v1/traces`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/x-protobuf' },
          body,
        });
        if (answer.status !== 200) throw new Error(`spans were answered with ${answer.status}`);
      }
    const waiting = `SELECT (SELECT count(*) FROM due_traces) + (SELECT count(*) FROM evidence_inbox)
                            + (SELECT count(*) FROM fact_inbox) AS n`;
    for (let rest = 1; rest > 0; await sleep(500)) rest = Number((await db.query(waiting)).rows[0].n);
  } finally {
    await worker.stop();
    await ingest.stop();
  }
}

/** Asks for everything of a tenant, with all content opened: the largest bundle there is. */
async function askFor(db, tenantId) {
  const { rows } = await db.query('SELECT max(size) AS size FROM checkpoints WHERE tenant_id = $1', [
    tenantId,
  ]);
  const { rows: keys } = await db.query('SELECT key_id, principal_id FROM api_keys WHERE tenant_id = $1', [
    tenantId,
  ]);
  const requestedBy = keys[0].principal_id;
  const request = {
    scope: { kind: 'tenant' },
    method: 'full-log',
    since: null,
    content: true,
    purpose: 'benchmark',
    grantId: null,
    requestedBy,
  };
  await inTransaction(db, (client) =>
    insertExport(client, {
      tenantId,
      exportId: randomUUID(),
      request,
      size: Number(rows[0].size),
      requestedAtUs: BigInt(Date.now()) * 1000n,
      requestedBy,
      keyId: keys[0].key_id,
    }),
  );
}

/** In a process of its own: builds what waits, as the worker does, and looks at its heap all the while. */
async function build({ connection, keyDir, spoolDir }) {
  const { buildExports } = await import('../dist/apps/worker/src/export/build-exports.js');
  const { readKit } = await import('../dist/apps/worker/src/export/read-kit.js');
  const { signersOf } = await import('../dist/apps/worker/src/export/signers-of.js');
  const db = await openDatabase(connection, { maxConnections: 4, applicationName: 'bench-bundles' });
  const heldMiB = () => {
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / MIB;
  };
  const beforeMiB = heldMiB();
  let peakMiB = beforeMiB;
  const timer = setInterval(() => (peakMiB = Math.max(peakMiB, heldMiB())), SAMPLE_MS);
  await buildExports({
    db,
    nowUs: () => BigInt(Date.now()) * 1000n,
    contentKeys: openKeyDirectory(keyDir),
    limits: LIMITS,
    spoolDir,
    readKit,
    signersOf: signersOf(db, keyDir),
    onFailure: (_, error) => {
      throw error;
    },
  });
  clearInterval(timer);
  await db.close();
  process.send({ beforeMiB: Math.round(beforeMiB), peakMiB: Math.round(peakMiB) });
  process.disconnect();
}
