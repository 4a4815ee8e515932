// Goal: nothing that a sender does harms another sender, or the process. Method: the real ingest process ; a good sender goes on all the while; bodies of 100 MB, gzip bombs, 10,000 attributes, deep nesting,
// connections that say nothing, and thousands of them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createTenant } from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { encodeSpans, jsonSpans } from '../support/export-request.ts';
import { recordFault } from '../support/fault-record.ts';
import { freePort } from '../support/free-port.ts';
import { createKey, send, type TestKey } from '../support/ingest.ts';
import { startProcess, type RunningProcess } from '../support/processes.ts';
import { SpanSenders } from '../support/span-senders.ts';
import { readStoredSpans } from '../support/stored-spans.ts';
import { until } from '../support/until.ts';

const MIB = 1024 * 1024;
/** What ingest may grow by, whatever is sent. */
const GROWS_BY = 400 * MIB;
const CONNECTIONS = Number(process.env['FAULT_CONNECTIONS'] ?? 3_000);

let database: TestDatabase;
let ingest: RunningProcess;
let url: string;
let port: number;
let good: TestKey;
let bad: TestKey;
let senders: SpanSenders;
let before: number;

beforeAll(async () => {
  database = await createTestDatabase();
  port = await freePort();
  ingest = startProcess('ingest', [], {
    env: { DATABASE_URL: database.connection, OL_OTLP_HTTP_PORT: String(port), OL_OTLP_GRPC_PORT: '0' },
  });
  await ingest.line('listening');
  url = `http://127.0.0.1:${port}`;
  good = await createKey(database.db, await createTenant(database.db, 'good'), ['spans']);
  bad = await createKey(database.db, await createTenant(database.db, 'bad'), ['spans']);
  senders = new SpanSenders({ url, key: good }, 2);
  await senders.progress(400);
  before = residentBytes();
}, 60_000);
afterAll(async () => {
  await senders.stop();
  ingest.kill('SIGTERM');
  const code = await ingest.exited;
  if (code !== 0) throw new Error(`ingest ended with ${code}`);
  await database.drop();
});

function residentBytes(): number {
  const status = readFileSync(`/proc/${ingest.pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024;
}

/** The good sender is served, the process answers for its health and has not grown beyond all measure. */
async function expectUnharmed(fault: string, done: string, times: number, told: string): Promise<void> {
  const grown = residentBytes() - before;
  await senders.progress(200);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(grown).toBeLessThan(GROWS_BY);
  const acknowledged = [...senders.acknowledged];
  const stored = await readStoredSpans(database.db, good.tenantId);
  const held = new Set(stored.map((row) => `${row.traceId}/${row.spanId}`));
  const lost = acknowledged.filter((id) => !held.has(id)).length;
  expect(lost).toBe(0);
  recordFault({ fault, done, times, lost, recoverySeconds: null, told });
}

const span = (attributes: Record<string, string> = {}) => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  startedAtNs: BigInt(Date.now() - 1000) * 1_000_000n,
  attributes,
});

/** A request over a bare socket. @returns the first line of the answer; empty where there was none */
async function bare(headers: string, chunk: Buffer, chunks: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const seen = { answer: '' };
  socket.on('data', (data: Buffer) => (seen.answer += data.toString('latin1')));
  const isOver = () => seen.answer !== '' || socket.destroyed;
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nHost: x\r\nAuthorization: ${bad.authorization}\r\n${headers}\r\n\r\n`,
  );
  for (let sent = 0; sent < chunks && !isOver(); sent += 1)
    if (!socket.write(chunk)) await until('room', () => isOver() || !socket.writableNeedDrain, 10_000);
  await until('an answer', isOver, 10_000);
  socket.destroy();
  return seen.answer.split('\r\n', 1)[0]!;
}

/** A connection that is closed while the sender still sends may be reset before he has read the answer. */
const REFUSALS = ['HTTP/1.1 413 Payload Too Large', ''];

test('bodies of 100 MB, announced and in chunks', async () => {
  const chunk = Buffer.alloc(MIB, 1);
  const announced = 'Content-Type: application/x-protobuf\r\nContent-Length: 104857600';
  const chunked = 'Content-Type: application/x-protobuf\r\nTransfer-Encoding: chunked';
  const framed = Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')]);
  for (let round = 0; round < 3; round += 1) {
    expect(REFUSALS).toContain(await bare(announced, chunk, 100));
    expect(REFUSALS).toContain(await bare(chunked, framed, 100));
  }
  await expectUnharmed(
    'bodies of 100 MB',
    'with Content-Length, and in chunks',
    6,
    '413, before they are read',
  );
}, 120_000);

test('gzip bombs: a kilobyte that makes a megabyte, all at once', async () => {
  const bomb = gzipSync(Buffer.alloc(512 * MIB));
  const fake = Buffer.from(bomb);
  fake.writeUInt32LE(10, fake.length - 4);
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const headers = { 'content-encoding': 'gzip' };
      return (await send({ url, key: bad }, n % 2 === 0 ? bomb : fake, { headers })).status;
    }),
  );
  // Turned away for want of room, or found out to be too large: nothing else.
  expect([...new Set(statuses)].filter((status) => status !== 413 && status !== 429)).toEqual([]);
  expect(statuses).toContain(413);
  await expectUnharmed('gzip bombs', '512 MiB in 0.5 MB, some with a false length', 20, '413, 429');
}, 120_000);

test('10,000 attributes, and a value nested 10,000 deep', async () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key.${n}`, 'x']));
  const wide = await send({ url, key: bad }, encodeSpans([span(many)]));
  expect([wide.status, wide.body.toString('latin1')]).toEqual([
    200,
    expect.stringContaining('1 too_many_attributes'),
  ]);
  const deep = Buffer.from(
    jsonSpans([span({ a: 'NESTED' })])
      .toString()
      .replace(
        '{"stringValue":"NESTED"}',
        `${'{"arrayValue":{"values":['.repeat(10_000)}{}${']}}'.repeat(10_000)}`,
      ),
  );
  const nested = await send({ url, key: bad }, deep, { json: true });
  expect(nested.status).toBe(200);
  await expectUnharmed(
    '10,000 attributes, deep nesting',
    'in one span',
    2,
    'partial_success with the reason',
  );
});

test('slow-loris: connections that send a byte a second hold up nobody', async () => {
  const sockets = Array.from({ length: 500 }, () => opened());
  for (const socket of sockets)
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: x\r\nAuthorization: ${bad.authorization}\r\n` +
        'Content-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\n',
    );
  for (let second = 0; second < 3; second += 1) {
    for (const socket of sockets) if (!socket.destroyed) socket.write('x');
    await sleep(1000);
  }
  await expectUnharmed(
    'slow-loris',
    '500 connections of one tenant, a byte a second',
    500,
    '429 beyond its share',
  );
  for (const socket of sockets) socket.destroy();
}, 60_000);

test(`${CONNECTIONS} connections at once`, async () => {
  const sockets: Socket[] = [];
  for (let made = 0; made < CONNECTIONS; made += 200) {
    const some = Array.from({ length: Math.min(200, CONNECTIONS - made) }, () => opened());
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  for (const socket of sockets) socket.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\n');
  await expectUnharmed(
    `${CONNECTIONS} connections`,
    'open at once, half a header each',
    CONNECTIONS,
    'nothing: they are served',
  );
  for (const socket of sockets) socket.destroy();
}, 120_000);

function opened(): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}
