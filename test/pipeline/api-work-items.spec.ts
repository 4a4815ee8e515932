import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { startTestService, type TestService } from '../support/service.ts';

// The whole way of one ticket: real OTLP in, the worker's steps, and what the API says about it.
let service: TestService;
let tenant: TestTenant;
let admin: string;
const traces = { failed: randomBytes(16).toString('hex'), good: randomBytes(16).toString('hex') };

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
});
const ns = (second: number) => `${1_792_540_800 + second}000000000`; // 2026-10-21T00:00:00Z
interface TestSpan {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly attributes: Record<string, string | number>;
}
const spans = (trace: string, list: readonly TestSpan[]) =>
  list.map((span) => ({
    traceId: trace,
    spanId: span.id.padStart(16, '0'),
    parentSpanId: span.parent?.padStart(16, '0'),
    name: span.name,
    kind: 3,
    startTimeUnixNano: ns(span.from),
    endTimeUnixNano: ns(span.to),
    attributes: Object.entries(span.attributes).map(([key, value]) => attribute(key, value)),
  }));
const call = (input: number, output: number, model = 'house-1') => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': model,
  'gen_ai.response.model': model,
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
});
const agent = (ticket: string) => ({
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.name': 'support',
  'ticket.id': ticket,
});

beforeAll(async () => {
  service = await startTestService();
  tenant = await makeTenant(service.database.db, 'acme');
  admin = await tenant.key(['admin']);
  await service.api.call('/v1/price-books', {
    key: admin,
    body: {
      book: 'house',
      source: 'contract 7',
      format: 'rows',
      rows: [
        { provider: 'openai', model: 'house-1', prices: { in_uncached: '3000000', out_text: '15000000' } },
      ],
    },
  });
  const spansKey = await tenant.key(['spans']);
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', 'desk')] },
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: [
              ...spans(traces.failed, [
                { id: 'a1', name: 'invoke_agent support', from: 0, to: 10, attributes: agent('8123') },
                { id: 'a2', parent: 'a1', name: 'chat house-1', from: 1, to: 3, attributes: call(2000, 300) },
              ]),
              ...spans(traces.good, [
                { id: 'b1', name: 'invoke_agent support', from: 100, to: 110, attributes: agent('8123') },
                {
                  id: 'b2',
                  parent: 'b1',
                  name: 'chat house-1',
                  from: 101,
                  to: 103,
                  attributes: call(2400, 500),
                },
                {
                  id: 'b3',
                  parent: 'b1',
                  name: 'execute_tool refund',
                  from: 104,
                  to: 105,
                  attributes: {
                    'gen_ai.operation.name': 'execute_tool',
                    'gen_ai.tool.name': 'refund',
                    'error.type': 'timeout',
                  },
                },
                {
                  id: 'b4',
                  parent: 'b1',
                  name: 'chat mystery',
                  from: 106,
                  to: 107,
                  attributes: call(10, 10, 'mystery-9'),
                },
              ]),
            ],
          },
        ],
      },
    ],
  };
  const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${spansKey}` },
    body: JSON.stringify(body),
  });
  if (answer.status !== 200) throw new Error(`the spans were answered with ${answer.status}`);
  const outcomes = [
    { id: 'o1', type: 'ticket.attempt_failed', time: '2026-10-21T00:00:30Z' },
    {
      id: 'o2',
      type: 'ticket.resolved',
      time: '2026-10-21T00:02:00Z',
      data: { value: { amount: '20', currency: 'USD' } },
    },
    { id: 'o3', type: 'ticket.resolved', subject: 'lonely', time: '2026-10-21T00:03:00Z' },
  ].map((event) => ({ specversion: '1.0', source: '/desk', subject: '8123', ...event }));
  await service.api.call('/v1/outcomes', { key: await tenant.key(['outcomes']), body: outcomes });
  await service.settle();
}, 120_000);
afterAll(() => service.stop());

const ask = (path: string) => service.api.call(path, { key: admin });

test('the books of the tenant hold', async () => {
  expect(await service.check(tenant.tenantId)).toEqual([]);
});

test('the state, the cost and the attempts of a work item', async () => {
  const { body } = await ask('/v1/work-items/ticket/8123');
  expect(body).toMatchObject({
    kind: 'ticket',
    key: '8123',
    phase: 'achieved',
    outcomeType: 'ticket.resolved',
    definition: 'ticket@0',
    value: { amount: '20', currency: 'USD' },
    events: 2,
    finalAt: '2026-10-21T00:02:00Z',
    cost: {
      attempts: 2,
      outcomes: 1,
      costUsd: '0.0252',
      directCostUsd: '0.0147',
      failedAttemptCostUsd: '0.0105',
      noOutcomeCostUsd: '0',
      unpricedCalls: 1,
      grade: 'incomplete',
      bound: 'lower',
    },
    attempts: [
      { placement: 'waste:retry', traces: [traces.failed], costUsd: '0.0105', calls: 1, workflow: 'support' },
      { placement: 'outcome', traces: [traces.good], costUsd: '0.0147', calls: 2, unpricedCalls: 1 },
    ],
    outcomes: [
      { id: 'o1', effect: 'attempt_failed' },
      { id: 'o2', effect: 'achieved' },
    ],
  });
});

test('every line of the explanation is quantity x price, and the lines sum to the figure', async () => {
  const { body } = await ask('/v1/work-items/ticket/8123/cost');
  expect(body).toMatchObject({ costUsd: '0.0252', lineCount: 2, unpricedCalls: 1, next: null });
  expect(body.lines[0]).toMatchObject({
    traceId: traces.failed,
    spanId: '00000000000000a2',
    account: '5300:waste:retry',
    amount: '0.0105',
    step: {
      kind: 'model_call',
      role: 'leaf',
      model: 'house-1',
      tokens: { in_uncached: '2000', out_text: '300' },
    },
    charge: {
      amount: '0.0105',
      provider: 'openai',
      price: { book: 'house', version: 1, model: 'house-1' },
      lines: [
        { class: 'in_uncached', quantity: '2000', price: '0.000003', amount: '0.006' },
        { class: 'out_text', quantity: '300', price: '0.000015', amount: '0.0045' },
      ],
    },
    links: [{ rule: 'ticket-id@0/span', scope: 'step', tier: 'E1' }],
  });
  for (const line of body.lines) {
    const posted = line.postings.reduce((sum: number, each: any) => sum + Number(each.amount) * 1e12, 0);
    expect(posted).toBe(Number(line.amount) * 1e12);
  }
  const paged = await ask('/v1/work-items/ticket/8123/cost?limit=1');
  const rest = await ask(`/v1/work-items/ticket/8123/cost?limit=1&cursor=${paged.body.next}`);
  expect([...paged.body.lines, ...rest.body.lines]).toEqual(body.lines);
});

test('the trail is every step in time, over all attempts', async () => {
  const { body } = await ask('/v1/work-items/ticket/8123/trail');
  expect(
    body.steps.map((s: any) => [s.n, s.attempt, s.kind, s.name, s.role, s.model, s.tool, s.costUsd, s.error]),
  ).toEqual([
    [1, 1, 'agent', 'invoke_agent support', expect.any(String), null, null, null, null],
    [2, 1, 'model_call', 'chat house-1', 'leaf', 'house-1', null, '0.0105', null],
    [3, 2, 'agent', 'invoke_agent support', expect.any(String), null, null, null, null],
    [4, 2, 'model_call', 'chat house-1', 'leaf', 'house-1', null, '0.0147', null],
    [5, 2, 'tool_call', 'execute_tool refund', 'none', null, 'refund', null, 'timeout'],
    [6, 2, 'model_call', 'chat mystery', 'leaf', 'mystery-9', null, null, null],
  ]);
  expect([body.stepCount, body.phase, body.attempts.length, body.outcomes.length]).toEqual([
    6,
    'achieved',
    2,
    2,
  ]);
});

test.each([
  'trail?size=3',
  'trail?as_of=2026-10-21T00:00:00Z',
  'waste?size=3',
  'waste?as_of=2026-10-21T00:00:00Z',
])('the past of %s is refused, not answered as of now', async (path) => {
  const { status, body } = await ask(`/v1/work-items/ticket/8123/${path}`);
  const told =
    'is answered as it stands now alone: it takes neither size nor as_of. What an item cost at a past size, with the ' +
    'steps that bore it, is told by its cost.';
  expect([status, body.errors]).toEqual([422, [{ field: /size|as_of/.exec(path)![0], message: told }]]);
});

test('work items are listed by kind, phase and time', async () => {
  const keys = async (query: string) =>
    (await ask(`/v1/work-items?${query}`)).body.items.map((item: any) => [item.key, item.cost.costUsd]);
  expect(await keys('')).toEqual([
    ['8123', '0.0252'],
    ['lonely', null],
  ]);
  expect(await keys('kind=ticket&phase=achieved&from=2026-10-21T00:02:30Z')).toEqual([['lonely', null]]);
  expect(await keys('phase=open')).toEqual([]);
  const first = await ask('/v1/work-items?limit=1');
  expect(await keys(`limit=1&cursor=${first.body.next}`)).toEqual([['lonely', null]]);
  expect((await ask('/v1/work-items/ticket/nothing')).status).toBe(404);
});

test('the worklists say what is missing; a price added later clears one and re-prices by a correcting entry', async () => {
  const unpriced = await ask('/v1/set-aside?kind=unpriced');
  expect(unpriced.body.groups).toMatchObject([
    { reason: 'unknown_model', model: 'mystery-9', entries: 1, calls: 1 },
  ]);
  expect((await ask('/v1/set-aside?kind=unmatched_outcome')).body.items).toMatchObject([
    { reason: 'no_spend' },
  ]);
  const csv = 'provider,model,input_per_million,output_per_million\nopenai,mystery-9,1,2\n';
  const added = await service.api.call('/v1/price-books?book=late&source=list', {
    key: admin,
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  expect([added.status, added.body.version]).toMatchObject([201, { book: 'late', version: 1, rowCount: 1 }]);
  await service.settle();
  const { body } = await ask('/v1/work-items/ticket/8123');
  expect(body.cost).toMatchObject({ costUsd: '0.02523', unpricedCalls: 0, grade: 'metered' });
  expect(body.cost.bound).toBeUndefined();
  expect((await ask('/v1/set-aside?kind=unpriced')).body).toMatchObject({ groups: [], items: [] });
  expect((await ask('/v1/set-aside?kind=unpriced&cleared=true')).body.items).toHaveLength(1);
  expect(await service.check(tenant.tenantId)).toEqual([]);
});

test('the ledger balances, and shows its transactions', async () => {
  const { body } = await ask('/v1/ledger/trial-balance?from=2026-10-21&to=2026-10-22');
  expect(body.totals).toEqual([
    {
      currency: 'OUT.ticket.resolved',
      debit: expect.any(String),
      credit: expect.any(String),
      isBalanced: true,
    },
    { currency: 'USD', debit: expect.any(String), credit: expect.any(String), isBalanced: true },
    { currency: 'VAL.USD', debit: '20', credit: '20', isBalanced: true },
  ]);
  const balances = Object.fromEntries(
    (await ask('/v1/ledger/accounts')).body.items.map((each: any) => [each.account, each.balance]),
  );
  expect(balances).toMatchObject({
    '2000:accrued:openai:2026-10': '-0.02523',
    '5200:outcome': '0.01473',
    '5300:waste:retry': '0.0105',
  });
  const transactions = await ask(`/v1/ledger/transactions?trace=${traces.good}`);
  for (const transaction of transactions.body.items) {
    const sum = transaction.entries.reduce(
      (total: bigint, e: any) => total + BigInt(Math.round(Number(e.amount) * 1e12)),
      0n,
    );
    expect(sum).toBe(0n);
  }
  expect(transactions.body.items.length).toBeGreaterThan(0);
});

test('the report says the same', async () => {
  const { body } = await ask('/v1/reports/cost-per-outcome?from=2026-10-21&to=2026-10-22&group_by=workflow');
  expect(body.total).toMatchObject({ workItems: 2, outcomes: 2, costUsd: '0.02523', unmatchedOutcomes: 1 });
  expect(body.tieOut).toMatchObject({ meteredUsd: '0.02523', inScopeUsd: '0.02523', exclusions: [] });
});
