// Goal: any figure of the report leads to the work items that sum to it, and a change of it is told by what was posted.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closeMonth } from '../support/close-month.ts';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let desk: Desk;
let before = 0;
let repriced = 0;

const RANGE = 'from=2026-10-01&to=2026-11-01';
const explain = async (query: string) => (await desk.call(`/v1/explain?${query}`)).body;

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  desk = await Desk.begin(service, 'explain');
  // $3 for a million tokens.
  await desk.price('3');
  await desk.send({ id: 'a', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 1000 });
  await desk.send({ id: 'b', ticket: 'T2', at: '2026-10-05T11:00:00Z', inputTokens: 2000 });
  await desk.send({ id: 'c', ticket: 'T3', at: '2026-10-05T12:00:00Z', inputTokens: 4000 });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-10-06T10:00:00Z' });
  await desk.tell({ id: '2', ticket: 'T2', verb: 'failed', at: '2026-10-06T10:00:00Z' });
  before = await desk.settle();
  // $5 for a million tokens: T1 and T2 are re-priced.
  await desk.price('5');
  repriced = await desk.settle();
  // A late attempt at T1; T3 comes into the figure, T2 leaves it.
  await desk.send({ id: 'd', ticket: 'T1', at: '2026-10-04T10:00:00Z', inputTokens: 700 });
  await desk.tell({ id: '3', ticket: 'T3', verb: 'resolved', at: '2026-10-08T10:00:00Z' });
  await desk.tell({ id: '4', ticket: 'T2', verb: 'reopened', at: '2026-10-08T10:00:00Z' });
  await desk.settle();
});
afterAll(() => service.stop());

const item = (key: string, phase: string, attempts: number, costUsd: string, directCostUsd: string) => ({
  kind: 'ticket',
  key,
  phase,
  attempts,
  calls: attempts,
  unpricedCalls: 0,
  callsWithoutUsage: 0,
  costUsd,
  directCostUsd,
  href: `/v1/work-items/ticket/${key}/cost`,
});

/** The same item as a past size tells it. */
const at = (size: number, told: ReturnType<typeof item>) => ({ ...told, href: `${told.href}?size=${size}` });

test('the items of the total, the costliest first; each leads to its own explanation', async () => {
  const total = await explain(RANGE);
  expect(total).toEqual({
    view: 'settled',
    group: {},
    size: null,
    workItems: 2,
    outcomes: 2,
    costUsd: '0.0285',
    directCostUsd: '0.025',
    failedAttemptCostUsd: '0.0035',
    noOutcomeCostUsd: '0',
    items: [item('T3', 'achieved', 1, '0.02', '0.02'), item('T1', 'achieved', 2, '0.0085', '0.005')],
    next: null,
    change: null,
  });
  const report = (await desk.call(`/v1/reports/cost-per-outcome?${RANGE}`)).body;
  expect([report.total.costUsd, report.total.directCostUsd]).toEqual([total.costUsd, total.directCostUsd]);
  const costs = await Promise.all(
    total.items.map(async ({ href }: { href: string }) => (await desk.call(href)).body),
  );
  expect(costs.map(({ costUsd, lines }) => [costUsd, lines.length])).toEqual([
    ['0.02', 1],
    ['0.0085', 2],
  ]);
});

test('a row of it, page by page', async () => {
  const cell = encodeURIComponent(JSON.stringify(['2026-10-06']));
  const query = `${RANGE}&group_by=day&cell=${cell}&size=${before}&limit=1`;
  const first = await explain(query);
  expect(first).toMatchObject({
    group: { day: '2026-10-06' },
    size: before,
    workItems: 2,
    outcomes: 1,
    costUsd: '0.009',
    directCostUsd: '0.003',
    noOutcomeCostUsd: '0.006',
    items: [at(before, item('T2', 'failed', 1, '0.006', '0'))],
  });
  const second = await explain(`${query}&cursor=${first.next}`);
  expect([second.items, second.next]).toEqual([
    [at(before, item('T1', 'achieved', 1, '0.003', '0.003'))],
    null,
  ]);
});

test('why it differs from what was known: by code, and by who came and went; the parts sum to the pico', async () => {
  const { change } = await explain(`${RANGE}&against_size=${before}`);
  expect(change).toEqual({
    size: before,
    beforeUsd: '0.009',
    afterUsd: '0.0285',
    differenceUsd: '0.0195',
    codes: [
      { code: 'C100', amountUsd: '0.0035', transactions: 1, causes: ['spans'] },
      { code: 'C400', amountUsd: '0.002', transactions: 1, causes: [expect.stringContaining('price.book')] },
    ],
    entered: { items: 1, amountUsd: '0.02' },
    left: { items: 1, amountUsd: '0.006' },
    betweenGroupsUsd: '0',
  });
  const past = await explain(`${RANGE}&size=${repriced}&against_size=${before}`);
  expect(past.change).toMatchObject({
    beforeUsd: '0.009',
    afterUsd: '0.015',
    codes: [{ code: 'C400', amountUsd: '0.006', transactions: 2 }],
    entered: { items: 0 },
    left: { items: 0 },
  });
});

test('what is behind a figure of the past is its calls as they were priced then', async () => {
  const then = await explain(`${RANGE}&size=${before}`);
  expect(then.items.map(({ key, costUsd }: any) => [key, costUsd])).toEqual([
    ['T2', '0.006'],
    ['T1', '0.003'],
  ]);
  const answers = await Promise.all(
    then.items.map(async ({ href }: { href: string }) => (await desk.call(href)).body),
  );
  const told = (cost: any) => ({
    ...cost,
    lines: cost.lines.map(({ amount, account, charge, postings }: any) => ({
      amount,
      account,
      tokens: charge.lines,
      posted: postings.map(({ code }: any) => code),
    })),
    outcomes: cost.outcomes.map(({ verb }: any) => verb),
  });
  const line = (tokens: string, amount: string, account: string) => ({
    amount,
    account,
    tokens: [
      { class: 'in_uncached', quantity: tokens, price: '0.000003', amount, priceId: expect.any(String) },
    ],
    posted: ['C100'],
  });
  const cost = {
    kind: 'ticket',
    size: before,
    lineCount: 1,
    unpricedCalls: 0,
    callsWithoutUsage: 0,
    callsBilledElsewhere: 0,
    candidates: [],
    decisions: [],
    linkHistory: null,
    next: null,
  };
  expect(answers.map(told)).toEqual([
    {
      ...cost,
      key: 'T2',
      costUsd: '0.006',
      lines: [line('2000', '0.006', '5300:waste:failed')],
      outcomes: ['failed'],
    },
    {
      ...cost,
      key: 'T1',
      costUsd: '0.003',
      lines: [line('1000', '0.003', '5200:outcome')],
      outcomes: ['resolved'],
    },
  ]);
});

test.each([
  ['T1/cost?size=1000000', 422, 'size'],
  ['T1/cost?size=none', 400, 'size'],
  ['T1/cost?size=5&as_of=2026-10-01', 422, 'as_of'],
  ['T1/cost?as_of=2001-01-01', 422, 'as_of'],
  ['T1/cost?size=1', 404, 'knows no work item ticket T1'],
  ['T9/cost', 404, 'there is no work item ticket T9'],
])('the cost of %s is answered with %i, naming %s', async (path, status, names) => {
  const answer = await desk.call(`/v1/work-items/ticket/${path}`);
  expect({ status: answer.status, names: JSON.stringify(answer.body).includes(names) }).toEqual({
    status,
    names: true,
  });
});

test.each([
  ['currency=EUR', 422, 'currency'],
  ['basis=reported', 422, 'to'],
  [`basis=reported&${RANGE}&size=1`, 422, 'basis'],
  ['groupby=workflow', 400, 'groupby is no parameter here: there are view, from, to, group_by, '],
  ['cell=["x"]&group_by=workflow', 404, 'cell'],
  ['cell=["x"]', 400, 'cell'],
  ['cell=x&group_by=workflow', 400, 'cell'],
  ['view=other', 400, 'view'],
  ['against_size=1000000', 422, 'size'],
])('%s is answered with %i, naming %s', async (query, status, field) => {
  const answer = await desk.call(`/v1/explain?${query}`);
  expect({ status: answer.status, names: JSON.stringify(answer.body).includes(field) }).toEqual({
    status,
    names: true,
  });
});

test('a row of a period by call model leads to its charges, call by call; the pages sum to it', async () => {
  const query = `view=period&${RANGE}&group_by=call_model&cell=${encodeURIComponent('["desk-model"]')}`;
  const { body: report } = await desk.call(
    `/v1/reports/cost-per-outcome?view=period&${RANGE}&group_by=call_model`,
  );
  const whole = await explain(query);
  expect(whole).toMatchObject({
    view: 'period',
    group: { call_model: 'desk-model' },
    size: null,
    costUsd: '0.0385',
    byPlace: { outcome: '0.025', retry: '0.0035', inProgress: '0.01' },
    next: null,
    change: null,
  });
  expect(whole.costUsd).toBe(report.rows[0].costUsd);
  expect(
    whole.charges.map(({ costUsd, account, workItem, day, href }: any) => [
      costUsd,
      account,
      workItem.key,
      day,
      href,
    ]),
  ).toEqual([
    ['0.02', '5200:outcome', 'T3', '2026-10-05', '/v1/work-items/ticket/T3/cost'],
    ['0.01', '5100:work', 'T2', '2026-10-05', '/v1/work-items/ticket/T2/cost'],
    ['0.005', '5200:outcome', 'T1', '2026-10-05', '/v1/work-items/ticket/T1/cost'],
    ['0.0035', '5300:waste:retry', 'T1', '2026-10-04', '/v1/work-items/ticket/T1/cost'],
  ]);
  // The price rows in force now, not those of before.
  const prices = new Set(whole.charges.flatMap(({ priceIds }: any) => priceIds));
  expect([prices.size, whole.charges.every(({ priceIds }: any) => priceIds.length === 1)]).toEqual([1, true]);

  const pages = [];
  for (let cursor = ''; ;) {
    const page = await explain(`${query}&limit=1${cursor}`);
    pages.push(...page.charges);
    if (page.next === null) break;
    cursor = `&cursor=${page.next}`;
  }
  expect(pages).toEqual(whole.charges);
});

test('why the charges of a period differ from what was known: by code, to the pico', async () => {
  const query = `view=period&${RANGE}&group_by=call_model&cell=${encodeURIComponent('["desk-model"]')}`;
  const { change } = await explain(`${query}&against_size=${before}`);
  expect(change).toMatchObject({
    size: before,
    beforeUsd: '0.021',
    afterUsd: '0.0385',
    differenceUsd: '0.0175',
    betweenGroupsUsd: '0',
  });
  const moved = change.codes.filter(({ amountUsd }: any) => amountUsd !== '0');
  expect(moved.map(({ code, amountUsd }: any) => [code, amountUsd])).toEqual([
    ['C100', '0.0035'],
    ['C400', '0.014'],
  ]);
  // The figure of then, against itself of before: only the price.
  const then = await explain(`${query}&size=${repriced}&against_size=${before}`);
  expect(then.change).toMatchObject({ beforeUsd: '0.021', afterUsd: '0.035', differenceUsd: '0.014' });
  expect(then.change.codes).toMatchObject([{ code: 'C400', amountUsd: '0.014' }]);
  expect(then.charges.map(({ costUsd }: any) => costUsd)).toEqual(['0.02', '0.01', '0.005']);
  const none = await desk.call(`/v1/explain?view=period&${RANGE}&group_by=call_model&cell=["other"]`);
  expect([none.status, none.body.errors[0].field]).toEqual([404, 'cell']);
});

test('a figure as reported at a close is explained by the books of the close, whatever came later', async () => {
  const { size } = await closeMonth(desk, '2026-10');
  await desk.tell({ id: '5', ticket: 'T1', verb: 'reopened', at: '2026-10-20T10:00:00Z' });
  await desk.settle();
  for (const [view, figure, item] of [
    ['settled', '0.0285', 'T1'],
    ['period', '0.0385', 'T1'],
  ] as const) {
    const asked = `view=${view}&${RANGE}&group_by=outcome_type&basis=reported`;
    const { body: report } = await desk.call(`/v1/reports/cost-per-outcome?${asked}`);
    const reported = await explain(asked);
    expect([reported.size, reported.costUsd]).toEqual([size, report.total.costUsd]);
    expect(reported.costUsd).toBe(figure);
    expect(JSON.stringify(reported)).toContain(item);
    expect(JSON.stringify(reported)).toContain(`/cost?size=${size}`);
  }
  expect((await explain(RANGE)).costUsd).toBe('0.02');
});
