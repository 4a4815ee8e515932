import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { encodeSpan, encodeSpans, jsonSpans, type TestSpan } from '../support/export-request.ts';
import { send, startTestIngest, type TestIngest } from '../support/ingest.ts';
import { sendGrpc } from '../support/otlp-grpc.ts';
import { decodeReference } from '../support/otlp-reference.ts';
import { readStoredSpans, type StoredRow } from '../support/stored-spans.ts';

let at: TestIngest;
beforeAll(async () => {
  at = await startTestIngest();
});
afterAll(() => at.stop());

const nowNs = (BigInt(Date.now()) / 1000n) * 1_000_000_000n;

function rootAndChild(): { root: TestSpan; child: TestSpan; rows: StoredRow[] } {
  const traceId = randomBytes(16).toString('hex');
  // The span id is negative as an int8, and the start is no whole microsecond.
  const root = { traceId, spanId: 'ff00000000000001', startedAtNs: nowNs + 1_999n, name: 'root é' };
  const child = {
    traceId,
    spanId: '0000000000000001',
    parentSpanId: root.spanId,
    startedAtNs: nowNs + 5_000n,
    attributes: { 'gen_ai.request.model': 'gpt-5.2' },
  };
  const rows = [
    { ...root, parentSpanId: null, startedAtUs: nowNs / 1000n + 1n, endedAtUs: nowNs / 1000n + 1_001n },
    { ...child, name: 'work', startedAtUs: nowNs / 1000n + 5n, endedAtUs: nowNs / 1000n + 1_005n },
  ].map(({ spanId, parentSpanId, name, startedAtUs, endedAtUs }, index) => ({
    traceId,
    spanId,
    parentSpanId,
    name,
    startedAtUs,
    endedAtUs,
    bytes: encodeSpan(index === 0 ? root : child),
  }));
  return { root, child, rows };
}

async function storedOf(traceId: string): Promise<StoredRow[]> {
  const stored = await readStoredSpans(at.db, at.key.tenantId);
  return stored.filter((row) => row.traceId === traceId);
}

describe('OTLP/HTTP', () => {
  test.each([
    { json: false, gzip: false },
    { json: false, gzip: true },
    { json: true, gzip: false },
    { json: true, gzip: true },
  ])('stores the spans of a request sent as %j, and answers in kind', async (options) => {
    const { root, child, rows } = rootAndChild();
    const body = options.json ? jsonSpans([root, child]) : encodeSpans([root, child]);
    const answer = await send(at, body, options);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(
      options.json ? 'application/json' : 'application/x-protobuf',
    );
    expect(answer.body.toString()).toBe(options.json ? '{}' : '');
    expect(await storedOf(root.traceId)).toEqual(rows);
  });

  test('takes a body in chunks, without a Content-Length', async () => {
    const { root, child, rows } = rootAndChild();
    const body = encodeSpans([root, child]);
    const response = await fetch(`${at.url}/v1/traces`, {
      method: 'POST',
      duplex: 'half',
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(body.subarray(0, 50)));
          controller.enqueue(new Uint8Array(body.subarray(50)));
          controller.close();
        },
      }),
      headers: { authorization: at.key.authorization, 'content-type': 'application/x-protobuf; x=y' },
    });
    expect(response.status).toBe(200);
    expect(await storedOf(root.traceId)).toEqual(rows);
  });

  test.each([
    { json: false, expected: { status: 200, text: '' } },
    { json: true, expected: { status: 200, text: '{}' } },
  ])('acknowledges an empty request and records nothing (%j)', async ({ json, expected }) => {
    const before = await at.db.query('SELECT count(*) FROM evidence_inbox');
    const answer = await send(at, json ? Buffer.from('{}') : Buffer.alloc(0), { json });
    expect({ status: answer.status, text: answer.body.toString() }).toEqual(expected);
    const after = await at.db.query('SELECT count(*) FROM evidence_inbox');
    expect(after.rows).toEqual(before.rows);
  });
});

describe('OTLP/gRPC', () => {
  test.each([false, true])('stores the spans of a request; gzip: %s', async (gzip) => {
    const { root, child, rows } = rootAndChild();
    const answer = await sendGrpc(at, encodeSpans([root, child]), { gzip });
    expect(answer).toEqual({ code: 0, details: '', body: Buffer.alloc(0), statusDetails: null });
    expect(await storedOf(root.traceId)).toEqual(rows);
  });
});

/** Messages in messages, each the only field of the one around it; below 128 bytes. */
const nested = (...tags: number[]) =>
  tags.reduceRight((inner, tag) => Buffer.from([tag, inner.length, ...inner]), Buffer.alloc(0));

describe('logs and metrics are answered in kind', () => {
  test.each([
    {
      signal: 'logs' as const,
      body: nested(0x0a, 0x12, 0x12),
      partialSuccess: { rejected: '1', errorMessage: '1 rejected: 1 no_time; the first is log record 0' },
    },
    {
      signal: 'metrics' as const,
      body: nested(0x0a, 0x12, 0x12, 0x2a, 0x0a),
      partialSuccess: {
        errorMessage: '1 data points are not kept: of metrics only counters of tokens and of their cost are',
      },
    },
  ])('$signal as protobuf, over HTTP, gzip and gRPC', async ({ signal, body, partialSuccess }) => {
    for (const gzip of [false, true]) {
      const answer = await send(at, body, { signal, gzip });
      expect(decodeReference('ExportResponse', answer.body)).toEqual({ partialSuccess });
    }
    const grpc = await sendGrpc(at, body, { signal });
    expect(decodeReference('ExportResponse', grpc.body)).toEqual({ partialSuccess });
  });

  test('a request without records is a full success; a malformed one is refused', async () => {
    expect((await send(at, Buffer.alloc(0), { signal: 'logs' })).body).toHaveLength(0);
    expect((await send(at, Buffer.from([0x0a, 0x05, 0x12]), { signal: 'metrics' })).status).toBe(400);
    expect((await send(at, Buffer.from('{"resourceLogs":1}'), { signal: 'logs', json: true })).status).toBe(
      400,
    );
  });
});
