// The same requests to this service and to what a user would pick instead, one after the other on one machine, this
// service before and after each (bench/peers/README.md).
//   --at DIRECTORY   where install.mjs has put them
//   --seconds N      of sending to each (10)
//   --requests N     of 512 spans, at most (400)
//   --save           writes bench/results/peers.json, after each peer
//   NAME ...         only peers whose name has this in it
import { execFileSync, fork } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SPANS_PER_REQUEST } from '../export-requests.mjs';
import { ask } from '../processes.mjs';
import { collectorOfFile, collectorOfNothing } from './collector.mjs';
import * as jaeger from './jaeger.mjs';
import * as mlflow from './mlflow.mjs';
import * as ours from './outcome-ledger.mjs';
import * as phoenix from './phoenix.mjs';

const PEERS = [phoenix, mlflow, jaeger, collectorOfFile, collectorOfNothing];
/** Requests that are sent, acknowledged and then followed by kill -9. */
const LAST = 4;
const WARM_UP = 8;
/** A server that has stored nothing more for so long has stored what it will. */
const STILL_MS = 20_000;
/** What is still in memory then is not waited for. */
const DRAIN_LIMIT_MS = 120_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    at: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    requests: { type: 'string', default: '400' },
    save: { type: 'boolean', default: false },
  },
});
if (values.at === undefined)
  throw new Error('--at DIRECTORY is missing: where install.mjs has put the peers');
const chosen = PEERS.filter(
  ({ name }) =>
    positionals.length === 0 || positionals.some((part) => name.toLowerCase().includes(part.toLowerCase())),
);
const most = Number(values.requests);
const seconds = Number(values.seconds);

/** Kills it after an acknowledgement, starts it again, counts, repeats; then sends as fast as it takes. */
async function measure(peer, load, { withFaults }) {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-peers-'));
  chmodSync(directory, 0o755);
  const closers = [async () => rmSync(directory, { recursive: true, force: true })];
  try {
    const running = await peer.start({ at: values.at, directory, closers });
    const send = (from, to, limitMs = 60_000) => ask(load, { send: running.target(), from, to, limitMs });
    await untilStored(running, (await send(0, WARM_UP)).traceIds);
    const found = withFaults ? await faults(running, send) : {};
    const bytesBefore = await running.bytes();
    const begin = performance.now();
    const sent = await send(WARM_UP, WARM_UP + most, seconds * 1000);
    const spans = sent.acknowledged * SPANS_PER_REQUEST;
    const figures = {
      measuredAt: new Date().toISOString(),
      acknowledgedSpans: spans,
      perSecond: Math.round(spans / (sent.milliseconds / 1000)),
      refusals: sent.refused,
      failures: sent.failures,
    };
    if (!withFaults) return figures;
    const stored = await untilStored(running, sent.traceIds);
    const storedFor = (performance.now() - begin - stored.idleMs) / 1000;
    const isAll = stored.count >= LAST * SPANS_PER_REQUEST;
    const bytes = (await running.bytes()) - bytesBefore;
    return {
      ...figures,
      // Of a server that is not done by the limit, only that much is known.
      storedPerSecond: isAll ? Math.round(spans / storedFor) : null,
      isStoredWithinLimit: isAll,
      bytesPerSpan: isAll ? Math.round(bytes / spans) : null,
      ...found,
    };
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}

/** How many spans of these traces there are in the end, and how long nothing came any more. */
async function untilStored(running, traceIds) {
  const wanted = LAST * SPANS_PER_REQUEST;
  const begin = performance.now();
  let changed = begin;
  let count = await running.stored(traceIds);
  for (let bytes = await running.bytes(); count < wanted;) {
    await sleep(500);
    const now = await running.stored(traceIds);
    const bytesNow = await running.bytes();
    if (now !== count || bytesNow !== bytes) changed = performance.now();
    [count, bytes] = [now, bytesNow];
    const idleMs = performance.now() - changed;
    if (idleMs > STILL_MS || performance.now() - begin > DRAIN_LIMIT_MS) return { count, idleMs };
  }
  return { count, idleMs: 0 };
}

async function faults(running, send) {
  const spans = LAST * SPANS_PER_REQUEST;
  const from = WARM_UP + most;
  const { traceIds } = await send(from, from + LAST);
  await running.kill();
  await running.restart();
  const survived = (await untilStored(running, traceIds)).count;
  // What was lost is sent again; only then is a duplicate one.
  if (survived < spans) await send(from, from + LAST);
  const before = (await untilStored(running, traceIds)).count;
  await send(from, from + LAST);
  let after = before;
  for (let last = -1; last !== after;) {
    last = after;
    await sleep(STILL_MS / 4);
    after = await running.stored(traceIds);
  }
  return {
    killed: { acknowledged: spans, survived },
    sentAgain: { storedBefore: before, spans, storedAfter: after },
  };
}

const load = { process: fork(new URL('load.mjs', import.meta.url)) };
const results = [];
const failed = [];
const absent = chosen.filter(({ isInstalled }) => !isInstalled(values.at)).map(({ name }) => name);
try {
  const count = WARM_UP + most + LAST;
  const { bytes } = await ask(load, { prepare: count, nowNs: String(BigInt(Date.now()) * 1_000_000n) });
  const bytesPerSpanSent = Math.round(bytes / count / SPANS_PER_REQUEST);
  const own = await measure({ start: ours.start }, load, { withFaults: true });
  results.push({ name: ours.name, version: ours.version(), stores: ours.stores, ratioToOurs: 1, ...own });
  let before = own;
  for (const peer of chosen.filter(({ isInstalled }) => isInstalled(values.at))) {
    let figures;
    try {
      figures = await measure(peer, load, { withFaults: true });
    } catch (error) {
      // The others are measured all the same; the run ends with 1.
      console.error(`${peer.name}: ${error.stack}`);
      failed.push(peer.name);
      continue;
    }
    const after = await measure({ start: ours.start }, load, { withFaults: false });
    const ratioToOurs = Number((figures.perSecond / ((before.perSecond + after.perSecond) / 2)).toFixed(3));
    before = after;
    results.push({
      name: peer.name,
      version: peer.version(values.at),
      stores: peer.stores,
      ratioToOurs,
      ...figures,
    });
    console.error(JSON.stringify(results.at(-1)));
    if (values.save) save({ bytesPerSpanSent, results, absent });
  }
  console.table(results.map(toRow));
  if (absent.length > 0) console.log(`not installed: ${absent.join('; ')}`);
  if (failed.length > 0) console.log(`not measured: ${failed.join('; ')}`);
  if (failed.length > 0) process.exitCode = 1;
} finally {
  load.process.disconnect();
}

function toRow({ name, ratioToOurs, perSecond, storedPerSecond, killed, sentAgain, bytesPerSpan }) {
  return {
    name,
    'acknowledged/s to ours': ratioToOurs,
    'stored/s to acknowledged/s':
      storedPerSecond === null ? null : Number((storedPerSecond / perSecond).toFixed(2)),
    'survived kill -9': `${killed.survived} of ${killed.acknowledged}`,
    'after sending again': `${sentAgain.storedAfter} for ${sentAgain.storedBefore}`,
    'bytes/span': bytesPerSpan,
  };
}

/** Rows of peers that were not chosen this time stay, each with the time it was measured at. */
function save({ bytesPerSpanSent, results: found, absent: missing }) {
  const file = new URL('../results/peers.json', import.meta.url);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
  const names = new Set(found.map(({ name }) => name));
  const rows = [...found, ...before.filter(({ name }) => !names.has(name))];
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync(new URL('.', file), { recursive: true });
  const told = { date, commit, machine, bytesPerSpanSent, results: rows, absent: missing };
  writeFileSync(file, `${JSON.stringify(told, null, 2)}\n`);
}
