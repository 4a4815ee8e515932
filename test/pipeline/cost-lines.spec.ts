// Goal: what is paid beside the calls of agents stands at the work item, whatever the order it is told in, and only
// the loaded figures hold it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClaimsOffice } from '../support/claims-office.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const begin = () => ClaimsOffice.begin(service, 'prov,m,,,1,1,1,USD');
const line = (id: string, claim: string, rest: object) => ({
  source: '/desk',
  id,
  workItem: { kind: 'claim', key: claim },
  kind: 'human',
  occurredAt: '2025-10-03T10:00:00Z',
  ...rest,
});
const RATES = {
  name: 'labour_rates',
  validFrom: '2025-01-01T00:00:00Z',
  rule: { rates: [{ role: 'adjuster', currency: 'USD', amountPerHour: '30' }] },
};
const RAISE = {
  ...RATES,
  validFrom: '2025-10-01T00:00:00Z',
  rule: { rates: [{ role: 'adjuster', currency: 'USD', amountPerHour: '60' }] },
};
const MINUTES = { quantity: '6', unit: 'minute', role: 'adjuster' };

test('[T2.8] the true cost of a success: (84 + 9 + 12 + 15) / 70 = $1.714286', async () => {
  const office = await begin();
  const day = '2025-10-03';
  const calls: Promise<void>[] = [];
  for (let n = 0; n < 70; n += 1)
    calls.push(
      office.call({ id: `s${n}`, claims: [`C${n}`], at: `${day}T10:00:00Z`, input: 1_200_000, output: 0 }),
    );
  for (let n = 0; n < 9; n += 1)
    calls.push(
      office.call({ id: `f${n}`, claims: [`C${n}`], at: `${day}T09:00:00Z`, input: 1_000_000, output: 0 }),
    );
  for (let n = 70; n < 82; n += 1)
    calls.push(
      office.call({ id: `o${n}`, claims: [`C${n}`], at: `${day}T10:00:00Z`, input: 1_000_000, output: 0 }),
    );
  await Promise.all(calls);
  const events = Array.from({ length: 82 }, (_, n) => ({
    specversion: '1.0',
    id: `e${n}`,
    source: '/desk',
    type: n < 70 ? 'claim.processed' : 'claim.failed',
    subject: `C${n}`,
    time: `${day}T12:00:00Z`,
    data: {},
  }));
  await office.post('/v1/outcomes', events, 'application/cloudevents-batch+json');
  const lines = Array.from({ length: 15 }, (_, n) =>
    line(`fix ${n}`, `C${n}`, { amount: { amount: '1', currency: 'USD' } }),
  );
  await office.post('/v1/cost-lines', { lines });
  await office.settle();
  const { body } = await office.ask('/v1/reports/cost-per-outcome');
  expect(body.total).toMatchObject({
    outcomes: 70,
    directCostUsd: '84',
    failedAttemptCostUsd: '9',
    noOutcomeCostUsd: '12',
    costUsd: '105',
    costPerOutcomeUsd: '1.5',
    costLinesUsd: '15',
    loadedCostUsd: '120',
    loadedCostPerOutcomeUsd: '1.714285714286',
    loadedGrade: 'metered',
    grade: 'metered',
  });
  expect(body.tieOut).toMatchObject({ meteredUsd: '105', inScopeUsd: '105', exclusions: [] });
});

/** What moves the figures of a claim; each test does them in every order. */
type Action = (office: ClaimsOffice) => Promise<unknown>;
const call: Action = (office) =>
  office.call({ id: 'a', claims: ['C1'], at: '2025-10-03T09:00:00Z', input: 1_000_000, output: 0 });
const processed: Action = (office) => office.tell('processed', 'C1', '2025-10-03T12:00:00Z');
const rates: Action = (office) => office.post('/v1/policies', RATES);
const minutes: Action = (office) => office.post('/v1/cost-lines', { lines: [line('m', 'C1', MINUTES)] });
const corrected: Action = (office) =>
  office.post('/v1/cost-lines', {
    lines: [line('m2', 'C1', { ...MINUTES, quantity: '9', supersedes: 'm' })],
  });
const fee: Action = (office) =>
  office.post('/v1/cost-lines', {
    lines: [
      line('fee', 'C1', {
        kind: 'tool_fee',
        billedBy: 'registry',
        quantity: '2',
        unit: 'lookup',
        rate: { amount: '0.25', currency: 'USD' },
        occurredAt: '2025-10-03T13:00:00Z',
      }),
    ],
  });

function* permutations<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield [];
  for (const [index, first] of list.entries())
    for (const rest of permutations(list.toSpliced(index, 1))) yield [first, ...rest];
}

test('any order of a call, its outcome, minutes, their correction and the rate gives the same', async () => {
  const orders = [...permutations([call, processed, minutes, corrected, rates])].filter(
    (_, n) => n % 11 === 0,
  );
  for (const order of orders) {
    const office = await begin();
    for (const action of order) {
      await action(office);
      await service.settle();
    }
    // Told again, it changes nothing.
    await minutes(office);
    await office.settle();
    expect(await office.cost()).toEqual({
      '2000:accrued:prov:2025-10': '-1',
      '2800:imputed:/desk': '-4.5',
      '5200:outcome C1': '1',
      '5210:outcome:human C1': '4.5',
    });
  }
}, 60_000);

/** A version told later replaces what it is valid for, so the order of versions is part of what is said. */
test.each<[string, readonly [object, object], string]>([
  ['a raise', [RATES, RAISE], '6'],
  ['an earlier start, told after a later one', [RAISE, RATES], '3'],
])('minutes cost the same whenever they are told: %s', async (_, [first, second], cost) => {
  const tell =
    (rule: object): Action =>
    (office) =>
      office.post('/v1/policies', rule);
  for (const order of [
    [minutes, tell(first), tell(second)],
    [tell(first), minutes, tell(second)],
    [tell(first), tell(second), minutes],
  ]) {
    const office = await begin();
    for (const action of order) {
      await action(office);
      await service.settle();
    }
    await office.settle();
    expect(await office.cost()).toEqual({ '2800:imputed:/desk': `-${cost}`, '5110:work:human C1': cost });
  }
});

test('the state of the item places its lines; a fee that is billed is owed to who bills it', async () => {
  const office = await begin();
  for (const action of [call, minutes, fee, rates]) await action(office);
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-1',
    '2010:accrued_lines:registry:2025-10': '-0.5',
    '2800:imputed:/desk': '-3',
    '5100:work C1': '1',
    '5110:work:human C1': '3',
    '5110:work:tool_fee C1': '0.5',
  });
  await processed(office);
  await office.settle();
  expect(await office.cost()).toMatchObject({
    '5210:outcome:human C1': '3',
    '5310:waste:tool_fee:after_outcome C1': '0.5',
  });
  const { body } = await office.ask('/v1/reports/cost-per-outcome?group_by=workflow');
  expect(body.rows).toMatchObject([
    {
      group: { workflow: 'claims' },
      costUsd: '1',
      grade: 'metered',
      costLinesUsd: '3.5',
      loadedCostUsd: '4.5',
      loadedCostPerOutcomeUsd: '4.5',
      loadedGrade: 'assumed',
      humanMinutes: '6',
      unpricedLines: 0,
    },
  ]);
  const explained = await office.ask('/v1/work-items/claim/C1/cost');
  expect([explained.status, explained.body.costUsd]).toEqual([200, '1']);
  const { body: accounts } = await office.ask('/v1/ledger/accounts');
  const shown = accounts.items.map(({ account, currency, balance, meaning }: any) => [
    account,
    currency,
    balance,
    meaning,
  ]);
  expect(shown).toEqual(
    expect.arrayContaining([
      [
        'V100:achieved',
        'OUT.claim.processed',
        '1',
        'business results that stand: counts (OUT.*) and values (VAL.*)',
      ],
      ['5210:outcome:human', 'USD', '3', 'cost lines of work items that achieved their outcome'],
    ]),
  );
  expect(accounts.chart.map(({ number }: any) => number)).toContain('2800');
  expect(accounts.codes).toHaveLength(17);
  const trial = await office.ask('/v1/ledger/trial-balance');
  expect(trial.body.totals.map(({ isBalanced }: any) => isBalanced)).toEqual([true, true]);
  const period = await office.ask('/v1/reports/cost-per-outcome?view=period&from=2025-10-01&to=2025-11-01');
  expect(period.body.total).toMatchObject({ costUsd: '1', loadedCostUsd: '4.5', costLinesUsd: '3.5' });
  await office.tell('failed', 'C1', '2025-10-04T12:00:00Z');
  await office.settle();
  expect(await office.cost()).toMatchObject({
    '5310:waste:human:reopened C1': '3',
    '5310:waste:tool_fee:reopened C1': '0.5',
  });
});

test('without a rate minutes are counted and not priced: the loaded figure is incomplete, not less', async () => {
  const office = await begin();
  for (const action of [call, minutes, processed]) await action(office);
  await office.settle();
  const { body } = await office.ask('/v1/reports/cost-per-outcome');
  expect(body.total).toMatchObject({
    costUsd: '1',
    grade: 'metered',
    loadedCostUsd: '1',
    loadedGrade: 'incomplete',
    humanMinutes: '6',
    unpricedLines: 1,
  });
});

test('hand-overs and human steps are priced where a policy says so, and only there', async () => {
  const office = await begin();
  await processed(office);
  await office.call({
    id: 'a',
    claims: ['C1'],
    at: '2025-10-03T09:00:00Z',
    input: 1_000_000,
    output: 0,
    humanSeconds: 42,
  });
  await office.tell('handed_off', 'C1', '2025-10-03T11:00:00Z');
  await office.settle();
  expect(Object.keys(await office.cost())).toEqual(['2000:accrued:prov:2025-10', '5200:outcome C1']);
  const { body } = await office.ask('/v1/reports/cost-per-outcome');
  expect(body.total).toMatchObject({ humanMinutes: '0.7', loadedCostUsd: '1', loadedGrade: 'metered' });
  await office.post('/v1/policies', {
    ...RATES,
    rule: {
      ...RATES.rule,
      handedOff: { role: 'adjuster', minutes: '10' },
      humanSteps: { role: 'adjuster' },
    },
  });
  await office.settle();
  expect(await office.cost()).toMatchObject({
    '2800:imputed:handed_off': '-5',
    '2800:imputed:human_steps': '-0.35',
    '5210:outcome:human C1': '5.35',
  });
});

test('a line of an item that was merged into another is borne by that one', async () => {
  const office = await begin();
  await call(office);
  await office.post('/v1/cost-lines', {
    lines: [line('m', 'C2', { amount: { amount: '7', currency: 'USD' } })],
  });
  await processed(office);
  await office.settle();
  expect(await office.cost()).toMatchObject({ '5110:work:human C2': '7' });
  await office.post('/v1/definitions', {
    name: 'claim',
    validFrom: '2000-01-01T00:00:00Z',
    rule: { outcomeType: 'claim.processed', verbs: { processed: 'achieved', merged: 'merged_into' } },
  });
  await office.post(
    '/v1/outcomes',
    {
      specversion: '1.0',
      id: 'merge',
      source: '/office',
      type: 'claim.merged',
      subject: 'C2',
      time: '2025-10-03T10:30:00Z',
      data: { mergedInto: 'C1' },
    },
    'application/cloudevents+json',
  );
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-1',
    '2800:imputed:/desk': '-7',
    '5200:outcome C1': '1',
    '5210:outcome:human C1': '7',
  });
});

test('the same keys and lines in two tenants never mix', async () => {
  const [a, b] = [await begin(), await begin()];
  for (const office of [a, b]) {
    await call(office);
    await minutes(office);
    await processed(office);
  }
  await rates(a);
  await a.settle();
  await b.settle();
  expect(await a.cost()).toMatchObject({ '5210:outcome:human C1': '3' });
  expect(Object.keys(await b.cost())).toEqual(['2000:accrued:prov:2025-10', '5200:outcome C1']);
  const { body } = await b.ask('/v1/cost-lines');
  expect(body.items).toHaveLength(1);
});

test.each<[string, object, number, string, string]>([
  ['no amount and no quantity', {}, 400, 'lines[0].quantity', 'is needed where there is no amount'],
  [
    'an amount and a rate',
    { amount: { amount: '1', currency: 'USD' }, rate: { amount: '1', currency: 'USD' } },
    400,
    'lines[0].rate',
    'give an amount or a rate, not both',
  ],
  ['a quantity of nothing', { quantity: '1' }, 400, 'lines[0].unit', 'goes with a quantity'],
  ['a float', { amount: { amount: 1.5, currency: 'USD' } }, 400, 'lines[0].amount.amount', ''],
  ['an unknown kind', { kind: 'bribe', ...MINUTES }, 400, 'lines[0].kind', ''],
  [
    'a time without an offset',
    { ...MINUTES, occurredAt: '2025-10-03T10:00:00' },
    400,
    'lines[0].occurredAt',
    '',
  ],
  [
    'a line that replaces itself',
    { ...MINUTES, supersedes: 'bad' },
    400,
    'lines[0].supersedes',
    'is the line itself',
  ],
])('refused whole: %s', async (_, rest, status, field, rule) => {
  const office = await begin();
  const answer = await office.ask('/v1/cost-lines', {
    body: { lines: [line('bad', 'C1', rest), line('good', 'C1', MINUTES)] },
  });
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(field)]);
  expect(JSON.stringify(answer.body)).toContain(rule);
  expect((await office.ask('/v1/cost-lines')).body.items).toEqual([]);
});

test('other content under a known id is a 409 that stores nothing; a repetition answers as before', async () => {
  const office = await begin();
  const first = await office.ask('/v1/cost-lines', { body: { lines: [line('m', 'C1', MINUTES)] } });
  const again = await office.ask('/v1/cost-lines', { body: { lines: [line('m', 'C1', MINUTES)] } });
  const lineId = first.body.lines[0].lineId;
  expect([first.status, first.body.stored]).toEqual([201, 1]);
  expect([again.status, again.body]).toEqual([
    200,
    { stored: 0, duplicate: 1, lines: [{ source: '/desk', id: 'm', lineId, status: 'duplicate' }] },
  ]);
  const other = await office.ask('/v1/cost-lines', {
    body: { lines: [line('n', 'C1', MINUTES), line('m', 'C1', { ...MINUTES, quantity: '7' })] },
  });
  expect([other.status, other.body.field ?? JSON.stringify(other.body)]).toEqual([
    409,
    expect.stringContaining('lines[1].id'),
  ]);
  const { body } = await office.ask('/v1/cost-lines?workItemKind=claim&workItemKey=C1');
  expect(body).toEqual({
    items: [
      {
        lineId,
        source: '/desk',
        id: 'm',
        workItem: { kind: 'claim', key: 'C1' },
        kind: 'human',
        occurredAt: '2025-10-03T10:00:00Z',
        amount: null,
        quantity: '6',
        unit: 'minute',
        rate: null,
        role: 'adjuster',
        billedBy: null,
        attempt: null,
        trace: null,
        supersedes: null,
        receivedAt: expect.any(String),
        receivedBy: expect.any(String),
      },
    ],
    next: null,
  });
});
