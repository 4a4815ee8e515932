// What the rates of this service are held against: one \copy of the same spans as text, attributes as jsonb in place of
// the bytes, same primary key, same day partitions.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { toCopyText } from './export-requests.mjs';

const COLUMNS =
  'tenant_id, trace_id, span_id, started_at, ended_at, parent_span_id, resource_id, scope_id, batch_id, position, name, attributes';

/** @param days UTC, counted from 1970-01-01 */
export async function createReference(db, days) {
  await db.query(`CREATE TABLE bench_reference (
    tenant_id bigint NOT NULL, trace_id uuid NOT NULL, span_id bigint NOT NULL, started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL, parent_span_id bigint, resource_id uuid NOT NULL, scope_id uuid NOT NULL,
    batch_id uuid NOT NULL, position integer NOT NULL, name text NOT NULL, attributes jsonb NOT NULL,
    PRIMARY KEY (tenant_id, trace_id, span_id, started_at)) PARTITION BY RANGE (started_at)`);
  for (const day of days) {
    const date = (n) => new Date(n * 86_400_000).toISOString();
    await db.query(
      `CREATE TABLE bench_reference_${day} PARTITION OF bench_reference FOR VALUES FROM ('${date(day)}') TO ('${date(day + 1)}')`,
    );
  }
}

/** @param requests of `buildExportRequests`, one tenant after the other */
export async function writeCopyText(path, requests, tenantIds) {
  const file = createWriteStream(path);
  let index = 0;
  for (const request of requests) {
    const text = toCopyText(request, tenantIds[index++ % tenantIds.length]);
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

export const referenceClient =
  spawnSync('psql', ['--version']).status === 0 ? 'psql \\copy' : 'pg-copy-streams';

/** Milliseconds of the COPY alone: the client is connected before the clock starts. */
export async function copyReference(connection, dump) {
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

export async function reset(db, tables) {
  await db.query(`TRUNCATE ${tables}`);
  await db.query('CHECKPOINT');
}

export async function expectCount(db, table, expected) {
  const { rows } = await db.query(`SELECT count(*)::integer AS n FROM ${table}`);
  if (rows[0].n !== expected) throw new Error(`${table} has ${rows[0].n} rows, not ${expected}`);
}
