import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTenant } from '../support/api.ts';
import { sendSpans } from '../support/gen-ai-spans.ts';
import { startTestService, type TestService } from '../support/service.ts';

// Emitters that leave usage, prices or costs out, and every answer of the API about their work: money that nobody knows
// is null or a lower bound, and never 0.
let service: TestService;
let admin: string;

const chat = (more: Record<string, string | number>) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'house-1',
  ...more,
});
const counted = chat({ 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 0 });
/** A ticket each, with what its calls say. */
const TICKETS: Readonly<Record<string, readonly Record<string, string | number>[]>> = {
  known: [counted],
  silent: [chat({})],
  zeros: [
    chat({
      'gen_ai.usage.input_tokens': 0,
      'gen_ai.usage.output_tokens': 0,
      'gen_ai.response.finish_reasons': '["stop"]',
    }),
  ],
  malformed: [chat({ 'gen_ai.usage.input_tokens': '12.5', 'gen_ai.usage.output_tokens': 3 })],
  unpriced: [chat({ ...counted, 'gen_ai.request.model': 'mystery-9' })],
  cut: [chat({ 'gen_ai.usage.input_tokens': 1000 })],
  sampled: [{ ...counted, 'gen_ai.operation.name': 'invoke_agent', 'sampling.probability': 0.5 }],
  sampledPartly: [
    counted,
    { ...counted, 'gen_ai.operation.name': 'invoke_agent', 'sampling.probability': 0.5 },
  ],
  partly: [counted, chat({}), chat({ ...counted, 'gen_ai.request.model': 'mystery-9' })],
};

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  const tenant = await makeTenant(service.database.db, 'acme');
  admin = await tenant.key(['admin']);
  await service.api.call('/v1/price-books', {
    key: admin,
    body: {
      book: 'house',
      source: 'test',
      format: 'rows',
      rows: [
        { provider: 'openai', model: 'house-1', prices: { in_uncached: '1000000', out_text: '2000000' } },
      ],
    },
  });
  await sendSpans(
    service,
    await tenant.key(['spans']),
    ...Object.entries(TICKETS).map(([ticket, calls], index) => ({
      service: ticket,
      scope: 'sdk',
      spans: [
        {
          trace: `f${index}`,
          id: 'a0',
          attributes: {
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.agent.name': ticket,
            'ticket.id': ticket,
          },
        },
        ...calls.map((attributes, n) => ({
          trace: `f${index}`,
          id: `b${n}`,
          parent: 'a0',
          at: [1 + n, 2 + n] as const,
          attributes,
        })),
      ],
    })),
  );
  const events = Object.keys(TICKETS).map((ticket) => ({
    specversion: '1.0',
    id: ticket,
    source: '/desk',
    type: 'ticket.resolved',
    subject: ticket,
    time: '2026-10-21T01:00:00Z',
  }));
  await service.api.call('/v1/outcomes', { key: await tenant.key(['outcomes']), body: events });
  await service.settle();
}, 120_000);
afterAll(() => service.stop());

const ask = async (path: string): Promise<any> => {
  const answer = await service.api.call(path, { key: admin });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};

/** Every figure in dollars of an answer with the way to it. */
function moneyIn(value: unknown, way = ''): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => moneyIn(item, `${way}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]): [string, unknown][] =>
    name.endsWith('Usd') && (typeof item === 'string' || item === null)
      ? [[`${way}.${name}`, item]]
      : moneyIn(item, `${way}.${name}`),
  );
}

const UNKNOWN = ['silent', 'zeros', 'malformed', 'unpriced', 'sampled'];

test.each(UNKNOWN)('the work item %s costs nobody knows what', async (ticket) => {
  const item = await ask(`/v1/work-items/ticket/${ticket}`);
  expect(item.cost).toMatchObject({
    costUsd: null,
    directCostUsd: null,
    costPerOutcomeUsd: null,
    grade: 'incomplete',
  });
  // Nothing is pending and no other cost line was booked: 0 is known there.
  const isKnown = /\.pending\.|\.costLinesUsd$|\.usedOverheadUsd$/;
  expect(moneyIn(item).filter(([way, money]) => money === '0' && !isKnown.test(way))).toEqual([]);
  const cost = await ask(`/v1/work-items/ticket/${ticket}/cost`);
  expect([cost.lines, cost.unpricedCalls + cost.callsWithoutUsage]).toEqual([[], 1]);
  expect(moneyIn(cost)).toEqual([['.costUsd', null]]);
  const trail = await ask(`/v1/work-items/ticket/${ticket}/trail`);
  expect(moneyIn(trail).filter(([, money]) => money === '0')).toEqual([]);
});

test.each([
  ['partly', 1, 1],
  ['cut', 1, 0],
  ['sampledPartly', 0, 1],
])(
  'a work item of which a part is unknown (%s) costs at least what is known',
  async (ticket, unpriced, missing) => {
    const item = await ask(`/v1/work-items/ticket/${ticket}`);
    expect(item.cost).toMatchObject({ costUsd: '0.001', grade: 'incomplete', bound: 'lower' });
    const cost = await ask(`/v1/work-items/ticket/${ticket}/cost`);
    expect([cost.costUsd, cost.unpricedCalls, cost.callsWithoutUsage]).toEqual(['0.001', unpriced, missing]);
  },
);

test('the report has no 0 where nothing is known, and lower bounds where a part is', async () => {
  const { rows, total } = await ask('/v1/reports/cost-per-outcome?group_by=agent');
  expect(
    rows.map((row: any) => [
      row.group.agent,
      row.costUsd,
      row.costPerOutcomeUsd,
      row.grade,
      row.bound ?? null,
    ]),
  ).toEqual([
    ['cut', '0.001', '0.001', 'incomplete', 'lower'],
    ['known', '0.001', '0.001', 'metered', null],
    ['malformed', null, null, 'incomplete', null],
    ['partly', '0.001', '0.001', 'incomplete', 'lower'],
    ['sampled', null, null, 'incomplete', null],
    ['sampledPartly', '0.001', '0.001', 'incomplete', 'lower'],
    ['silent', null, null, 'incomplete', null],
    ['unpriced', null, null, 'incomplete', null],
    ['zeros', null, null, 'incomplete', null],
  ]);
  expect([total.costUsd, total.grade, total.bound]).toEqual(['0.004', 'incomplete', 'lower']);
});

test('a cost nobody reported is null, not 0', async () => {
  const { rows, total } = await ask('/v1/reports/reported-cost');
  expect(rows).toEqual([]);
  expect(total).toMatchObject({
    calls: 0,
    reportedUsd: null,
    compared: { reportedUsd: null, computedUsd: null },
  });
});

test('data quality names each emitter that leaves something out', async () => {
  const { emitters } = await ask('/v1/data-quality');
  const graver = (each: any): string[] =>
    each.findings.filter(({ severity }: any) => severity === 'action').map(({ code }: any) => code);
  expect(Object.fromEntries(emitters.map((each: any) => [each.emitter.service, graver(each)]))).toEqual({
    cut: [],
    known: [],
    malformed: ['count_malformed', 'usage_rejected'],
    partly: ['unknown_model', 'usage_missing'],
    sampled: ['sampled'],
    sampledPartly: ['sampled'],
    silent: ['usage_missing'],
    unpriced: ['unknown_model'],
    zeros: ['usage_missing', 'usage_zero_with_output'],
  });
});

test('a work item that no agent was seen at costs nobody knows what', async () => {
  const event = {
    specversion: '1.0',
    id: 'unseen',
    source: '/desk',
    type: 'ticket.resolved',
    subject: 'unseen',
  };
  await service.api.call('/v1/outcomes', { key: admin, body: [event] });
  await service.settle();
  const item = await ask('/v1/work-items/ticket/unseen');
  const cost = await ask('/v1/work-items/ticket/unseen/cost');
  expect([item.cost.costUsd, cost.costUsd, cost.lines]).toEqual([null, null, []]);
});

test('names that cannot be stored as they are keep no cost from the books', async () => {
  const names = [
    'gen_ai.agent.name',
    'gen_ai.workflow.name',
    'gen_ai.conversation.id',
    'gen_ai.response.id',
    'request_id',
    'gen_ai.response.model',
  ];
  const nul = (what: string): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, `${what}, a name with \0 in it`]));
  const spans = [
    { ...counted, ...nul('known'), 'gen_ai.response.model': 'house-1', 'ticket.id': 'nul' },
    { ...counted, 'session.id': 's'.repeat(20_000), 'ticket.id': 'endless' },
    { ...counted, ...nul('unpriced'), 'gen_ai.request.model': 'mystery \0', 'ticket.id': 'unpriced-nul' },
  ].map((attributes, index) => ({ trace: `e${index}`, id: `e${index}`, attributes }));
  await sendSpans(service, admin, { service: 'a\0b', scope: 'sdk', spans });
  await service.settle();
  const costs = await Promise.all(
    ['nul', 'endless', 'unpriced-nul'].map(async (key) => {
      const { cost } = await ask(`/v1/work-items/ticket/${key}`);
      return [key, cost.costUsd, cost.unpricedCalls];
    }),
  );
  expect(costs).toEqual([
    ['nul', '0.001', 0],
    ['endless', '0.001', 0],
    ['unpriced-nul', null, 1],
  ]);
});

test('a work item whose calls are all billed elsewhere says so', async () => {
  const seen = (ticket: string, second: number) => ({
    trace: `f${second}`,
    id: `f${second}`,
    at: [second, second + 1] as const,
    attributes: { ...counted, 'gen_ai.response.id': 'chatcmpl-bought-once', 'ticket.id': ticket },
  });
  await sendSpans(service, admin, {
    service: 'cached',
    scope: 'sdk',
    spans: [seen('first', 1), seen('again', 5)],
  });
  await service.settle();
  const costs = await Promise.all(
    ['first', 'again'].map(async (key) => {
      const cost = await ask(`/v1/work-items/ticket/${key}/cost`);
      return [key, cost.costUsd, cost.lineCount, cost.callsBilledElsewhere];
    }),
  );
  expect(costs).toEqual([
    ['first', '0.001', 1, 0],
    ['again', null, 0, 1],
  ]);
});
