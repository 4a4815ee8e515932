import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { createTenant, revokeApiKey } from '#store';
import { encodeSpans, jsonSpans, type TestSpan } from '../support/export-request.ts';
import {
  createKey,
  send,
  startTestIngest,
  type Answer,
  type TestIngest,
  type TestKey,
} from '../support/ingest.ts';
import { sendGrpc } from '../support/otlp-grpc.ts';
import { decodeReference, encodeReference } from '../support/otlp-reference.ts';
import { readBatches, readStoredSpans, sumBatches } from '../support/stored-spans.ts';

const MAX_BODY_BYTES = 256 * 1024;
interface Refusal {
  readonly name: string;
  readonly body: Buffer;
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly http: number;
  readonly code: number;
  readonly message?: string;
}

let at: TestIngest;
let key: TestKey;
beforeAll(async () => {
  at = await startTestIngest({
    OL_MAX_BODY_BYTES: String(MAX_BODY_BYTES),
    OL_MAX_WAITING_REQUESTS: '4',
    OL_MAX_SPANS_PER_REQUEST: '100',
  });
});
beforeEach(async () => {
  key = await createKey(at.db, await createTenant(at.db, `t-${randomBytes(6).toString('hex')}`), ['spans']);
});
afterAll(() => at.stop());

const nowNs = (BigInt(Date.now()) / 1000n) * 1_000_000_000n;

function aSpan(more: Partial<TestSpan> = {}): TestSpan {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: `0${randomBytes(8).toString('hex').slice(1, 15)}1`,
    startedAtNs: nowNs,
    ...more,
  };
}

const status = (answer: Answer) => ({ http: answer.status, ...decodeReference('RpcStatus', answer.body) });

describe('a request that can never be stored is refused as OTLP says, and nothing of it is kept', () => {
  const big = encodeSpans([aSpan({ attributes: { text: 'x'.repeat(MAX_BODY_BYTES) } })]);
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const many = encodeSpans(Array.from({ length: 101 }, () => aSpan()));
  const tooLarge = `the body is over ${MAX_BODY_BYTES} bytes after decompression`;

  const cases: Refusal[] = [
    { name: 'malformed protobuf', body: Buffer.from([0x0a, 0xff]), code: 3, http: 400 },
    {
      name: 'no gzip',
      body: Buffer.from('no gzip'),
      headers: { 'content-encoding': 'gzip' },
      code: 3,
      http: 400,
    },
    {
      name: 'gzip cut short',
      body: gzipSync(encodeSpans([aSpan()])).subarray(0, 40),
      headers: { 'content-encoding': 'gzip' },
      code: 3,
      http: 400,
    },
    { name: 'a large body', body: big, code: 3, http: 413, message: tooLarge },
    { name: 'a large body in gzip', body: big, gzip: true, code: 3, http: 413, message: tooLarge },
    {
      name: 'a gzip bomb',
      body: bomb,
      headers: { 'content-encoding': 'gzip' },
      code: 3,
      http: 413,
      message: tooLarge,
    },
    {
      name: 'too many spans',
      body: many,
      code: 3,
      http: 413,
      message: 'the request has more than 100 spans',
    },
    {
      name: 'another media type',
      body: encodeSpans([aSpan()]),
      headers: { 'content-type': 'text/plain' },
      code: 3,
      http: 415,
      message: 'send application/x-protobuf or application/json',
    },
    {
      name: 'another content encoding',
      body: encodeSpans([aSpan()]),
      headers: { 'content-encoding': 'br' },
      code: 3,
      http: 415,
      message: 'content encoding "br" is not supported: use gzip or none',
    },
  ];
  test.each(cases)('$name: $http', async ({ body, gzip = false, headers = {}, http, code, message }) => {
    const answer = await send({ url: at.url, key }, body, { gzip, headers });
    expect(status(answer)).toEqual({ http, code, message: message ?? expect.stringMatching(/^[a-z]/) });
    expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
    expect(await readBatches(at.db, key.tenantId)).toEqual([]);
    expect(await readStoredSpans(at.db, key.tenantId)).toEqual([]);
  });

  test('a JSON request gets its refusal in JSON', async () => {
    const answer = await send({ url: at.url, key }, Buffer.from('{"resourceSpans":'), { json: true });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(answer.body.toString())).toEqual({ code: 3, message: expect.stringContaining('JSON') });
  });

  test('a good request works on the same process afterwards', async () => {
    expect((await send({ url: at.url, key }, jsonSpans([aSpan()]), { json: true })).status).toBe(200);
  });

  test.each([
    { name: 'malformed protobuf', body: Buffer.from([0x0a, 0xff]), gzip: false, code: 3 },
    { name: 'a large message', body: big, gzip: false, code: 8 },
    { name: 'a message that inflates', body: Buffer.alloc(8 * 1024 * 1024), gzip: true, code: 8 },
  ])('gRPC: $name', async ({ body, gzip, code }) => {
    const answer = await sendGrpc({ ingest: at.ingest, key }, body, { gzip });
    expect(answer.code).toBe(code);
    expect(await readBatches(at.db, key.tenantId)).toEqual([]);
  });
});

describe('keys', () => {
  const body = encodeSpans([aSpan()]);
  const MISSING = 'send an API key: Authorization: Bearer olk_...';
  test.each([
    { name: 'none', authorization: '' },
    { name: 'unknown', authorization: `Bearer olk_${'x'.repeat(48)}` },
    { name: 'malformed', authorization: 'Basic abc' },
  ])('$name: 401', async ({ authorization }) => {
    const other = { ...key, authorization };
    const answer = await send({ url: at.url, key: other }, body);
    expect(status(answer)).toEqual({ http: 401, code: 16, message: MISSING });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="outcome-ledger"');
    expect((await sendGrpc({ ingest: at.ingest, key: other }, body)).code).toBe(16);
  });

  test('without the role spans: 403', async () => {
    const other = await createKey(at.db, key.tenantId, ['analyst', 'outcomes']);
    expect(status(await send({ url: at.url, key: other }, body))).toMatchObject({ http: 403, code: 7 });
    expect((await sendGrpc({ ingest: at.ingest, key: other }, body)).code).toBe(7);
  });

  test('a revoked key stops working within seconds', async () => {
    expect((await send({ url: at.url, key }, body)).status).toBe(200);
    await revokeApiKey(at.db, key.tenantId, key.keyId);
    let answer = await send({ url: at.url, key }, body);
    for (let waited = 0; answer.status === 200 && waited < 8000; waited += 250) {
      await sleep(250);
      answer = await send({ url: at.url, key }, body);
    }
    expect(answer.status).toBe(401);
  });
});

describe('when it cannot store now, senders are asked to come back', () => {
  test('beyond the waiting requests: 429 with Retry-After; those that wait are stored', async () => {
    const lock = new Client({ connectionString: at.database.connection });
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE spans IN ACCESS EXCLUSIVE MODE');
    const requests = Array.from({ length: 12 }, () => send({ url: at.url, key }, encodeSpans([aSpan()])));
    // Eight are turned away at once; the four that were let in wait for the lock.
    await first(requests, 8);
    const grpc = await sendGrpc({ ingest: at.ingest, key }, encodeSpans([aSpan()]));
    await lock.query('ROLLBACK');
    await lock.end();
    const answers = await Promise.all(requests);
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([
      200,
      200,
      200,
      200,
      ...Array(8).fill(429),
    ]);
    const late = answers.find((answer) => answer.status === 429)!;
    expect(late.headers.get('retry-after')).toBe('1');
    expect(decodeReference('RpcStatus', late.body)).toMatchObject({ code: 8 });
    expect(grpc.code).toBe(8);
    expect(decodeReference('RpcStatus', grpc.statusDetails!)).toMatchObject({
      code: 8,
      details: [
        {
          typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
          value: encodeReference('RetryInfo', { retryDelay: { seconds: 1 } }),
        },
      ],
    });
    expect(await sumBatches(at.db, key.tenantId)).toMatchObject({ received: 4, stored: 4 });
  });

  test('connections that are cut are opened again; nothing acknowledged is lost, nothing is stored twice', async () => {
    const spans = Array.from({ length: 30 }, () => aSpan());
    await at.db.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name = 'outcome-ledger append' AND datname = current_database()`);
    for (const span of spans) await sendUntilStored(encodeSpans([span]));
    expect(await readStoredSpans(at.db, key.tenantId)).toHaveLength(30);
    const sum = await sumBatches(at.db, key.tenantId);
    expect({ stored: sum.stored, lost: sum.received - sum.stored - sum.duplicate }).toEqual({
      stored: 30,
      lost: 0,
    });
  });

  test('what PostgreSQL refuses is rejected and set aside alone', async () => {
    await at.db.query(`ALTER TABLE spans ADD CONSTRAINT no_poison CHECK (name <> 'poison')`);
    try {
      const [good, poison] = await Promise.all([
        send({ url: at.url, key }, encodeSpans([aSpan(), aSpan()])),
        send({ url: at.url, key }, encodeSpans([aSpan({ name: 'poison' }), aSpan()])),
      ]);
      expect({ status: good.status, body: good.body.length }).toEqual({ status: 200, body: 0 });
      expect(poison.status).toBe(200);
      expect(decodeReference('ExportResponse', poison.body)).toEqual({
        partialSuccess: { rejected: '2', errorMessage: '2 could not be stored and are set aside' },
      });
      expect(await sumBatches(at.db, key.tenantId)).toEqual({
        received: 4,
        stored: 2,
        duplicate: 0,
        conflicting: 0,
        rejected: 2,
      });
      const { rows } = await at.db.query(`SELECT kind, reason FROM set_aside WHERE tenant_id = $1`, [
        key.tenantId,
      ]);
      expect(rows).toEqual([{ kind: 'rejected', reason: 'refused_by_database' }]);
    } finally {
      await at.db.query('ALTER TABLE spans DROP CONSTRAINT no_poison');
    }
  });

  test('a partition that was dropped behind its back is made again', async () => {
    const day = nowNs - 400n * 86_400_000_000_000n;
    await sendUntilStored(encodeSpans([aSpan({ startedAtNs: day })]));
    const name = new Date(Number(day / 1_000_000n)).toISOString().slice(0, 10).replaceAll('-', '');
    await at.db.query(`DROP TABLE spans_${name}`);
    expect((await send({ url: at.url, key }, encodeSpans([aSpan({ startedAtNs: day })]))).status).toBe(200);
  });
});

/** Settles when so many of the promises are. */
function first(promises: readonly Promise<unknown>[], count: number): Promise<void> {
  return new Promise((resolve) => {
    let settled = 0;
    for (const promise of promises) void promise.then(() => (settled += 1) === count && resolve());
  });
}

async function sendUntilStored(body: Buffer): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const answer = await send({ url: at.url, key }, body);
    if (answer.status === 200) return;
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    await sleep(100);
  }
  throw new Error('not stored after 50 attempts');
}
