// Goal: the worked examples of the ledger (Ex 1 to Ex 5, Ex 8) and the true cost of a success, through the real way of
// spans, events and facts. What is compared are balances: how many transactions lead to them is free.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClaimsOffice } from '../support/claims-office.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let office: ClaimsOffice;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  office = await ClaimsOffice.begin(service, 'prov,m,,,3,15,0.30,USD');
  await office.post('/v1/policies', {
    name: 'links',
    validFrom: '2000-01-01T00:00:00Z',
    rule: { splitDriver: 'tool_calls' },
  });
});
afterAll(() => service.stop());

const OUT = 'OUT.claim.processed/0';

test('Ex 1: a retry. The attempt that achieved it is the outcome, the other one waste', async () => {
  await office.call({ id: 'u1', claims: ['W1'], at: '2025-10-03T09:00:00Z', input: 2000, output: 300 });
  await office.call({ id: 'u2', claims: ['W1'], at: '2025-10-03T10:00:00Z', input: 2400, output: 500 });
  await office.settle();
  expect(await office.balances()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0252',
    '5100:work W1': '0.0252',
  });
  await office.tell('processed', 'W1', '2025-10-03T11:00:00Z');
  await office.settle();
  expect(await office.balances()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0252',
    '5200:outcome W1': '0.0147',
    '5300:waste:retry W1': '0.0105',
    [`V100:achieved W1 ${OUT}`]: '1',
    [`V900:claims W1 ${OUT}`]: '-1',
  });
});

test('Ex 2: one call for two claims by 1:2, of which one is settled', async () => {
  const claims = ['W2', 'W3', 'W3'];
  await office.call({ id: 'u3', claims, at: '2025-10-20T09:00:00Z', input: 2026, cached: 25, output: 266 });
  await office.tell('processed', 'W2', '2025-10-21T09:00:00Z');
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0352005',
    '5100:work W3': '0.006667',
    '5200:outcome W1': '0.0147',
    '5200:outcome W2': '0.0033335',
    '5300:waste:retry W1': '0.0105',
  });
});

test('Ex 3: a late outcome moves the cost, not its sum', async () => {
  await office.tell('processed', 'W3', '2025-10-30T09:00:00Z');
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0352005',
    '5200:outcome W1': '0.0147',
    '5200:outcome W2': '0.0033335',
    '5200:outcome W3': '0.006667',
    '5300:waste:retry W1': '0.0105',
  });
});

test('Ex 4: reopened, worked at again, settled again', async () => {
  await office.tell('reopened', 'W1', '2025-11-10T09:00:00Z');
  await office.settle();
  expect(await office.balances()).toMatchObject({ '5100:work W1': '0.0147' });
  expect((await office.balances())[`V100:achieved W1 ${OUT}`]).toBeUndefined();
  await office.call({ id: 'u4', claims: ['W1'], at: '2025-11-11T09:00:00Z', input: 1500, output: 300 });
  await office.tell('processed', 'W1', '2025-11-12T09:00:00Z');
  await office.settle();
  expect(await office.balances()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0352005',
    '2000:accrued:prov:2025-11': '-0.009',
    '5200:outcome W1': '0.009',
    '5200:outcome W2': '0.0033335',
    '5200:outcome W3': '0.006667',
    '5300:waste:reopened W1': '0.0147',
    '5300:waste:retry W1': '0.0105',
    ...Object.fromEntries(
      ['W1', 'W2', 'W3'].flatMap((claim) => [
        [`V100:achieved ${claim} ${OUT}`, '1'],
        [`V900:claims ${claim} ${OUT}`, '-1'],
      ]),
    ),
  });
});

test('Ex 4: the policy reopened=carry lets the lasting outcome bear it, and back', async () => {
  const validFrom = '2000-01-01T00:00:00Z';
  await office.post('/v1/policies', { name: 'placement', validFrom, rule: { reopened: 'carry' } });
  await office.settle();
  const carried = await office.cost();
  expect(carried).toMatchObject({
    '5200:outcome W1': '0.009',
    '5205:carried:reopened W1': '0.0147',
    '5300:waste:retry W1': '0.0105',
  });
  const { body } = await office.ask('/v1/reports/cost-per-outcome?from=2025-11-12&to=2025-11-13');
  expect(body.total).toMatchObject({
    costUsd: '0.0342',
    directCostUsd: '0.009',
    failedAttemptCostUsd: '0.0252',
    loadedCostUsd: '0.0342',
    loadedGrade: 'metered',
  });
  await office.post('/v1/policies', { name: 'placement', validFrom, rule: {} });
  await office.settle();
  expect(await office.cost()).toMatchObject({ '5300:waste:reopened W1': '0.0147' });
});

test('Ex 5: output was $12 in October: differences only, where the cost sits now; November is untouched', async () => {
  await office.price('pb', 'prov,m,2025-10-01,2025-11-01,3,12,0.30,USD');
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0320025',
    '2000:accrued:prov:2025-11': '-0.009',
    '5200:outcome W1': '0.009',
    '5200:outcome W2': '0.0030675',
    '5200:outcome W3': '0.006135',
    '5300:waste:reopened W1': '0.0132',
    '5300:waste:retry W1': '0.0096',
  });
  expect(await office.codes()).toEqual(expect.arrayContaining(['C100', 'C300', 'C310', 'C400']));
});

test('Ex 8: an estimate for a stream that was cut is pending, and is resolved once', async () => {
  const streams = await ClaimsOffice.begin(service, 'prov,m,,,3,15,0.30,USD');
  const report = (id: string, call: string, says: string, amount?: string) =>
    streams.post('/v1/usage-reports', {
      reports: [
        {
          source: '/provider',
          id,
          trace: streams.traceId(call),
          span: streams.spanId(call),
          says,
          ...(amount === undefined ? {} : { amount, currency: 'USD' }),
        },
      ],
    });
  const pending = { 'P100:pending': '0.004', 'P900:estimates': '-0.004' };
  await streams.call({ id: 'cut', claims: ['W9'], at: '2025-10-05T09:00:00Z', input: null, output: null });
  await report('guess', 'cut', 'estimate', '0.0040');
  await streams.settle();
  expect(await streams.balances()).toEqual(pending);
  expect(await streams.codes()).toEqual(['C110']);
  await report('bill', 'cut', 'actual', '0.0031');
  await streams.settle();
  expect(await streams.balances()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0031',
    '5100:work W9': '0.0031',
  });
  expect(await streams.codes()).toEqual(['C100', 'C110', 'C112']);
  // An estimate that comes after the bill opens nothing again.
  await report('late guess', 'cut', 'estimate', '0.0050');
  await streams.settle();
  expect(await streams.codes()).toEqual(['C100', 'C110', 'C112']);
  const { body } = await streams.ask('/v1/reports/cost-per-outcome');
  expect(body.total.pending).toEqual({ items: 1, costUsd: '0.0031' });

  await streams.call({ id: 'free', claims: ['W8'], at: '2025-10-05T09:00:00Z', input: null, output: null });
  await report('guess', 'free', 'estimate', '0.0040');
  await streams.settle();
  expect(await streams.balances()).toMatchObject(pending);
  await report('bill', 'free', 'not_billed');
  await streams.settle();
  expect(await streams.balances()).toEqual({
    '2000:accrued:prov:2025-10': '-0.0031',
    '5100:work W9': '0.0031',
  });

  await streams.call({
    id: 'as guessed',
    claims: ['W7'],
    at: '2025-10-05T09:00:00Z',
    input: null,
    output: null,
  });
  await report('guess', 'as guessed', 'estimate', '0.0040');
  await streams.settle();
  await report('bill', 'as guessed', 'actual', '0.004');
  await streams.settle();
  expect(await streams.codes()).toEqual(['C100', 'C110', 'C111', 'C112']);
  expect((await streams.balances())['P100:pending']).toBeUndefined();
});
