// What a span takes on disk, for what, and what was tried to make it less. Sizes only: they do not depend on how busy the
// machine is. Writes results/storage.json with --save.
//   --requests N   of 512 spans (80)
import { mkdirSync, writeFileSync } from 'node:fs';
import zlib from 'node:zlib';
import { readStorage } from '#store';
import { startPipelineRig } from './pipeline-rig.mjs';

const option = (name, standard) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? standard : Number(process.argv[at + 1]);
};
const requests = option('--requests', 80);
const rig = await startPipelineRig({ requests, shape: 'agentRun', withReference: false });
const rows = [];
const percent = (part, whole) => `${whole === 0n ? 0 : Math.round((100 * Number(part)) / Number(whole))} %`;
try {
  await rig.pipeline({ isBacklog: false, look: measure });
} finally {
  await rig.close();
}
console.table(rows);
if (process.argv.includes('--save')) {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/storage.json', import.meta.url), `${JSON.stringify(rows, null, 2)}\n`);
}

async function measure(ledger) {
  // What vacuum would reclaim sooner or later is not what a span takes.
  await ledger.query('VACUUM (ANALYZE)');
  const { groups, spans } = await readStorage(ledger);
  const add = (what, bytes, note = '') =>
    rows.push({ what, bytesPerSpan: Math.round(Number(bytes) / Number(spans)), note });
  let all = 0n;
  for (const { group, tableBytes, indexBytes } of groups) {
    all += tableBytes + indexBytes;
    add(
      `shipped: ${group}`,
      tableBytes + indexBytes,
      `tables ${percent(tableBytes, tableBytes + indexBytes)}`,
    );
  }
  add('shipped: all', all);
  await measureSpans(ledger, add);
  await measureSteps(ledger, add);
}

async function one(ledger, sql) {
  const { rows: answer } = await ledger.query(sql);
  return answer[0];
}

/** @returns bytes of a table made by a query, with what is stored out of line */
async function sizeOf(ledger, query, before = '') {
  await ledger.query(`CREATE TABLE tried AS ${query} WITH NO DATA`);
  if (before !== '') await ledger.query(before);
  await ledger.query(`INSERT INTO tried ${query}`);
  const { bytes } = await one(ledger, `SELECT pg_table_size('tried') AS bytes`);
  await ledger.query('DROP TABLE tried');
  return bytes;
}

async function measureSpans(ledger, add) {
  const { own, n } = await one(ledger, 'SELECT sum(length(bytes)) AS own, count(*) AS n FROM spans');
  add('the bytes of the spans themselves', own);
  add('spans, table alone', await sizeOf(ledger, 'SELECT * FROM spans'));
  add(
    'spans, resource and scope in each instead of once',
    await sizeOf(
      ledger,
      `SELECT s.*, r.bytes AS resource, c.bytes AS scope FROM spans s
         JOIN resources r USING (tenant_id, resource_id) JOIN scopes c USING (tenant_id, scope_id)`,
    ),
  );
  const { rows: partitions } = await ledger.query(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'spans'::regclass`,
  );
  const indexes = async () =>
    (
      await one(
        ledger,
        `SELECT sum(pg_indexes_size(inhrelid)) AS bytes FROM pg_inherits WHERE inhparent = 'spans'::regclass`,
      )
    ).bytes;
  add('primary key of spans', await indexes());
  for (const { name } of partitions) await ledger.query(`REINDEX TABLE ${name}`);
  add('primary key of spans, after REINDEX', await indexes());
  const block = `SELECT tenant_id, trace_id, string_agg(bytes, ''::bytea ORDER BY span_id) AS bytes FROM spans GROUP BY 1, 2`;
  const storage = (how) => `ALTER TABLE tried ALTER COLUMN bytes ${how}`;
  add(
    'bytes of a trace in one value, as they are',
    await sizeOf(ledger, block, storage('SET STORAGE EXTERNAL')),
  );
  add('bytes of a trace in one value, pglz', await sizeOf(ledger, block, storage('SET COMPRESSION pglz')));
  const lz4 = await sizeOf(ledger, block, storage('SET COMPRESSION lz4')).catch(async () => {
    await ledger.query('DROP TABLE IF EXISTS tried');
    return null;
  });
  if (lz4 === null)
    rows.push({ what: 'bytes of a trace in one value, lz4', bytesPerSpan: null, note: 'not in this server' });
  else add('bytes of a trace in one value, lz4', lz4);
  const { rows: sample } = await ledger.query(
    'SELECT bytes FROM spans ORDER BY trace_id, span_id LIMIT 4000',
  );
  compress(
    'span',
    sample.map(({ bytes }) => bytes),
    Number(own) / Number(n),
  );
}

async function measureSteps(ledger, add) {
  const { own, n } = await one(ledger, 'SELECT sum(octet_length(record)) AS own, count(*) AS n FROM steps');
  add('the records of the steps themselves', own);
  const { rows: sample } = await ledger.query(
    'SELECT record FROM steps ORDER BY trace_id, span_id LIMIT 4000',
  );
  compress(
    'step record',
    sample.map(({ record }) => Buffer.from(record)),
    Number(own) / Number(n),
  );
}

/** Each value by itself, as a row would hold it; the dictionary is made of the first of them. */
function compress(what, values, mean) {
  const add = (name, bytesPerSpan, note) =>
    rows.push({ what: `${what}, ${String(name)}`, bytesPerSpan, note });
  const dictionary = Buffer.concat(values.slice(0, 40)).subarray(-32_768);
  const ways = [
    ['deflate, level 1', (value) => zlib.deflateRawSync(value, { level: 1 })],
    ['deflate, level 6', (value) => zlib.deflateRawSync(value, { level: 6 })],
    ['deflate, level 1, dictionary', (value) => zlib.deflateRawSync(value, { level: 1, dictionary })],
    ['zstd', 'zstdCompressSync' in zlib ? (value) => zlib.zstdCompressSync(value) : null],
  ];
  for (const [name, way] of ways) {
    if (way === null) {
      add(name, null, 'not in this Node');
      continue;
    }
    const others = values.slice(40);
    const before = process.cpuUsage();
    const bytes = others.reduce((sum, value) => sum + way(value).length, 0);
    const { user, system } = process.cpuUsage(before);
    const cpuUs = ((user + system) / others.length).toFixed(0);
    add(name, Math.round(bytes / others.length), `of ${Math.round(mean)}; ${cpuUs} us of CPU each`);
  }
}
