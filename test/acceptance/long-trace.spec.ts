// Goal: a trace that is too long to be understood, and one that cannot be begun in time, hold up nobody. Method: the real
// endpoint, a drain with a limit of three spans, and one whose clock runs.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMetrics, ProcessLogger } from '#server';
import { TraceDrain } from '../../apps/worker/src/trace-drain.ts';
import { WorkerMetrics } from '../../apps/worker/src/worker-metrics.ts';
import { makeTenant } from '../support/api.ts';
import { encodeSpans } from '../support/export-request.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const trace = (id: number, spans: number) =>
  Array.from({ length: spans }, (_, n) => ({
    traceId: id.toString(16).padStart(32, '0'),
    spanId: (n + 1).toString(16).padStart(16, '0'),
    ...(n === 0 ? {} : { parentSpanId: '0000000000000001' }),
    startedAtNs: 1_760_000_000_000_000_000n + BigInt(n),
    attributes: { 'ticket.id': `T${id}` },
  }));

async function send(key: string, spans: ReturnType<typeof trace>): Promise<void> {
  const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${key}` },
    body: new Uint8Array(encodeSpans(spans)),
  });
  expect(answer.status).toBe(200);
}

const drain = (parts: TestService['parts'], lines: string[]) =>
  new TraceDrain(
    parts,
    { tracesPerTurn: 64, claimMs: 60_000, traceSpans: 3 },
    new WorkerMetrics(createMetrics('test'), service.database.db),
    new ProcessLogger({ process: 'test', human: false, write: (line) => void lines.push(line) }),
  );

test('a trace over the limit is set aside; its neighbours are worked through', async () => {
  const tenant = await makeTenant(service.database.db, 'long');
  const key = await tenant.key(['admin']);
  await send(key, [...trace(1, 3), ...trace(2, 4), ...trace(3, 1)]);
  const lines: string[] = [];
  await drain(service.parts, lines).run();
  const { rows } = await service.database.db.query('SELECT trace_id, revision FROM traces ORDER BY trace_id');
  expect(rows).toEqual([
    { trace_id: '00000000-0000-0000-0000-000000000001', revision: 1 },
    { trace_id: '00000000-0000-0000-0000-000000000002', revision: 0 },
    { trace_id: '00000000-0000-0000-0000-000000000003', revision: 1 },
  ]);
  expect(lines).toEqual([]);
  const { body } = await service.api.call('/v1/set-aside?kind=rejected', { key });
  expect(body.items).toMatchObject([{ reason: 'trace_too_long' }]);
});

test('a claim that cannot be begun within half of its lease is handed back as it was', async () => {
  const { db } = service.database;
  const tenant = await makeTenant(db, 'slow');
  const key = await tenant.key(['spans']);
  // A trace over the limit is a batch of its own.
  for (const [id, spans] of [
    [4, 4],
    [5, 1],
  ] as const)
    await send(key, trace(id, spans));
  let nowUs = 1_770_000_000_000_000n;
  const lines: string[] = [];
  await drain({ ...service.parts, nowUs: () => (nowUs += 20_000_000n) }, lines).run();
  expect(lines).toEqual([]);
  const due = await db.query('SELECT leased_until, failures FROM due_traces');
  expect(due.rows).toEqual([{ leased_until: null, failures: 0 }]);
  await service.settle();
  const { rows } = await db.query('SELECT revision FROM traces WHERE trace_id = ANY ($1) ORDER BY trace_id', [
    [4, 5].map((id) => id.toString(16).padStart(32, '0')),
  ]);
  expect(rows).toEqual([{ revision: 0 }, { revision: 1 }]);
});
