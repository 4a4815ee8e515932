// Fills a tenant with as many spans as asked for: a few tens of thousands go the whole way through the real processes
// (spans, worker, outcomes), the rest are copies of their rows under other ids, made by the database in bulk, because
// posting millions takes hours and the reports only need the rows. What holds of the copies is checked at the end, and
// bench/README.md says what does not.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildExportRequests, SPANS_PER_REQUEST } from './export-requests.mjs';
import { startApp } from './processes.mjs';
import { agentRun } from './trace-shapes.mjs';

const DAYS = 30;
const DAY_NS = 86_400_000_000_000n;
const WORKFLOWS = ['refunds', 'claims-intake', 'order-changes', 'address-changes', 'escalations'];
/** Spans that go the real way, at most. */
const REAL_SPANS = 30_720;
const EVENTS_PER_BATCH = 200;
const LIMIT_MS = 1_800_000;
/** Tables whose rows belong to a trace, a posting or a work item; histories and content are not copied. */
const COPIED = [
  'spans',
  'traces',
  'steps',
  'trace_refs',
  'links',
  'attempts',
  'work_items',
  'outcome_events',
  'outcome_receipts',
  'postings',
  'ledger_transactions',
  'ledger_entries',
  'positions',
  'item_positions',
  'run_waste',
  'waste_findings',
];

/** Settings for the time of filling alone: what is lost when the machine goes down is made again. */
export const FILL_SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '16GB',
  maintenance_work_mem: '1GB',
  autovacuum: 'off',
};

/**
 * @param {{ db: object, connection: string, directory: string, authorization: string, spans: number }} options an empty
 *   ledger with one tenant of one key
 * @returns how many spans there are, and how many of them went the real way
 */
export async function fillTenant({ db, connection, directory, authorization, spans }) {
  const wanted = Math.min(spans, REAL_SPANS);
  const requests = Math.max(DAYS, Math.round(wanted / SPANS_PER_REQUEST / DAYS) * DAYS);
  await sendForReal({ db, connection, directory, authorization, requests });
  const real = requests * SPANS_PER_REQUEST;
  const copies = Math.max(0, Math.round(spans / real) - 1);
  if (copies > 0) await copyRows(db, copies);
  await db.query('VACUUM (ANALYZE)');
  await expectBalanced(db);
  return { spans: real * (copies + 1), real };
}

async function sendForReal({ db, connection, directory, authorization, requests }) {
  const env = { DATABASE_URL: connection, OL_DATA_DIR: directory, TRACE_QUIET_MS: '0' };
  const ports = { OL_OTLP_HTTP_PORT: '0', OL_OTLP_GRPC_PORT: '0', OL_WORKER_PORT: '0', OL_API_PORT: '0' };
  const apps = [];
  try {
    for (const name of ['ingest', 'worker', 'api']) apps.push(await startApp(name, { ...env, ...ports }));
    const [ingest, , api] = apps;
    const post = async (port, path, type, body) => {
      const headers = { authorization, 'content-type': type };
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 400)}`);
    };
    const events = [];
    const midnight = (BigInt(Date.now()) * 1_000_000n) / DAY_NS;
    for (const { body, spans } of requestsOf(requests, midnight)) {
      await post(ingest.said.httpPort, '/v1/traces', 'application/x-protobuf', body);
      events.push(...spans.flatMap((span) => eventOf(span) ?? []));
    }
    await untilNothingWaits(db);
    for (let from = 0; from < events.length; from += EVENTS_PER_BATCH)
      await post(
        api.said.port,
        '/v1/outcomes',
        'application/cloudevents-batch+json',
        JSON.stringify(events.slice(from, from + EVENTS_PER_BATCH)),
      );
    await untilNothingWaits(db);
  } finally {
    for (const app of apps.reverse()) await app.stop();
  }
}

/** As many requests on each of the last thirty days, each with ids of its own. */
function requestsOf(count, today) {
  const shape = (tools) => {
    const workflow = WORKFLOWS[tools.random(WORKFLOWS.length)];
    return agentRun({ ...tools, prose: (words) => `${words} words` }).map((span) =>
      span.isRoot === true
        ? { ...span, attributes: { ...span.attributes, 'workflow.name': workflow } }
        : span,
    );
  };
  const noon = today * DAY_NS - DAY_NS / 2n;
  return buildExportRequests(count, noon, shape, DAYS);
}

/** Most tickets are resolved a minute after their run, some fail, some stay open; by their number, so always the same. */
function eventOf({ attributes, endedAtNs }) {
  const key = attributes['work_item.key'];
  if (key === undefined) return null;
  const place = Number(key.slice(2)) % 20;
  if (place >= 18) return null;
  return {
    specversion: '1.0',
    id: `end of ${key}`,
    source: '/helpdesk',
    type: place >= 16 ? 'ticket.failed' : 'ticket.resolved',
    subject: key,
    time: new Date(Number(endedAtNs / 1_000_000n) + 60_000).toISOString(),
  };
}

async function untilNothingWaits(db) {
  for (const limit = Date.now() + LIMIT_MS; Date.now() < limit; await sleep(100)) {
    const { rows } = await db.query(
      `SELECT EXISTS (SELECT FROM due_traces) OR EXISTS (SELECT FROM fact_inbox) OR EXISTS (SELECT FROM waste_due)
              OR EXISTS (SELECT FROM evidence_inbox) AS waits`,
    );
    if (!rows[0].waits) return;
  }
  throw new Error('the pipeline did not come to rest');
}

/** How a column of a copy number `$1` follows from the original's; other columns stay as they are. */
const COPY_OF = {
  trace_id: (column) => otherId(column),
  posting_id: (column) => otherId(column),
  txn_id: (column) => otherId(column),
  link_id: (column) => otherId(column),
  surrogate_id: (column) => otherId(column),
  finding_id: (column) => otherId(column),
  attempt_id: (column) =>
    `CASE WHEN ${column} = '00000000-0000-0000-0000-000000000000' THEN ${column} ELSE ${otherId(column)} END`,
  ref: (column) => `${column} || '.' || $1`,
  work_item_ref: (column) => `${column} || '.' || $1`,
  key: (column) => `${column} || '.' || $1`,
  event_id: (column) => `${column} || '.' || $1`,
  record: (column) => `replace(${column}, ${hex('trace_id')}, ${hex(otherId('trace_id'))})`,
};
const otherId = (column) => `md5(${column}::text || $1)::uuid`;
const hex = (uuid) => `replace((${uuid})::text, '-', '')`;

/** Without their keys and indexes while they grow; these are made again from the catalogue's own text. */
async function copyRows(db, copies) {
  const indexes = [];
  for (const table of COPIED) indexes.push(...(await dropIndexes(db, table)));
  for (const table of COPIED) {
    const { rows } = await db.query(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
          AND attidentity = '' AND attgenerated = '' ORDER BY attnum`,
      [table],
    );
    const names = rows.map(({ name }) => name);
    await db.query(`CREATE UNLOGGED TABLE bench_original AS SELECT * FROM ${table}`);
    const values = names.map((name) => COPY_OF[name]?.(name) ?? name).join(', ');
    for (let copy = 1; copy <= copies; copy += 1)
      await db.query(
        `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.replaceAll('$1', `'${copy}'`)} FROM bench_original`,
      );
    await db.query('DROP TABLE bench_original');
    console.error(`${table}: copied`);
  }
  for (const statement of indexes) await db.query(statement);
}

/** @returns the statements that make them again */
async function dropIndexes(db, table) {
  const { rows: constraints } = await db.query(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE conrelid = $1::regclass AND contype IN ('p', 'u')`,
    [table],
  );
  const { rows: others } = await db.query(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
      WHERE i.indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
    [table],
  );
  for (const { name } of constraints) await db.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const { name } of others) await db.query(`DROP INDEX ${name}`);
  return [
    ...constraints.map(({ name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`),
    ...others.map(({ definition }) => definition),
  ];
}

/** What every figure of a report rests on holds of the copies, too. */
async function expectBalanced(db) {
  const checks = {
    'transactions that do not sum to nothing': `SELECT FROM ledger_entries GROUP BY tenant_id, posting_id, txn_id, asset HAVING sum(amount) <> 0`,
    'positions that differ from their entries': `SELECT FROM (
        SELECT tenant_id, posting_id, coalesce(attempt_id, '00000000-0000-0000-0000-000000000000') AS attempt_id, account, asset, usage_day, sum(amount) AS amount
          FROM ledger_entries GROUP BY 1, 2, 3, 4, 5, 6) e
        FULL JOIN positions p USING (tenant_id, posting_id, attempt_id, account, asset, usage_day)
       WHERE coalesce(e.amount, 0) <> coalesce(p.amount, 0)`,
    'attempts of no work item': `SELECT FROM attempts a WHERE NOT EXISTS (
        SELECT FROM work_items w WHERE w.tenant_id = a.tenant_id AND w.ref = a.work_item_ref)`,
    'postings of no trace': `SELECT FROM positions p WHERE p.account LIKE '2000:%' AND NOT EXISTS (
        SELECT FROM traces t WHERE t.tenant_id = p.tenant_id AND t.trace_id = p.posting_id)`,
  };
  for (const [what, query] of Object.entries(checks)) {
    const { rowCount } = await db.query(`${query} LIMIT 1`);
    if (rowCount !== 0) throw new Error(`the copies are wrong: there are ${what}`);
  }
}
