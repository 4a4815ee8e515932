// Goal: a charge keeps its currency; a report converts by dated rates under a named policy, and says so when one is missing.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClaimsOffice } from '../support/claims-office.ts';
import { readParquet } from '../support/read-parquet.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let office: ClaimsOffice;
const rate = (day: string, text: string, rest: object = {}) => ({
  base: 'EUR',
  quote: 'USD',
  rate: text,
  day,
  source: 'ecb',
  ...rest,
});
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  // A contract in euros for one model beside a list in dollars for another.
  office = await ClaimsOffice.begin(service, 'prov,m,,,1,1,1,EUR');
  for (const [id, claim, at] of [
    ['a', 'C1', '2025-10-01T09:00:00Z'],
    ['b', 'C1', '2025-10-20T09:00:00Z'],
    ['c', 'C2', '2025-10-20T10:00:00Z'],
  ] as const)
    await office.call({ id, claims: [claim], at, input: 3_000_000, output: 0 });
  await office.tell('processed', 'C1', '2025-10-20T12:00:00Z');
  await office.tell('failed', 'C2', '2025-10-20T12:00:00Z');
  await office.post('/v1/cost-lines', {
    lines: [
      {
        source: '/desk',
        id: 'm',
        workItem: { kind: 'claim', key: 'C1' },
        kind: 'human',
        occurredAt: '2025-10-20T11:00:00Z',
        amount: { amount: '5', currency: 'USD' },
      },
    ],
  });
  await office.settle();
});
afterAll(() => service.stop());

const ask = async (currency: string) =>
  (await office.ask(`/v1/reports/cost-per-outcome?currency=${currency}`)).body.total;

test('without a rate there is no figure, and the reason is given', async () => {
  expect((await ask('USD')).inCurrency).toEqual({
    currency: 'USD',
    policy: 'fx@0 usage_day',
    cost: null,
    costPerOutcome: null,
    directCost: null,
    failedAttemptCost: null,
    noOutcomeCost: null,
    loadedCost: null,
    loadedCostPerOutcome: null,
    pendingCost: null,
    missing: [
      'no rate from EUR to USD for 2025-10-01: none before it',
      'no rate from EUR to USD for 2025-10-20: none before it',
    ],
  });
});

test('a contract in euros, reported in dollars and in euros, by the rate of each day', async () => {
  const rates = [rate('2025-10-01', '1.10'), rate('2025-10-18', '1.19'), rate('2025-10-18', '1.20')];
  const first = await office.ask('/v1/fx-rates', { body: { rates } });
  expect([first.status, first.body]).toEqual([201, { stored: 3, known: 0 }]);
  const again = await office.ask('/v1/fx-rates', { body: { rates: rates.slice(2) } });
  expect([again.status, again.body]).toEqual([200, { stored: 0, known: 1 }]);
  const total = await ask('USD');
  expect(total).toMatchObject({ costUsd: '0', bound: 'lower', grade: 'incomplete' });
  expect(total.inCurrency).toMatchObject({
    cost: '10.5',
    costPerOutcome: '10.5',
    directCost: '3.6',
    failedAttemptCost: '3.3',
    noOutcomeCost: '3.6',
    loadedCost: '15.5',
    missing: [],
  });
  expect((await ask('EUR')).inCurrency).toMatchObject({
    cost: '9',
    loadedCost: '13.166666666667',
    missing: [],
  });
  const { body } = await office.ask('/v1/fx-rates?limit=1');
  expect(body.items).toMatchObject([
    { base: 'EUR', quote: 'USD', rate: '1.10', day: '2025-10-01', version: 1 },
  ]);
  const rest = await office.ask(`/v1/fx-rates?cursor=${body.next}`);
  expect(rest.body.items).toMatchObject([
    { rate: '1.19', version: 1 },
    { rate: '1.20', version: 2 },
  ]);
});

test('a policy may ask for the rate at the end of the month', async () => {
  await office.post('/v1/policies', {
    name: 'fx',
    validFrom: '2025-01-01T00:00:00Z',
    rule: { basis: 'month_end', maxAgeDays: 31 },
  });
  expect((await ask('USD')).inCurrency).toMatchObject({ policy: 'fx@1 month_end', cost: '10.8' });
});

test('the rows of a grouped report sum to its total', async () => {
  const { body } = await office.ask('/v1/reports/cost-per-outcome?currency=USD&group_by=day,agent');
  const sum = body.rows.reduce((total: number, row: any) => total + Number(row.inCurrency.cost), 0);
  expect([sum.toFixed(6), body.total.inCurrency.cost]).toEqual(['10.800000', '10.8']);
});

test('the charges of a period in one currency, by where they sit; their sum is the cost', async () => {
  const { body } = await office.ask('/v1/reports/cost-per-outcome?view=period&currency=USD&group_by=day');
  expect(body.total.inCurrency).toEqual({
    currency: 'USD',
    policy: 'fx@1 month_end',
    cost: '10.8',
    costPerOutcome: null,
    directCost: '3.6',
    failedAttemptCost: '3.6',
    noOutcomeCost: '3.6',
    loadedCost: '15.8',
    loadedCostPerOutcome: null,
    pendingCost: null,
    inProgressCost: '0',
    overheadCost: '0',
    unattributedCost: '0',
    missing: [],
  });
  expect(
    body.rows.map(({ group, inCurrency }: any) => [group.day, inCurrency.cost, inCurrency.loadedCost]),
  ).toEqual([
    ['2025-10-01', '3.6', '3.6'],
    ['2025-10-20', '7.2', '12.2'],
  ]);
});

test.each(['settled', 'period'])('converted figures of the view %s are in every format', async (view) => {
  const path = `/v1/reports/cost-per-outcome?view=${view}&currency=USD`;
  const csv = String((await office.ask(`${path}&format=csv`)).body).split('\r\n');
  const columns = csv[0]!.split(',');
  expect(csv[1]!.split(',')[columns.indexOf('inCurrencyCost')]).toBe('10.8');
  const ndjson = String((await office.ask(`${path}&format=ndjson`)).body).split('\n');
  expect(JSON.parse(ndjson[0]!).inCurrency.cost).toBe('10.8');
  const file = await fetch(`${service.api.url}${path}&format=parquet`, {
    headers: { authorization: `Bearer ${office.key}` },
  });
  expect(file.headers.get('content-type')).toBe('application/vnd.apache.parquet');
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="cost-per-outcome.parquet"');
  const { rows, beside } = await readParquet(await file.arrayBuffer());
  const { body } = await office.ask(path);
  expect(rows).toMatchObject([{ inCurrencyCost: '10.8', workItems: 2n, grade: 'incomplete' }]);
  expect(Object.keys(rows[0]!)).toEqual(columns.slice(1, -1));
  expect(beside).toEqual({ total: { ...body.total, additive: true }, tieOut: body.tieOut });
});

test.each<[string, object, string]>([
  ['a rate of nothing', rate('2025-10-01', '0'), 'must be a positive decimal string'],
  ['a float', { ...rate('2025-10-01', '1'), rate: 1.1 }, 'expected string'],
  ['a currency against itself', rate('2025-10-01', '1', { quote: 'EUR' }), 'is the base itself'],
  ['no day', rate('2025-02-30', '1'), 'is no day'],
])('refused: %s', async (_, body, message) => {
  const answer = await office.ask('/v1/fx-rates', { body: { rates: [body] } });
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining(message)]);
});
