// The cost-per-outcome report of thirty days and one tenant, as the API reads it from `positions`, against the join it
// stands for: spans, their usages, prices, links and outcomes. The two answers must be equal to the pico.
//   --spans N         how many the tenant has (300,000)
//   --data DIRECTORY  fill it once and keep it
//   --serve [PORT]    then serve the API on it until Ctrl-C, with the key that is told (3000)
//   --join-limit SECONDS  ends a join that takes longer: the ratio is then a lower bound, and says so
//   --save            writes bench/results/reports-5m.json (of however many there are)
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { inReportSnapshot, inTransaction, readCostPerOutcome } from '#store';
import { alternate, median } from './ingest-rig.mjs';
import { startReportsRig } from './reports-rig.mjs';

const DAY_MS = 86_400_000;
const LOOK_UPS = 60;
const WARM_UP = 10;
/** The join of so many takes minutes: it is run once. */
const MANY = 1_000_000;

/** What each call cost is found anew: tokens from its record, the price of each class at its time, the outcome of its ticket. */
const RAW_JOIN = `
WITH outcome AS (
  SELECT DISTINCT ON (ref) ref, effect, occurred_at FROM outcome_events
   WHERE tenant_id = $1 ORDER BY ref, occurred_at DESC, event_id DESC
), settled AS (
  SELECT ref, effect FROM outcome WHERE occurred_at >= $2::date AND occurred_at < $3::date
), usage AS (
  SELECT o.ref, o.effect, s.started_at, s.provider, s.call_model, r.record ->> 'workflowName' AS workflow,
         r.record #> '{usage,tokens}' AS tokens
    FROM settled o
    JOIN links l ON l.tenant_id = $1 AND l.work_item_ref = o.ref AND l.state = 'booked'
    JOIN steps s ON s.tenant_id = $1 AND s.trace_id = l.trace_id AND s.role = 'leaf' AND s.provider IS NOT NULL
    JOIN traces t ON t.tenant_id = $1 AND t.trace_id = s.trace_id AND t.revision = s.revision
         -- Read as JSON once a record.
    CROSS JOIN LATERAL (SELECT s.record::jsonb AS record OFFSET 0) r
), charge AS (
  SELECT u.workflow, u.ref, u.effect, b.count::numeric * (p.rule -> 'prices' ->> b.bucket)::numeric AS pico
    FROM usage u CROSS JOIN LATERAL jsonb_each_text(u.tokens) AS b (bucket, count)
    JOIN prices p ON p.tenant_id = 0 AND p.provider = u.provider AND p.model = u.call_model
         AND (p.valid_from IS NULL OR p.valid_from <= u.started_at) AND (p.valid_to IS NULL OR p.valid_to > u.started_at)
)
SELECT workflow, count(DISTINCT ref) AS items, count(DISTINCT ref) FILTER (WHERE effect = 'achieved') AS outcomes,
       sum(pico)::text AS pico
  FROM charge GROUP BY workflow ORDER BY workflow`;

export async function run({
  short = false,
  spans = short ? 60_000 : 300_000,
  directory,
  joinLimitSeconds = 0,
} = {}) {
  const rig = await startReportsRig({ spans, ...(directory === undefined ? {} : { directory }) });
  try {
    return await measure(rig, joinLimitSeconds);
  } finally {
    await rig.close();
  }
}

async function measure(rig, joinLimitSeconds) {
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const filledMs = Date.parse(rig.filledOn);
  const [fromDay, toDay] = [day(filledMs - 30 * DAY_MS), day(filledMs + DAY_MS)];
  const report = () =>
    timed(async () => {
      const rows = await inReportSnapshot(rig.db, rig.tenantId, (client) =>
        readCostPerOutcome(client, rig.tenantId, {
          view: 'settled',
          fromDay,
          toDay,
          nowUs: BigInt(Date.now()) * 1000n,
          outcomeType: 'ticket.resolved',
          groupBy: [{ name: 'workflow' }],
          size: null,
        }),
      );
      return rows
        .filter(({ group }) => group !== null)
        .filter(({ workItems }) => workItems > 0n)
        .map((row) => [row.group[0], row.workItems, row.outcomes, row.costPico]);
    });
  const join = () =>
    timed(async () => {
      const rows = await rawJoin(rig, [rig.tenantId, fromDay, toDay], joinLimitSeconds);
      return rows?.map((row) => [row.workflow, row.items, row.outcomes, BigInt(row.pico)]) ?? null;
    });
  await report(); // warms up both: what the report reads, the join reads, too
  const { ratio, ratios, as, bs } = await alternate(report, join, rig.spans > MANY ? 1 : 2);
  for (const { answer } of [...as, ...bs]) if (answer !== null) expectSame(as[0].answer, answer);
  console.error(`reports: ratio ${ratio}${bs.some(({ answer }) => answer === null) ? ' at least' : ''}`);
  const milliseconds = (runs) => Math.round(median(runs.map((one) => 1000 / one.perSecond)));
  return {
    name: '30-day cost per outcome from positions vs the raw join',
    ratio,
    floor: 20,
    aim: 40,
    details: {
      spans: rig.spans,
      spansThatWentTheRealWay: rig.real,
      workItems: Number(as[0].answer.reduce((sum, [, items]) => sum + items, 0n)),
      groups: as[0].answer.length,
      isAtLeast: bs.some(({ answer }) => answer === null),
      reportMs: milliseconds(as),
      joinMs: milliseconds(bs),
      ratios,
      byKeyMs: await lookUps(rig),
    },
  };
}

/** @returns null where it was ended because it took longer than the limit (0 = none) */
async function rawJoin(rig, values, limitSeconds) {
  try {
    return await inTransaction(rig.db, async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${limitSeconds * 1000}`);
      return (await client.query(RAW_JOIN, values)).rows;
    });
  } catch (error) {
    if (error.code === '57014' || error.cause?.code === '57014') return null;
    throw error;
  }
}

async function timed(ask) {
  const begin = performance.now();
  const answer = await ask();
  return { perSecond: 1000 / (performance.now() - begin), answer };
}

function expectSame(report, join) {
  const text = (rows) => JSON.stringify(rows.map((row) => row.map(String)).sort());
  if (report.length === 0) throw new Error('the report has no rows');
  if (text(report) !== text(join))
    throw new Error(`the report says ${text(report)}, the raw join ${text(join)}`);
}

/** What a person waits for who has a ticket's number: through the API, one after the other; of tickets that are no copies. */
async function lookUps(rig) {
  const port = await rig.startApi();
  const { rows } = await rig.db.query(
    `SELECT key FROM (SELECT key, row_number() OVER (ORDER BY md5(ref)) AS n FROM work_items WHERE tenant_id = $1 AND key NOT LIKE '%.%') k
      WHERE n <= $2 ORDER BY n`,
    [rig.tenantId, LOOK_UPS + WARM_UP],
  );
  const latencies = {};
  for (const part of ['cost', 'trail']) {
    const took = [];
    for (const { key } of rows) {
      const begin = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/v1/work-items/ticket/${key}/${part}`, {
        headers: { authorization: rig.authorization },
      });
      const body = await answer.json();
      took.push(performance.now() - begin);
      const found = part === 'cost' ? body.lineCount : body.stepCount;
      if (!answer.ok || !(found > 0)) throw new Error(`${part} of ${key}: ${JSON.stringify(body)}`);
    }
    const sorted = took.slice(WARM_UP).sort((a, b) => a - b);
    const quantile = (q) => Number(sorted[Math.floor((sorted.length - 1) * q)].toFixed(1));
    latencies[part] = { p50: quantile(0.5), p99: quantile(0.99) };
  }
  return latencies;
}

async function serve({ spans, directory, port }) {
  const rig = await startReportsRig({ spans, directory });
  const taken = await rig.startApi(port);
  console.log(`http://127.0.0.1:${taken}/console/ serves ${rig.spans} spans; ${rig.authorization}`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await rig.close();
}

function save(result) {
  const file = new URL('results/reports-5m.json', import.meta.url);
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ date, commit, machine, ...result }, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      spans: { type: 'string', default: '300000' },
      data: { type: 'string' },
      serve: { type: 'string' },
      'join-limit': { type: 'string', default: '0' },
      save: { type: 'boolean', default: false },
    },
  });
  const options = {
    spans: Number(values.spans),
    directory: values.data,
    joinLimitSeconds: Number(values['join-limit']),
  };
  if (values.serve === undefined) {
    const result = await run(options);
    console.log(JSON.stringify(result, null, 2));
    if (values.save) save(result);
  } else await serve({ ...options, port: values.serve });
}
