// What the ingest benchmarks run on: an embedded PostgreSQL on shipped settings, the real ingest process from dist,
// the load generator, and the reference table.
import { spawn, spawnSync, fork } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import {
  createTenant,
  ensureSpanPartitions,
  insertApiKey,
  inTransaction,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '#store';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { buildExportRequests, SPANS_PER_REQUEST, toCopyText } from './export-requests.mjs';

const TENANTS = 4;
const OWN_TABLES = 'spans, traces, due_traces, batches, evidence_inbox, resources, scopes, set_aside';
const COLUMNS =
  'tenant_id, trace_id, span_id, started_at, ended_at, parent_span_id, resource_id, scope_id, batch_id, position, name, attributes';

/**
 * @param {{ requests: number, kinds: ('plain' | 'gzip')[], withReference: boolean }} options
 */
export async function startRig({ requests, kinds, withReference }) {
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
    });
    closers.push(() => server.stop());
    await migrate(server.connection);
    const db = await openDatabase(server.connection, { maxConnections: 2, applicationName: 'bench' });
    closers.push(() => db.close());
    const nowMs = Date.now();
    const today = Math.floor(nowMs / 86_400_000);
    await ensureSpanPartitions(db, [today - 3, today - 2, today - 1, today]);
    const keys = await createKeys(db);
    if (withReference) await createReference(db, today);
    const dump = join(directory, 'spans.copy');
    const nowNs = BigInt(nowMs) * 1_000_000n;
    if (withReference) await writeCopyText(dump, requests, nowNs, keys);
    const load = fork(new URL('load.mjs', import.meta.url));
    closers.push(async () => load.disconnect());
    const prepared = (await ask(load, { prepare: requests, kinds, nowNs: String(nowNs) })).prepared;
    const app = await startApp(server.connection);
    closers.push(() => app.stop());
    const authorizations = keys.map((key) => key.authorization);
    const spans = requests * SPANS_PER_REQUEST;
    return {
      spans,
      plainBytesPerSpan: Math.round(prepared.plainBytes / spans),
      gzipBytesPerSpan: Math.round(prepared.gzipBytes / spans),
      appPid: app.pid,
      close,
      /** Acknowledged spans per second through the endpoint. */
      endpoint: async (kind) => {
        await reset(db, OWN_TABLES);
        const before = { app: cpuSeconds(app.pid), server: cpuSeconds(server.pid) };
        const { sent } = await ask(load, { send: kind, port: app.port, authorizations });
        const cpuUs = (pid, secondsBefore) => ((cpuSeconds(pid) - secondsBefore) / spans) * 1e6;
        const used = { app: cpuUs(app.pid, before.app), server: cpuUs(server.pid, before.server) };
        await expectCount(db, 'spans', spans);
        return { perSecond: spans / (sent.milliseconds / 1000), p50: sent.p50, p99: sent.p99, cpuUs: used };
      },
      /** Rows per second of one \copy. */
      reference: async () => {
        await reset(db, 'bench_reference');
        const before = cpuSeconds(server.pid);
        const milliseconds = await copyReference(server.connection, dump);
        const cpuUs = { server: ((cpuSeconds(server.pid) - before) / spans) * 1e6 };
        await expectCount(db, 'bench_reference', spans);
        return { perSecond: spans / (milliseconds / 1000), cpuUs };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function createKeys(db) {
  const keys = [];
  for (let n = 0; n < TENANTS; n += 1) {
    const tenantId = await createTenant(db, `bench-${n}`);
    const text = `olk_${randomBytes(24).toString('hex')}`;
    await inTransaction(db, (client) =>
      insertApiKey(client, {
        tenantId,
        keyId: randomUUID(),
        newPrincipalId: randomUUID(),
        principalName: 'bench',
        secretHash: createHash('sha256').update(text).digest(),
        roles: ['spans'],
        sources: null,
        kinds: null,
        isBootstrap: false,
      }),
    );
    keys.push({ tenantId, authorization: `Bearer ${text}` });
  }
  return keys;
}

/** The same columns as `spans`, attributes as jsonb in place of the bytes; same key, same day partitions. */
async function createReference(db, today) {
  await db.query(`CREATE TABLE bench_reference (
    tenant_id bigint NOT NULL, trace_id uuid NOT NULL, span_id bigint NOT NULL, started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL, parent_span_id bigint, resource_id uuid NOT NULL, scope_id uuid NOT NULL,
    batch_id uuid NOT NULL, position integer NOT NULL, name text NOT NULL, attributes jsonb NOT NULL,
    PRIMARY KEY (tenant_id, trace_id, span_id, started_at)) PARTITION BY RANGE (started_at)`);
  for (let day = today - 3; day <= today; day += 1) {
    const date = (n) => new Date(n * 86_400_000).toISOString();
    await db.query(
      `CREATE TABLE bench_reference_${day} PARTITION OF bench_reference FOR VALUES FROM ('${date(day)}') TO ('${date(day + 1)}')`,
    );
  }
}

async function writeCopyText(path, requests, nowNs, keys) {
  const file = createWriteStream(path);
  let index = 0;
  for (const request of buildExportRequests(requests, nowNs)) {
    const text = toCopyText(request, keys[index++ % keys.length].tenantId);
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

async function reset(db, tables) {
  await db.query(`TRUNCATE ${tables}`);
  await db.query('CHECKPOINT');
}

async function expectCount(db, table, expected) {
  const { rows } = await db.query(`SELECT count(*)::integer AS n FROM ${table}`);
  if (rows[0].n !== expected) throw new Error(`${table} has ${rows[0].n} rows, not ${expected}`);
}

export const referenceClient =
  spawnSync('psql', ['--version']).status === 0 ? 'psql \\copy' : 'pg-copy-streams';

/** Milliseconds of the COPY alone: the client is connected before the clock starts. */
async function copyReference(connection, dump) {
  return referenceClient === 'psql \\copy' ? copyByPsql(connection, dump) : copyByStream(connection, dump);
}

async function copyByPsql(connection, dump) {
  const psql = spawn('psql', ['--no-psqlrc', '--quiet', '-d', connection], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  psql.stdin.end(`\\set ON_ERROR_STOP on\n\\timing on\n\\copy bench_reference (${COLUMNS}) from '${dump}'\n`);
  let output = '';
  psql.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(psql, 'exit');
  const time = /Time: ([\d.]+) ms/.exec(output)?.[1];
  if (code !== 0 || time === undefined) throw new Error(`psql: exit ${code}, ${output}`);
  return Number(time);
}

async function copyByStream(connection, dump) {
  const client = new Client({ connectionString: connection });
  await client.connect();
  const begin = performance.now();
  const target = client.query(copyFrom(`COPY bench_reference (${COLUMNS}) FROM STDIN`));
  await pipeline(createReadStream(dump, { highWaterMark: 1 << 20 }), target);
  const milliseconds = performance.now() - begin;
  await client.end();
  return milliseconds;
}

/** The real process, as `outcome-ledger up` starts it. */
async function startApp(connection) {
  const extra = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter((option) => option !== '');
  const app = spawn(
    process.execPath,
    [...extra, fileURLToPath(new URL('../dist/apps/ingest/src/main.js', import.meta.url))],
    {
      env: { ...process.env, DATABASE_URL: connection, OL_OTLP_HTTP_PORT: '0', OL_OTLP_GRPC_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(app, 'exit');
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: app.stdout }).on('line', (line) => {
      const { message, httpPort, level } = JSON.parse(line);
      if (message === 'listening') resolve(httpPort);
      else if (level !== 'info') console.error(line);
    });
    void exited.then(([code]) => reject(new Error(`the ingest process ended with ${code}`)));
  });
  return {
    port,
    pid: app.pid,
    stop: async () => {
      app.kill('SIGTERM');
      await exited;
    },
  };
}

async function ask(load, command) {
  load.send(command);
  const [answer] = await once(load, 'message');
  if (answer.failed !== undefined) throw new Error(answer.failed);
  return answer;
}

/** User and system seconds of a process and its children, those that ended included (proc(5), ticks of 10 ms). */
function cpuSeconds(pid) {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(name);
    const isSelf = Number(name) === pid;
    if (!isSelf && Number(fields[1]) !== pid) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    if (isSelf) ticks += Number(fields[13]) + Number(fields[14]);
  }
  return ticks / 100;
}

/** What stands after the command's name in /proc/PID/stat; nothing when the process has just ended. */
function statFields(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** CPU time per span by process: steadier than rates where the machine is shared. */
export const cpuUsPerSpan = (runs) =>
  Object.fromEntries(
    Object.keys(runs[0].cpuUs).map((name) => [
      name,
      Number(median(runs.map((one) => one.cpuUs[name])).toFixed(2)),
    ]),
  );

/** A-B-A-B-A: the ratios of neighbours in time, so that a drifting machine does not tilt them. */
export async function alternate(a, b, rounds = 2) {
  const as = [await a()];
  const bs = [];
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    bs.push(await b());
    ratios.push(as[round].perSecond / bs[round].perSecond);
    as.push(await a());
    ratios.push(as[round + 1].perSecond / bs[round].perSecond);
  }
  return { ratio: median(ratios), ratios: ratios.map((ratio) => Number(ratio.toFixed(2))), as, bs };
}
