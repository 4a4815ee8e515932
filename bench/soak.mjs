// A bounded soak: the three processes on an embedded PostgreSQL on shipped settings, under mixed load (spans, late spans,
// outcomes, prices that change, reports, exports), with faults in its first third and cut connections all the way, the
// books checked all the while, and memory followed. Writes results/soak.json; ends with 1 when something does not hold.
//   --minutes N   how long the load lasts (20)
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateJobs } from '#jobs';
import {
  CHARGES_INVARIANT,
  checkBooks,
  migrate,
  openDatabase,
  readBacklog,
  startEmbeddedPostgres,
} from '#store';
import { residentMiB, startApp } from './processes.mjs';
import { slopeOf } from './slope.mjs';
import { askExport, changePrice, newTenant, readReport, sendTickets } from './soak-load.mjs';

const option = (name, standard) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? standard : Number(process.argv[at + 1]);
};
const MINUTES = option('--minutes', 20);
const LOAD_MS = MINUTES * 60_000;
/** Faults that end a process happen until then; memory is followed from then on. */
const WARM_UP_SHARE = 1 / 3;
const SENDERS = 4;
const SAMPLE_MS = Math.max(1_000, LOAD_MS / 200);
/** Memory is flat when what is measured does not show growth beyond this with 95 % confidence. */
const GROWTH_MIB_PER_HOUR = 60;
const APPS = ['ingest', 'worker', 'api'];

const counts = {
  spansAcknowledged: 0,
  lateSpans: 0,
  outcomesAcknowledged: 0,
  repeated: 0,
  prices: 0,
  reports: 0,
  reportsRefused: 0,
  exports: 0,
  kills: 0,
  cuts: 0,
  checks: 0,
};
const problems = [];
let beganMs = Date.now();
const elapsedMs = () => Date.now() - beganMs;
const isOver = () => elapsedMs() >= LOAD_MS || problems.length > 0;

const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-soak-'));
chmodSync(directory, 0o755);
const apps = new Map();
let server = null;
let db = null;
try {
  server = await startEmbeddedPostgres({ directory: join(directory, 'postgresql'), database: 'soak' });
  await migrate(server.connection);
  await migrateJobs(server.connection);
  db = await openDatabase(server.connection, { maxConnections: 4, applicationName: 'soak' });
  const ports = {
    OL_OTLP_HTTP_PORT: await freePort(),
    OL_WORKER_PORT: await freePort(),
    OL_API_PORT: await freePort(),
  };
  const start = async (app) =>
    apps.set(
      app,
      await startApp(app, {
        ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
        OL_OTLP_GRPC_PORT: '0',
        OL_DATA_DIR: directory,
        OL_CLAIM_MS: '2000',
        DATABASE_URL: server.connection,
        TRACE_QUIET_MS: '200',
      }),
    );
  for (const app of APPS) await start(app);
  const run = { db, counts, problems, isOver };
  const tenants = [await newTenant(run, 'first'), await newTenant(run, 'second')];
  const otlp = `http://127.0.0.1:${ports.OL_OTLP_HTTP_PORT}/v1/traces`;
  const api = `http://127.0.0.1:${ports.OL_API_PORT}`;
  const samples = [];
  beganMs = Date.now();
  await Promise.all([
    ...Array.from({ length: SENDERS }, (_, n) => sendTickets(run, tenants[n % tenants.length], otlp, api)),
    every(7_000, () => changePrice(run, tenants[counts.prices % tenants.length])),
    every(1_000, () => readReport(run, tenants[counts.reports % tenants.length], api)),
    every(15_000, () => askExport(run, tenants[counts.exports % tenants.length], api)),
    every(20_000, () => checkAll(tenants, { isAtRest: false })),
    every(SAMPLE_MS, () => sample(samples)),
    every(10_000, () => hurt(start)),
  ]);
  await settle();
  await checkAll(tenants, { isAtRest: true });
  for (const tenant of tenants) await compareCounts(tenant);
  if (counts.spansAcknowledged === 0) problems.push('nothing was acknowledged');
  const memory = memoryOf(samples);
  const bloat = samples.reduce((most, { deadShare }) => Math.max(most, deadShare), 0);
  for (const { app, samples: many } of memory)
    if (many < 12) problems.push(`memory of ${app} was looked at ${many} times only: nothing is known of it`);
  for (const { app, slope } of memory)
    if (slope.low > GROWTH_MIB_PER_HOUR)
      problems.push(
        `${app} grows by ${slope.perHour.toFixed(0)} MiB an hour, at least ${slope.low.toFixed(0)}`,
      );
  const result = { ...about(), minutes: MINUTES, counts, memory, mostDeadRowsPerLiveOne: bloat, problems };
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/soak.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(result, null, 2));
  if (problems.length > 0) process.exitCode = 1;
} finally {
  for (const { stop } of apps.values()) await stop();
  await db?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** Runs `work` again and again until the load is over; what it throws is a problem. */
async function every(milliseconds, work) {
  while (!isOver()) {
    await sleep(Math.min(milliseconds, Math.max(1, LOAD_MS - elapsedMs())));
    try {
      await work();
    } catch (error) {
      problems.push(`${work}: ${error.stack}`);
    }
  }
}

/**
 * What has to hold at every moment, whatever is under way; of the charges only at rest, because a price that is not
 * worked through yet is a difference.
 */
async function checkAll(tenants, { isAtRest }) {
  for (const { tenantId } of tenants) {
    const violations = await again(() => checkBooks(db, tenantId));
    for (const violation of violations.filter(({ invariant }) => isAtRest || invariant !== CHARGES_INVARIANT))
      problems.push(`violated: ${violation.invariant}: ${violation.subject}: ${violation.found}`);
  }
  counts.checks += 1;
}

/** Kills a process in the first third; afterwards, and in turn with it, cuts all connections to the database. */
async function hurt(start) {
  const turn = counts.kills + counts.cuts;
  if (elapsedMs() < LOAD_MS * WARM_UP_SHARE && turn % 2 === 0) {
    const app = APPS[counts.kills % APPS.length];
    counts.kills += 1;
    apps.get(app).process.kill('SIGKILL');
    await start(app);
    return;
  }
  counts.cuts += 1;
  await again(() =>
    db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'soak'`,
    ),
  );
}

/** The soak's own connections may be cut as well. */
async function again(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 5 || error.name !== 'Unavailable') throw error;
      await sleep(500);
    }
  }
}

async function sample(samples) {
  if (elapsedMs() < LOAD_MS * WARM_UP_SHARE) return;
  const { rows } = await again(() =>
    db.query(
      `SELECT coalesce(max(n_dead_tup::double precision / greatest(n_live_tup, 10000)), 0) AS share FROM pg_stat_user_tables
        WHERE relname IN ('due_traces', 'evidence_inbox', 'fact_inbox', 'traces', 'positions', 'postings', 'work_items')`,
    ),
  );
  const resident = APPS.map((app) => [app, apps.get(app).pid, residentMiB(apps.get(app).pid).now]);
  samples.push({ atMs: elapsedMs(), resident, deadShare: Number(rows[0].share.toFixed(2)) });
}

function memoryOf(samples) {
  return APPS.map((app) => {
    const points = samples.flatMap(({ atMs, resident }) =>
      resident.filter(([name]) => name === app).map(([, , mebibytes]) => [atMs / 3_600_000, mebibytes]),
    );
    const { slope, error } = slopeOf(points);
    return {
      app,
      samples: points.length,
      firstMiB: points.at(0)?.[1] ?? null,
      lastMiB: points.at(-1)?.[1] ?? null,
      mostMiB: Math.max(...points.map(([, mebibytes]) => mebibytes)),
      slope: { perHour: round(slope), low: round(slope - 1.96 * error), high: round(slope + 1.96 * error) },
    };
  });
}

function round(value) {
  return Number(value.toFixed(1));
}

async function settle() {
  const limitMs = Date.now() + 300_000;
  for (;;) {
    const { waitingFacts } = await again(() => readBacklog(db));
    const { rows } = await again(() =>
      db.query('SELECT (SELECT count(*) FROM due_traces) + (SELECT count(*) FROM evidence_inbox) AS waits'),
    );
    if (waitingFacts === 0 && rows[0].waits === 0n) return;
    if (Date.now() > limitMs) {
      problems.push(
        `not at rest after five minutes: ${waitingFacts} facts, ${rows[0].waits} traces and leaves`,
      );
      return;
    }
    await sleep(500);
  }
}

/** Acknowledged = stored: nothing is missing, nothing is there twice, every outcome and every call is posted. */
async function compareCounts({ tenantId, spans, outcomes }) {
  const { rows } = await db.query(
    `SELECT (SELECT count(*) FROM spans WHERE tenant_id = $1) AS spans,
            (SELECT count(*) FROM outcome_events WHERE tenant_id = $1) AS outcomes,
            (SELECT count(*) FROM work_items WHERE tenant_id = $1 AND phase = 'achieved') AS achieved,
            (SELECT count(*) FROM steps s WHERE tenant_id = $1 AND role = 'leaf' AND revision =
               (SELECT max(revision) FROM steps n WHERE n.tenant_id = $1 AND n.trace_id = s.trace_id AND n.span_id = s.span_id)) AS calls,
            (SELECT count(DISTINCT (posting_id, usage_span_id)) FROM ledger_entries
              WHERE tenant_id = $1 AND account LIKE '2000:%') AS charged`,
    [tenantId],
  );
  const stored = Object.fromEntries(Object.entries(rows[0]).map(([name, n]) => [name, Number(n)]));
  const expected = { spans, outcomes, achieved: outcomes, calls: stored.calls, charged: stored.calls };
  if (JSON.stringify(stored) !== JSON.stringify(expected))
    problems.push(`acknowledged ${JSON.stringify(expected)}, stored ${JSON.stringify(stored)}`);
}

function about() {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  return { date: new Date().toISOString().slice(0, 10), commit, machine };
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
