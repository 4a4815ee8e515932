import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { sendSpans, spanIdOf, traceIdOf, type SpanNote } from '../support/gen-ai-spans.ts';
import { startTestService, type TestService } from '../support/service.ts';

// An agent that lives on from trace to trace and reports all it has used so far: each trace is charged with its gain,
// whatever the order in which the traces come. Every order has a conversation and a ticket of its own.
let service: TestService;
let tenant: TestTenant;
let admin: string;
let spans: string;

const strands = (operation: string, session: string | null, counts: readonly [number, number] | null) => ({
  'gen_ai.system': 'strands-agents',
  'gen_ai.operation.name': operation,
  'gen_ai.agent.name': 'desk',
  'gen_ai.request.model': 'gpt-4o',
  ...(session === null ? {} : { 'session.id': session }),
  ...(counts === null
    ? {}
    : { 'gen_ai.usage.input_tokens': counts[0], 'gen_ai.usage.output_tokens': counts[1] }),
});

/** The total of an invocation that began `at` a second; the trace is named after its conversation. */
const invocation = (
  session: string,
  trace: string,
  at: number,
  counts: readonly [number, number],
): SpanNote => ({
  trace: `${session}${trace}`,
  id: trace,
  at: [at, at + 5],
  attributes: { ...strands('invoke_agent', session, counts), 'ticket.id': `T-${session}` },
});

// As of one agent: 100, 300 (200 more), then one that was made anew and had used 250 by the end.
const TOTALS = { a: [100, 10], b: [300, 30], c: [250, 40] } as const;
const WHEN = { a: 0, b: 10, c: 20 } as const;
type Trace = keyof typeof TOTALS;
const ORDERS: readonly (readonly Trace[])[] = [
  ['a', 'b'],
  ['b', 'a'],
  ['a', 'b', 'c'],
  ['a', 'c', 'b'],
  ['b', 'a', 'c'],
  ['b', 'c', 'a'],
  ['c', 'a', 'b'],
  ['c', 'b', 'a'],
];
/** Hexadecimal, so that it can begin the id of a trace. */
const sessionOf = (order: readonly Trace[]): string => `5${order.join('')}5`;

const export_ = (notes: readonly SpanNote[], name = 'desk') => ({
  service: name,
  scope: 'strands.telemetry.tracer',
  spans: notes,
});

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  tenant = await makeTenant(service.database.db, 'acme');
  admin = await tenant.key(['admin']);
  spans = await tenant.key(['spans']);
  await service.api.call('/v1/price-books', {
    key: admin,
    body: {
      book: 'house',
      source: 'test',
      format: 'rows',
      rows: [
        { provider: 'openai', model: 'gpt-4o', prices: { in_uncached: '1000000', out_text: '2000000' } },
      ],
    },
  });
});
afterAll(() => service.stop());

/** What the ticket is charged: the span, why, what, and since which total. */
async function charged(session: string): Promise<unknown[]> {
  const { status, body } = await service.api.call(`/v1/work-items/ticket/T-${session}/cost`, { key: admin });
  expect(status).toBe(200);
  return body.lines.map(({ step, amount }: any) => [
    step.traceId,
    step.roleReason,
    step.tokens,
    amount,
    step.increaseSince,
  ]);
}

const WHOLE = 'sole_carrier: totals of calls that left no usage of their own';
const GAIN = 'sole_carrier_increase: what the running total gained since the total before it';
const ANEW =
  'sole_carrier_anew: a running total that fell since the total before it: an agent made anew, billed whole';
const line = (trace: string, why: string, counts: readonly [number, number], since: string | null = null) => [
  traceIdOf(trace),
  why,
  { in_uncached: String(counts[0]), out_text: String(counts[1]) },
  ((counts[0] + 2 * counts[1]) / 1e6).toFixed(6).replace(/0+$/, ''),
  since === null ? null : { traceId: traceIdOf(since), spanId: spanIdOf(since.at(-1)!) },
];

test('two and three traces of one conversation, in every order, worked off after each', async () => {
  for (const place of [0, 1, 2]) {
    const notes = ORDERS.flatMap((order) => {
      const trace = order[place];
      return trace === undefined ? [] : [invocation(sessionOf(order), trace, WHEN[trace], TOTALS[trace])];
    });
    await sendSpans(service, spans, export_(notes));
    // What is sent again changes nothing.
    await sendSpans(service, spans, export_(notes.slice(0, 2)));
    await service.settle();
  }
  for (const order of ORDERS) {
    const session = sessionOf(order);
    const expected = [
      line(`${session}a`, WHOLE, [100, 10]),
      line(`${session}b`, GAIN, [200, 20], `${session}a`),
      line(`${session}c`, ANEW, [250, 40]),
    ];
    expect([order, await charged(session)]).toEqual([order, expected.slice(0, order.length)]);
  }
});

test('late pieces: the conversation, a call, an earlier total in a trace that was worked off before', async () => {
  const session = '5deed5';
  const root = (trace: string, at: number): SpanNote => ({
    trace: `${session}${trace}`,
    id: 'f',
    at: [at, at + 9],
    attributes: { 'session.id': session, 'http.method': 'POST' },
  });
  const inRoot = (note: SpanNote): SpanNote => {
    const { 'session.id': _session, ...attributes } = note.attributes;
    return { ...note, parent: 'f', attributes };
  };
  await sendSpans(
    service,
    spans,
    export_([inRoot(invocation(session, 'b', 11, [300, 30])), invocation(session, 'c', 21, [700, 50])]),
  );
  await service.settle();
  // Nothing says that the first is of the conversation.
  expect(await charged(session)).toEqual([
    line(`${session}b`, WHOLE, [300, 30]),
    line(`${session}c`, WHOLE, [700, 50]),
  ]);
  await sendSpans(service, spans, export_([root('b', 10)]));
  await service.settle();
  expect(await charged(session)).toEqual([
    line(`${session}b`, WHOLE, [300, 30]),
    line(`${session}c`, GAIN, [400, 20], `${session}b`),
  ]);
  await sendSpans(
    service,
    spans,
    export_([
      invocation(session, 'a', 0, [100, 10]),
      {
        trace: `${session}b`,
        id: 'd',
        parent: 'b',
        at: [12, 13],
        attributes: strands('chat', null, [200, 20]),
      },
    ]),
  );
  await service.settle();
  // The call is billed itself now, and the total over it is counted from all the same.
  expect(await charged(session)).toEqual([
    line(`${session}a`, WHOLE, [100, 10]),
    line(`${session}b`, 'only_witness: the only span that saw this call', [200, 20]),
    line(`${session}c`, GAIN, [400, 20], `${session}b`),
  ]);
});

test('without a conversation each is charged whole, and shown as doubtful', async () => {
  const notes = (['a', 'b'] as const).map((trace): SpanNote => ({
    ...invocation('50e5', trace, WHEN[trace], TOTALS[trace]),
    attributes: { ...strands('invoke_agent', null, TOTALS[trace]), 'ticket.id': 'T-50e5' },
  }));
  await sendSpans(service, spans, export_(notes, 'nameless'));
  await service.settle();
  expect(await charged('50e5')).toEqual([line('50e5a', WHOLE, TOTALS.a), line('50e5b', WHOLE, TOTALS.b)]);
  const { body } = await service.api.call('/v1/data-quality?from=2026-10-21&to=2026-10-22', { key: admin });
  const found = body.emitters.map((emitter: any) => [
    emitter.emitter.service,
    emitter.findings
      .filter(({ code }: any) => code.startsWith('running_total'))
      .map(({ code, spans: count }: any) => [code, count]),
  ]);
  expect(found).toEqual([
    ['desk', [['running_total', 15]]],
    ['nameless', [['running_total_unplaced', 2]]],
  ]);
  expect(await service.check(tenant.tenantId)).toEqual([]);
});
