import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { createTenant } from '#store';
import { encodeSpan, encodeSpans, type TestSpan } from '../support/export-request.ts';
import { createKey, send, startTestIngest, type TestIngest, type TestKey } from '../support/ingest.ts';
import { decodeReference } from '../support/otlp-reference.ts';
import { readBatches, readStoredSpans, sumBatches } from '../support/stored-spans.ts';

let at: TestIngest;
let key: TestKey;
beforeAll(async () => {
  at = await startTestIngest({ TRACE_QUIET_MS: '5000', TRACE_MAX_WAIT_MS: '600000' });
});
beforeEach(async () => {
  // A tenant of its own for each test: counts are whole values.
  key = await createKey(at.db, await createTenant(at.db, `t-${randomBytes(6).toString('hex')}`), ['spans']);
});
afterAll(() => at.stop());

const nowNs = (BigInt(Date.now()) / 1000n) * 1_000_000_000n;
const TRACE = 'a'.repeat(32);

function span(n: number, more: Partial<TestSpan> = {}): TestSpan {
  const spanId = n.toString(16).padStart(16, '0');
  return { traceId: TRACE, spanId, startedAtNs: nowNs + BigInt(n) * 1_000_000n, ...more };
}

async function post(spans: readonly TestSpan[], service = 'test'): Promise<void> {
  const answer = await send({ url: at.url, key }, encodeSpans(spans, service));
  expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 200, body: '' });
}

const counts = (received: number, stored: number, duplicate = 0, conflicting = 0, rejected = 0) => ({
  received,
  stored,
  duplicate,
  conflicting,
  rejected,
});

async function setAside(): Promise<object[]> {
  const { rows } = await at.db.query(
    `SELECT kind, reason, subject, bytes FROM set_aside WHERE tenant_id = $1 ORDER BY subject, bytes`,
    [key.tenantId],
  );
  return rows;
}

async function traceRows(): Promise<object[]> {
  const { rows } = await at.db.query(
    `SELECT t.span_count, t.root_ended, t.first_started_at, t.last_ended_at, d.version, d.cause
       FROM traces t LEFT JOIN due_traces d USING (tenant_id, trace_id) WHERE t.tenant_id = $1 ORDER BY t.trace_id`,
    [key.tenantId],
  );
  return rows;
}

describe('a span is stored once, whatever is sent', () => {
  test('sent again after the acknowledgement: a duplicate, and its trace is not made due again', async () => {
    await post([span(1), span(2, { parentSpanId: span(1).spanId })]);
    const before = await traceRows();
    await post([span(1), span(2, { parentSpanId: span(1).spanId })]);
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(2, 2), counts(2, 0, 2)]);
    expect(await readStoredSpans(at.db, key.tenantId)).toHaveLength(2);
    expect(await traceRows()).toEqual(before);
    expect(before).toEqual([
      {
        span_count: 2,
        root_ended: true,
        first_started_at: (nowNs + 1_000_000n) / 1000n,
        last_ended_at: (nowNs + 3_000_000n) / 1000n,
        version: 1n,
        cause: 'spans',
      },
    ]);
    expect(await setAside()).toEqual([]);
  });

  test('twice in one request: the first is stored, an equal one is a duplicate, another conflicts', async () => {
    await post([span(1), span(1), span(1, { name: 'other' }), span(2)]);
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(4, 2, 1, 1)]);
    const stored = await readStoredSpans(at.db, key.tenantId);
    expect(stored.map((row) => [row.spanId, row.name])).toEqual([
      [span(1).spanId, 'work'],
      [span(2).spanId, 'work'],
    ]);
    expect(await setAside()).toEqual([
      {
        kind: 'conflicting',
        reason: 'the same span was stored before with other bytes',
        subject: `${TRACE}/${span(1).spanId}`,
        bytes: encodeSpan(span(1, { name: 'other' })),
      },
    ]);
  });

  test('a conflict sent again is counted again and kept once; a second other version is kept too', async () => {
    await post([span(1)]);
    await post([span(1, { name: 'b' })]);
    await post([span(1, { name: 'b' })]);
    await post([span(1, { name: 'c' }), span(1)]);
    expect(await readBatches(at.db, key.tenantId)).toEqual([
      counts(1, 1),
      counts(1, 0, 0, 1),
      counts(1, 0, 0, 1),
      counts(2, 0, 1, 1),
    ]);
    expect(await setAside()).toHaveLength(2);
    expect(await traceRows()).toMatchObject([{ span_count: 1, version: 1n }]);
  });

  test('the same bytes under another resource contradict what is stored', async () => {
    await post([span(1)], 'checkout');
    await post([span(1)], 'billing');
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(1, 1), counts(1, 0, 0, 1)]);
    expect(await setAside()).toMatchObject([
      { reason: 'the same span was stored before with other resource' },
    ]);
  });

  test('another start makes a second row, which arbitration settles', async () => {
    await post([span(1)]);
    await post([span(1, { startedAtNs: nowNs + 7_000_000n })]);
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(1, 1), counts(1, 1)]);
    expect(await readStoredSpans(at.db, key.tenantId)).toHaveLength(2);
    expect(await traceRows()).toMatchObject([{ span_count: 2, version: 2n }]);
  });

  test('a request that is partly known stores the rest, and makes only its traces due', async () => {
    const other = { traceId: 'b'.repeat(32) };
    await post([span(1), span(2, other)]);
    await post([span(1), span(2, other), span(3, other)]);
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(2, 2), counts(3, 1, 2)]);
    expect(await traceRows()).toMatchObject([
      { span_count: 1, version: 1n },
      { span_count: 2, version: 2n },
    ]);
  });

  test('two tenants may use the same ids', async () => {
    await post([span(1)]);
    const other = await createKey(at.db, await createTenant(at.db, `u-${randomBytes(6).toString('hex')}`), [
      'admin',
    ]);
    const answer = await send({ url: at.url, key: other }, encodeSpans([span(1, { name: 'theirs' })]));
    expect(answer.status).toBe(200);
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(1, 1)]);
    expect(await readBatches(at.db, other.tenantId)).toEqual([counts(1, 1)]);
    const names = async (tenantId: bigint) => (await readStoredSpans(at.db, tenantId)).map((row) => row.name);
    expect([await names(key.tenantId), await names(other.tenantId)]).toEqual([['work'], ['theirs']]);
  });

  test('overlapping senders at once: every span once, every received one counted', async () => {
    const all = Array.from({ length: 400 }, (_, n) =>
      span(n + 1, { traceId: randomBytes(16).toString('hex') }),
    );
    // Windows over the same spans, half of them backwards: the worst case for locks.
    const requests = Array.from({ length: 60 }, (_, n) => {
      const part = Array.from({ length: 100 }, (_unused, m) => all[(n * 37 + m) % all.length]!);
      return n % 2 === 0 ? part : part.toReversed();
    });
    await Promise.all(requests.map((request) => post(request)));
    expect(await readStoredSpans(at.db, key.tenantId)).toHaveLength(400);
    expect(await sumBatches(at.db, key.tenantId)).toEqual(counts(6000, 400, 5600));
    const { rows } = await at.db.query(
      `SELECT sum(span_count)::integer AS spans FROM traces WHERE tenant_id = $1`,
      [key.tenantId],
    );
    expect(rows).toEqual([{ spans: 400 }]);
  });
});

describe('rejected spans', () => {
  test('are counted and kept with their reason, told by partial_success, and fail no other', async () => {
    const old = span(2, { startedAtNs: nowNs - 2_000n * 86_400_000_000_000n });
    const bad = span(3, { traceId: '0'.repeat(32) });
    const answer = await send({ url: at.url, key }, encodeSpans([span(1), old, bad, span(4)]));
    expect(answer.status).toBe(200);
    expect(decodeReference('ExportResponse', answer.body)).toEqual({
      partialSuccess: {
        rejected: '2',
        errorMessage: `2 rejected: 1 bad_trace_id, 1 start_outside_window; the first is span 1 (${TRACE}/${old.spanId})`,
      },
    });
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(4, 2, 0, 0, 2)]);
    expect(await setAside()).toEqual([
      { kind: 'rejected', reason: 'bad_trace_id', subject: `?/${bad.spanId}`, bytes: encodeSpan(bad) },
      {
        kind: 'rejected',
        reason: 'start_outside_window',
        subject: `${TRACE}/${old.spanId}`,
        bytes: encodeSpan(old),
      },
    ]);
    const { rows } = await at.db.query(`SELECT position FROM spans WHERE tenant_id = $1 ORDER BY position`, [
      key.tenantId,
    ]);
    expect(rows).toEqual([{ position: 0 }, { position: 3 }]);
  });

  test('more than a hundred: the rest is counted by reason', async () => {
    const bad = Array.from({ length: 130 }, (_, n) => span(n + 1, { traceId: '0'.repeat(32) }));
    const answer = await send({ url: at.url, key }, encodeSpans(bad));
    expect(decodeReference('ExportResponse', answer.body)).toMatchObject({
      partialSuccess: { rejected: '130' },
    });
    expect(await readBatches(at.db, key.tenantId)).toEqual([counts(130, 0, 0, 0, 130)]);
    const kept = await setAside();
    expect(kept).toHaveLength(101);
    expect(kept).toContainEqual(expect.objectContaining({ reason: 'more_rejected_spans' }));
    // Sent again: the same worklist, and one more line for the second request's rest.
    await send({ url: at.url, key }, encodeSpans(bad));
    expect(await setAside()).toHaveLength(102);
  });
});

describe('evidence', () => {
  test('every request has a batch and a leaf that commits to its spans in wire order', async () => {
    const bad = span(2, { traceId: '0'.repeat(32) });
    await send({ url: at.url, key }, encodeSpans([span(1), bad, span(1)]));
    const { rows } = await at.db.query<{ salt: Buffer; digest: Buffer; batch_id: string; body: Buffer }>(
      `SELECT b.salt, b.digest, b.batch_id, e.body FROM batches b
         JOIN evidence_inbox e ON e.tenant_id = b.tenant_id AND e.subject_id = b.batch_id::text
        WHERE b.tenant_id = $1`,
      [key.tenantId],
    );
    const { salt, digest, batch_id: batchId, body } = rows[0]!;
    const hash = createHash('sha256').update(salt);
    for (const slice of [span(1), bad, span(1)].map(encodeSpan)) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(slice.length);
      hash.update(length).update(slice);
    }
    expect(digest).toEqual(hash.digest());
    expect(salt).toHaveLength(32);
    const leaf = JSON.parse(body.toString());
    expect(leaf).toEqual({
      kind: 'spans.batch',
      v: 1,
      batchId,
      digest: digest.toString('hex'),
      keyId: key.keyId,
      received: 3,
      stored: 1,
      duplicate: 1,
      conflicting: 0,
      rejected: 1,
      receivedAt: leaf.receivedAt,
      recordedAt: leaf.receivedAt,
    });
  });
});
