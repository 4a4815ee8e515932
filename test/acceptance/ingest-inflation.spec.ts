// Goal: what gzip bodies inflate to is counted before it takes memory. Method: bodies that inflate a hundred times over,
// many at once, and trailers that lie, against the real app.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeSpans, type TestSpan } from '../support/export-request.ts';
import { send, startTestIngest, type TestIngest } from '../support/ingest.ts';
import { sumBatches } from '../support/stored-spans.ts';

const MIB = 1024 * 1024;
const MAX_BODY_BYTES = 4 * MIB;
const MAX_WAITING_BYTES = 12 * MIB;

let at: TestIngest;
beforeAll(async () => {
  at = await startTestIngest({
    OL_MAX_BODY_BYTES: String(MAX_BODY_BYTES),
    OL_MAX_WAITING_BYTES: String(MAX_WAITING_BYTES),
  });
});
afterAll(() => at.stop());

function aSpan(more: Partial<TestSpan> = {}): TestSpan {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: `0${randomBytes(7).toString('hex')}1`,
    startedAtNs: BigInt(Date.now()) * 1_000_000n,
    ...more,
  };
}

const spansOf32Kb = (count: number) =>
  encodeSpans(Array.from({ length: count }, () => aSpan({ attributes: { text: 'x'.repeat(32 * 1024) } })));
/** 100 spans of 32 KB each that gzip makes a hundredth of. */
const dense = () => spansOf32Kb(100);
const NOTHING = gzipSync(Buffer.alloc(0));
const faked = (body: Buffer, told: number) => {
  const packed = gzipSync(body);
  packed.writeUInt32LE(told, packed.length - 4);
  return packed;
};

test('many bodies at once stay under the limit, and each is answered with 200 or 429', async () => {
  const before = await sumBatches(at.db, at.key.tenantId);
  const bodies = Array.from({ length: 30 }, dense);
  expect(gzipSync(bodies[0]!).length).toBeLessThan(bodies[0]!.length / 100);
  const over = new AbortController();
  let highest = 0;
  const watching = (async () => {
    while (!over.signal.aborted) highest = Math.max(highest, await countedBytes());
  })();
  const answers = await Promise.all(bodies.map((body) => send(at, body, { gzip: true })));
  over.abort();
  await watching;
  const stored = answers.filter(({ status }) => status === 200).length;
  const turnedAway = answers.filter(({ status }) => status === 429);
  expect({ stored: stored > 0, all: stored + turnedAway.length }).toEqual({ stored: true, all: 30 });
  for (const { headers } of turnedAway) expect(headers.get('retry-after')).toBe('1');
  expect(highest).toBeGreaterThan(0);
  expect(highest).toBeLessThanOrEqual(MAX_WAITING_BYTES);
  const sum = await sumBatches(at.db, at.key.tenantId);
  expect(sum.stored - before.stored).toBe(stored * 100);
  expect(await countedBytes()).toBe(0);
});

test.each([
  {
    name: 'a second member without content',
    body: () => Buffer.concat([gzipSync(dense()), NOTHING]),
    status: 200,
    stored: 100,
  },
  {
    name: 'a second member, of which alone the trailer tells',
    body: () => Buffer.concat([gzipSync(dense()), gzipSync(spansOf32Kb(20))]),
    status: 200,
    stored: 120,
  },
  {
    name: 'a megabyte of members without content',
    body: () => Buffer.concat(Array.from({ length: 50_000 }, () => NOTHING)),
    status: 200,
    stored: 0,
  },
  {
    name: 'a NUL and other bytes behind the last member',
    body: () => Buffer.concat([gzipSync(spansOf32Kb(1)), Buffer.from([0, 255, 255, 255, 255])]),
    status: 200,
    stored: 1,
  },
  { name: 'a trailer that tells too little', body: () => faked(dense(), 100), status: 400 },
  { name: 'a trailer that tells too much', body: () => faked(dense(), 2 ** 32 - 1), status: 400 },
  { name: 'a bomb', body: () => gzipSync(Buffer.alloc(64 * MIB)), status: 413 },
  { name: 'a bomb that tells little', body: () => faked(Buffer.alloc(64 * MIB), 100), status: 413 },
  { name: 'a bomb that tells more', body: () => faked(Buffer.alloc(64 * MIB), MIB), status: 413 },
  { name: 'nothing', body: () => NOTHING, status: 200 },
])('$name: $status', async ({ body, status, stored = 0 }) => {
  const before = await sumBatches(at.db, at.key.tenantId);
  const answer = await send(at, body(), { headers: { 'content-encoding': 'gzip' } });
  expect(answer.status).toBe(status);
  expect(await countedBytes()).toBe(0);
  expect((await sumBatches(at.db, at.key.tenantId)).stored - before.stored).toBe(stored);
});

/** Of bodies and of spans that wait, by the figures that ingest itself shows. */
async function countedBytes(): Promise<number> {
  const text = await (await fetch(`${at.url}/metrics`)).text();
  return ['bodies_receiving_bytes', 'spans_waiting_bytes'].reduce((sum, name) => {
    const value = new RegExp(`^outcome_ledger_${name}(?:\\{.*\\})? (\\d+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`no ${name} in:\n${text}`);
    return sum + Number(value);
  }, 0);
}
