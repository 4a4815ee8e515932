import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { encodeSpan, encodeSpans, jsonSpans, type TestSpan } from '../support/export-request.ts';
import { send, startTestIngest, type TestIngest } from '../support/ingest.ts';
import { decodeReference } from '../support/otlp-reference.ts';
import { readStoredSpans } from '../support/stored-spans.ts';

let at: TestIngest;
beforeAll(async () => {
  at = await startTestIngest();
});
afterAll(() => at.stop());

const nowNs = BigInt(Date.now()) * 1_000_000n;

function twoSpans(): [TestSpan, TestSpan] {
  const traceId = randomBytes(16).toString('hex');
  const root = { traceId, spanId: 'f'.repeat(16), startedAtNs: nowNs + 1_999n, name: 'root é' };
  const child = {
    traceId,
    spanId: '0000000000000001',
    parentSpanId: root.spanId,
    startedAtNs: nowNs + 5_000n,
  };
  return [root, { ...child, attributes: { 'gen_ai.request.model': 'gpt-4o' } }];
}

describe('OTLP/HTTP', () => {
  test.each([
    { json: false, gzip: false },
    { json: false, gzip: true },
    { json: true, gzip: false },
    { json: true, gzip: true },
  ])('stores what is sent as %j, and answers in kind', async (options) => {
    const [root, child] = twoSpans();
    const body = options.json ? jsonSpans([root, child]) : encodeSpans([root, child]);
    const answer = await send(at, body, options);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(
      options.json ? 'application/json' : 'application/x-protobuf',
    );
    expect(answer.body.toString()).toBe(options.json ? '{}' : '');
    const stored = await readStoredSpans(at.db, at.key.tenantId);
    expect(stored.filter((row) => row.traceId === root.traceId)).toEqual(
      [
        {
          traceId: root.traceId,
          spanId: '0000000000000001',
          parentSpanId: root.spanId,
          name: 'work',
          startedAtUs: (nowNs + 5_000n) / 1000n,
          endedAtUs: (nowNs + 1_005_000n) / 1000n,
          bytes: encodeSpan(child),
        },
        {
          traceId: root.traceId,
          spanId: root.spanId,
          parentSpanId: null,
          name: 'root é',
          startedAtUs: nowNs / 1000n + 1n,
          endedAtUs: (nowNs + 1_001_999n) / 1000n,
          bytes: encodeSpan(root),
        },
      ].sort((a, b) =>
        BigInt.asIntN(64, BigInt(`0x${a.spanId}`)) < BigInt.asIntN(64, BigInt(`0x${b.spanId}`)) ? -1 : 1,
      ),
    );
  });
  test('decodes', () => {
    void decodeReference;
  });
});
