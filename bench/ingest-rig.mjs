// What the ingest benchmarks run on: an embedded PostgreSQL on shipped settings, the real ingest process from dist,
// the load generator, and the reference table.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTenant,
  ensureSpanPartitions,
  insertApiKey,
  inTransaction,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '#store';
import { buildExportRequests, SPANS_PER_REQUEST } from './export-requests.mjs';
import { ask, cpuSeconds, startApp, startLoad } from './processes.mjs';
import { copyReference, createReference, expectCount, reset, writeCopyText } from './reference.mjs';

const TENANTS = 4;
const OWN_TABLES = 'spans, traces, due_traces, batches, evidence_inbox, resources, scopes, set_aside';

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
    const days = [today - 3, today - 2, today - 1, today];
    await ensureSpanPartitions(db, days);
    const keys = await createKeys(db);
    if (withReference) await createReference(db, days);
    const dump = join(directory, 'spans.copy');
    const nowNs = BigInt(nowMs) * 1_000_000n;
    if (withReference)
      await writeCopyText(
        dump,
        buildExportRequests(requests, nowNs),
        keys.map(({ tenantId }) => tenantId),
      );
    const load = startLoad();
    closers.push(() => load.stop());
    const prepared = (await ask(load, { prepare: requests, kinds, nowNs: String(nowNs) })).prepared;
    const app = await startApp('ingest', {
      DATABASE_URL: server.connection,
      OL_OTLP_HTTP_PORT: '0',
      OL_OTLP_GRPC_PORT: '0',
    });
    closers.push(() => app.stop());
    const authorizations = keys.map((key) => key.authorization);
    const spans = requests * SPANS_PER_REQUEST;
    return {
      spans,
      connection: server.connection,
      directory,
      db,
      plainBytesPerSpan: Math.round(prepared.plainBytes / spans),
      gzipBytesPerSpan: Math.round(prepared.gzipBytes / spans),
      appPid: app.pid,
      close,
      /** Acknowledged spans per second through the endpoint. */
      endpoint: (kind) => sendThrough({ db, server, app, load, spans, authorizations }, kind),
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

async function sendThrough({ db, server, app, load, spans, authorizations }, kind) {
  await reset(db, OWN_TABLES);
  const before = { app: cpuSeconds(app.pid), server: cpuSeconds(server.pid) };
  const { sent } = await ask(load, { send: kind, port: app.said.httpPort, authorizations });
  const cpuUs = (pid, secondsBefore) => ((cpuSeconds(pid) - secondsBefore) / spans) * 1e6;
  const used = { app: cpuUs(app.pid, before.app), server: cpuUs(server.pid, before.server) };
  await expectCount(db, 'spans', spans);
  return { perSecond: spans / (sent.milliseconds / 1000), p50: sent.p50, p99: sent.p99, cpuUs: used };
}

/** A key of its own for each tenant. */
export async function createKeys(db) {
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
