// What the pipeline is measured on: an embedded PostgreSQL on shipped settings, for each run a database of its own and
// the real ingest and worker processes from dist, and the load generator.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateJobs } from '#jobs';
import {
  ensureSpanPartitions,
  inTransaction,
  installShippedBook,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '#store';
import { buildExportRequests } from './export-requests.mjs';
import { createKeys } from './ingest-rig.mjs';
import { ask, cpuSeconds, residentMiB, startApp, startLoad } from './processes.mjs';
import { copyReference, createReference, expectCount, reset, writeCopyText } from './reference.mjs';
import { recordedRequests } from './recorded-runs.mjs';
import { agentRun, agentRunWithoutContent } from './trace-shapes.mjs';

/** A run begins when the code of both processes is warm and every day has its partition. */
const WARM_UP_REQUESTS = 12;
const LOOK_MS = 20;
const DAY_NS = 86_400_000_000_000n;
const BUILT = { agentRun, agentRunWithoutContent };

/** The requests of a kind of traffic; of the recorded runs there are as many as were recorded. */
const buildTraffic = async (shape, count, nowNs) =>
  shape === 'recorded' ? recordedRequests() : buildExportRequests(count, nowNs, BUILT[shape]);

/** What starting has left behind is given back by then. */
const IDLE_MS = 20_000;
/** No run of a working pipeline takes so long. */
const LIMIT_MS = 3_600_000;

/**
 * @param {{ requests?: number, shape?: string, withReference: boolean, settings?: Record<string, string>,
 *   workers?: number, profileDir?: string }} options requests of 512 spans; `shape` of the traces, or `recorded` for the
 *   recorded runs, all of them; `settings` of the server; worker processes; where each worker leaves a CPU profile of its
 *   whole life when it ends
 */
export async function startPipelineRig({
  requests,
  shape = 'agentRunWithoutContent',
  withReference,
  settings = {},
  workers = 1,
  profileDir,
}) {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-bench-'));
  chmodSync(directory, 0o755);
  const closers = [async () => rmSync(directory, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    const server = await startEmbeddedPostgres({
      directory: join(directory, 'postgresql'),
      database: 'bench',
      settings,
    });
    closers.push(() => server.stop());
    const db = await openDatabase(server.connection, { maxConnections: 2, applicationName: 'bench' });
    closers.push(() => db.close());
    const nowMs = Date.now();
    const nowNs = BigInt(nowMs) * 1_000_000n;
    const traffic = await describeTraffic(shape, requests, nowNs);
    const keys = await createTemplate(db, connectionTo(server.connection, 'template_ledger'), traffic.days);
    const dump = join(directory, 'spans.copy');
    if (withReference) {
      await createReference(db, traffic.days);
      const tenantIds = keys.map(({ tenantId }) => tenantId);
      await writeCopyText(dump, traffic.requests.slice(WARM_UP_REQUESTS), tenantIds);
    }
    const { spans, warmUpSpans, count } = traffic;
    traffic.requests = null; // hundreds of megabytes
    const load = startLoad();
    closers.push(() => load.stop());
    await ask(load, { prepare: count, shape, kinds: ['plain'], nowNs: String(nowNs) });
    const place = {
      directory,
      server,
      db,
      load,
      dump,
      spans,
      warmUpSpans,
      requests: count - WARM_UP_REQUESTS,
      isRegular: shape !== 'recorded',
      keys,
      workers,
      profileDir,
    };
    return { spans, close, ...measuresOf(place) };
  } catch (error) {
    await close();
    throw error;
  }
}

function measuresOf(place) {
  let runs = 0;
  return {
    /** Spans per second from the first byte sent until nothing is due, unposted or unsealed. */
    pipeline: async (options) => {
      runs += 1;
      return runPipeline({ ...place, name: `run_${runs}`, ...options });
    },
    /** Rows per second of one \\copy. */
    reference: async () => {
      const { db, server, dump, spans } = place;
      await reset(db, 'bench_reference');
      const before = cpuSeconds(server.pid);
      const milliseconds = await copyReference(server.connection, dump);
      const cpuUs = { server: ((cpuSeconds(server.pid) - before) / spans) * 1e6 };
      await expectCount(db, 'bench_reference', spans);
      return { perSecond: spans / (milliseconds / 1000), cpuUs };
    },
  };
}

async function describeTraffic(shape, requests, nowNs) {
  const built = await buildTraffic(shape, requests + WARM_UP_REQUESTS, nowNs);
  const sumOfSpans = (list) => sumOf(list.map(({ spans }) => spans.length));
  const days = new Set(
    built.flatMap(({ spans }) => spans.map(({ startedAtNs }) => Number(startedAtNs / DAY_NS))),
  );
  return {
    requests: built,
    count: built.length,
    spans: sumOfSpans(built.slice(WARM_UP_REQUESTS)),
    warmUpSpans: sumOfSpans(built.slice(0, WARM_UP_REQUESTS)),
    days: [...days],
  };
}

function connectionTo(connection, database) {
  const url = new URL(connection);
  url.pathname = `/${database}`;
  return url.href;
}

/** The database that each run begins with: schema, shipped prices, tenants with keys, day partitions. */
async function createTemplate(db, connection, days) {
  await db.query('CREATE DATABASE template_ledger');
  await migrate(connection);
  await migrateJobs(connection);
  const template = await openDatabase(connection, { maxConnections: 1, applicationName: 'bench' });
  await inTransaction(template, (client) => installShippedBook(client, BigInt(Date.now()) * 1000n));
  await ensureSpanPartitions(template, days);
  const keys = await createKeys(template);
  await template.close();
  return keys;
}

async function runPipeline(run) {
  const { directory, server, db, load, name, requests, spans, keys, profileDir } = run;
  await db.query(`CREATE DATABASE ${name} TEMPLATE template_ledger`);
  const connection = connectionTo(server.connection, name);
  const keyDir = join(directory, name);
  mkdirSync(keyDir);
  // The quiet that a trace needs before it is looked at is a wait, not work.
  const env = { DATABASE_URL: connection, OL_KEY_DIR: keyDir, TRACE_QUIET_MS: '0' };
  const ports = { OL_OTLP_HTTP_PORT: '0', OL_OTLP_GRPC_PORT: '0', OL_WORKER_PORT: '0' };
  const ledger = await openDatabase(connection, { maxConnections: 1, applicationName: 'bench' });
  const workerOptions = ['--import', new URL('count-queries.mjs', import.meta.url).href];
  if (profileDir !== undefined) workerOptions.push('--cpu-prof', `--cpu-prof-dir=${profileDir}`);
  const ingest = await startApp('ingest', { ...env, ...ports });
  const startWorkers = () =>
    Promise.all(
      Array.from({ length: run.workers }, () => startApp('worker', { ...env, ...ports }, workerOptions)),
    );
  let workers = await startWorkers();
  const api = run.withApi ? await startApp('api', { ...env, OL_API_PORT: '0' }) : null;
  const apart = () =>
    [ingest, ...workers, api].filter((app) => app !== null).map(({ pid }) => residentMiB(pid).now);
  const send = (from, to) =>
    ask(load, {
      send: 'plain',
      from,
      to,
      port: ingest.said.httpPort,
      authorizations: keys.map(({ authorization }) => authorization),
    });
  try {
    if (run.withApi) await sleep(IDLE_MS);
    const idleMiB = apart();
    await send(0, WARM_UP_REQUESTS);
    await untilNothingWaits(ledger, workers);
    if (run.isBacklog) {
      await Promise.all(workers.map((worker) => worker.stop()));
      await send(WARM_UP_REQUESTS, WARM_UP_REQUESTS + requests);
      workers = await startWorkers();
    }
    await db.query('CHECKPOINT');
    const usage = () => [ingest, ...workers, server].map(({ pid }) => cpuSeconds(pid));
    const before = usage();
    const countedBefore = await countedBy(workers);
    const most = watchMemory(apart);
    const begin = performance.now();
    if (!run.isBacklog) await send(WARM_UP_REQUESTS, WARM_UP_REQUESTS + requests);
    const resident = await untilNothingWaits(ledger, workers);
    const milliseconds = performance.now() - begin;
    const loadMiB = most.end();
    const used = usage().map((cpu, n) => ((cpu - before[n]) / spans) * 1e6);
    const queries = await countedBy(workers);
    await expectPosted(ledger, spans + run.warmUpSpans, run.isRegular);
    await run.look?.(ledger, queries);
    return {
      perSecond: spans / (milliseconds / 1000),
      cpuUs: { ingest: used.at(0), worker: sumOf(used.slice(1, -1)), server: used.at(-1) },
      queriesPer1000Spans: statementsPer1000(queries, countedBefore, spans),
      resident,
      workerPeakMiB: Math.max(...workers.map(({ pid }) => residentMiB(pid).peak)),
      idleMiB,
      loadMiB,
    };
  } finally {
    await api?.stop();
    await Promise.all(workers.map((worker) => worker.stop()));
    await ingest.stop();
    await ledger.close();
    await db.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }
}

/** Looks until its end, which returns what each had when they had most together. */
function watchMemory(apart) {
  let most = [0];
  const timer = setInterval(() => {
    const now = apart();
    if (sumOf(now) > sumOf(most)) most = now;
  }, LOOK_MS * 5);
  return {
    end: () => {
      clearInterval(timer);
      return most;
    },
  };
}

const sumOf = (numbers) => numbers.reduce((sum, each) => sum + each, 0);

/** Statements that all workers sent so far, by name. */
async function countedBy(workers) {
  const counts = {};
  for (const worker of workers)
    for (const [name, count] of Object.entries((await ask(worker, 'queries')).queries))
      counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

/** Of the workers' own work: what their queues ask while they wait depends on the time, not on the work. */
function statementsPer1000(after, before, spans) {
  const own = (counts) => sumOf(Object.values({ ...counts, queues: 0 }));
  return Number((((own(after) - own(before)) / spans) * 1000).toFixed(2));
}

/** @returns the workers' resident memory over time, MiB */
async function untilNothingWaits(ledger, workers) {
  const resident = [];
  for (const limit = Date.now() + LIMIT_MS; Date.now() < limit;) {
    const { rows } = await ledger.query(
      `SELECT EXISTS (SELECT FROM due_traces) OR EXISTS (SELECT FROM fact_inbox) OR EXISTS (SELECT FROM evidence_inbox) AS waits`,
    );
    resident.push(sumOf(workers.map(({ pid }) => residentMiB(pid).now)));
    if (!rows[0].waits) return resident;
    await sleep(LOOK_MS);
  }
  throw new Error('the pipeline did not come to rest');
}

/** Every span has its step, every model call its charge, and every posting commit and request its leaf. */
async function expectPosted(ledger, spans, isRegular) {
  await expectCount(ledger, 'spans', spans);
  await expectCount(ledger, 'steps', spans);
  const charged = '(SELECT DISTINCT tenant_id, posting_id, usage_span_id FROM ledger_entries) AS charged';
  if (isRegular) await expectCount(ledger, charged, (spans / 16) * 6);
  const unsealed = `(SELECT batch_id FROM ledger_transactions EXCEPT SELECT batch_id FROM ledger_batches) AS unsealed`;
  await expectCount(ledger, unsealed, 0);
}
