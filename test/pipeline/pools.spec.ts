// Goal: overhead reaches the work items that used it by the declared rule, what nobody used stands as idle, and dividing
// again changes nothing but what is new.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClaimsOffice } from '../support/claims-office.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const SINCE = '2025-01-01T00:00:00Z';
const begin = async (pools: object[]): Promise<ClaimsOffice> => {
  const office = await ClaimsOffice.begin(service, 'prov,m,,,1,1,1,USD');
  const match = { source: 'span', attribute: 'purpose', equals: 'eval' };
  await office.post('/v1/policies', {
    name: 'overhead',
    validFrom: SINCE,
    rule: { pools: [{ pool: 'evals', match }] },
  });
  await office.post('/v1/policies', { name: 'pools', validFrom: SINCE, rule: { pools } });
  return office;
};
const divide = async (office: ClaimsOffice): Promise<Record<string, string>> => {
  await office.post('/v1/pools/allocations', { month: '2025-10' });
  await office.settle();
  return office.cost();
};
const call = (office: ClaimsOffice, id: string, claim: string, dollars: number) =>
  office.call({ id, claims: [claim], at: '2025-10-03T09:00:00Z', input: dollars * 1_000_000, output: 0 });

test('[T2.6] reserved capacity: the used part is borne by items, the idle part by nobody', async () => {
  // 31 days of October at 720 a day; a day serves 100 calls, so that 3,100 stand ready and 2,170 would be 70 %.
  const office = await begin([
    {
      pool: 'gpu',
      driver: 'model_calls',
      declared: [{ source: 'lease', amountPerDay: '720', currency: 'USD' }],
      practicalCapacityPerDay: '0.1',
    },
  ]);
  await call(office, 'a', 'C1', 1);
  await call(office, 'b', 'C2', 1);
  await office.tell('processed', 'C1', '2025-10-03T12:00:00Z');
  await office.settle();
  // 2 of 3.1 calls were used of 22,320.
  expect(await divide(office)).toMatchObject({
    '2800:imputed:lease': '-22320',
    '5410:applied:gpu C1': '7200',
    '5410:applied:gpu C2': '7200',
    '5420:idle:gpu': '7920',
    '5430:declared:gpu': '22320',
    '5440:allocated:gpu': '-22320',
  });
  const { body } = await office.ask('/v1/reports/cost-per-outcome?group_by=workflow');
  expect(body.rows).toMatchObject([
    {
      costUsd: '1',
      usedOverheadUsd: '7200',
      loadedCostUsd: '7201',
      loadedGrade: 'allocated',
      grade: 'metered',
    },
  ]);
  expect(body.tieOut).toMatchObject({ meteredUsd: '2', inScopeUsd: '1' });
});

test('metered overhead is divided by what it is for; again is nothing, more is a difference', async () => {
  const office = await begin([{ pool: 'evals', driver: 'direct_cost' }]);
  await call(office, 'a', 'C1', 1);
  await call(office, 'b', 'C2', 3);
  const evaluate = (id: string, dollars: number) =>
    office.call({
      id,
      claims: [],
      at: '2025-10-04T09:00:00Z',
      input: dollars * 1_000_000,
      output: 0,
      attributes: { purpose: 'eval' },
    });
  await evaluate('e1', 8);
  await office.settle();
  const first = await divide(office);
  expect(first).toEqual({
    '2000:accrued:prov:2025-10': '-12',
    '5100:work C1': '1',
    '5100:work C2': '3',
    '5400:overhead:evals': '8',
    '5410:applied:evals C1': '2',
    '5410:applied:evals C2': '6',
    '5440:allocated:evals': '-8',
  });
  const count = async () =>
    (
      await service.database.db.query<{ n: bigint }>(
        'SELECT count(*) AS n FROM ledger_transactions WHERE tenant_id = $1',
        [office.tenant.tenantId],
      )
    ).rows[0]!.n;
  const before = await count();
  expect(await divide(office)).toEqual(first);
  expect(await count()).toBe(before);
  await evaluate('e2', 4);
  await office.settle();
  expect(await divide(office)).toMatchObject({
    '5400:overhead:evals': '12',
    '5410:applied:evals C1': '3',
    '5410:applied:evals C2': '9',
    '5440:allocated:evals': '-12',
  });
  expect(await office.codes()).toEqual(['C100', 'C210']);
});

test('[T2.7] pools that serve each other give items exactly what both cost', async () => {
  const declared = (amountPerDay: string) => [{ source: 'cloud', amountPerDay, currency: 'USD' }];
  const office = await begin([
    { pool: 'a', declared: declared('100'), serves: [{ pool: 'b', share: '0.2' }] },
    { pool: 'b', declared: declared('50'), serves: [{ pool: 'a', share: '0.1' }] },
  ]);
  await call(office, 'a', 'C1', 1);
  await office.settle();
  const cost = await divide(office);
  // 31 x 85.714285714286 and 31 x 64.285714285714: rounded once, over the month.
  expect(cost).toMatchObject({
    '5410:applied:a C1': '2657.142857142857',
    '5410:applied:b C1': '1992.857142857143',
    '2800:imputed:cloud': '-4650',
  });
  expect(cost['5450:between_pools']).toBeUndefined();
});
