import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedItem } from '../support/seed-spend.ts';

let database: TestDatabase;
let api: TestApi;
let tenant: TestTenant;
let analyst: string;

const at = (day: number, time = '08:00:00') => `2026-10-${String(day).padStart(2, '0')}T${time}Z`;

/**
 * Of 40 items in `claims` 28 succeed at the first attempt, 6 of the other 12 at the second, the last 6 fail there; one
 * of them cost ten times as much. `calm` has three.
 */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  api = await startTestApi(db);
  tenant = await makeTenant(db, 'acme');
  analyst = await tenant.key(['analyst']);
  const { tenantId } = tenant;
  for (let index = 0; index < 40; index++) {
    const first = {
      trace: `a${index}`,
      startedAt: at(2),
      usd: index === 39 ? '5' : '0.5',
      workflow: 'claims',
    };
    const second = { trace: `b${index}`, startedAt: at(3), usd: '0.6', workflow: 'claims' };
    const phase = index < 34 ? 'achieved' : 'failed';
    await seedItem(db, tenantId, {
      key: `C-${index}`,
      phase,
      at: at(4),
      attempts:
        index < 28
          ? [{ placement: 'outcome', parts: [first] }]
          : [
              { placement: phase === 'achieved' ? 'waste:retry' : 'waste:failed', parts: [first] },
              { placement: phase === 'achieved' ? 'outcome' : 'waste:failed', parts: [second] },
            ],
    });
  }
  for (let index = 0; index < 3; index++)
    await seedItem(db, tenantId, {
      key: `K-${index}`,
      phase: 'achieved',
      at: at(4),
      attempts: [
        {
          placement: 'outcome',
          parts: [{ trace: `k${index}`, startedAt: at(2), usd: '0.1', workflow: 'calm' }],
        },
        {
          placement: 'waste:after_outcome',
          parts: [{ trace: `l${index}`, startedAt: at(5), usd: '0.01', workflow: 'calm' }],
        },
      ],
    });
  await seedItem(db, tenantId, {
    key: 'Y-1',
    phase: 'open',
    at: at(4),
    attempts: [
      { placement: 'work', parts: [{ trace: 'y', startedAt: at(2), usd: '0.2', workflow: 'young' }] },
    ],
  });
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

const ask = (query: string) => api.call(`/v1/reports/${query}`, { key: analyst });

test('retries: what attempts buy by their number, and after how many a hand-off is cheaper', async () => {
  const admin = await tenant.key(['admin']);
  const rule = { outcomeType: 'ticket.resolved', method: 'bpo_contract', source: 'contract' };
  await api.call('/v1/baselines', {
    key: admin,
    body: { name: 'desk', rule: { ...rule, costPerOutcome: { amount: '4.20', currency: 'USD' } } },
  });
  const { status, body } = await ask('retries?group_by=workflow');
  expect(status).toBe(200);
  const row = body.rows.find(({ group }: { group: { workflow: string } }) => group.workflow === 'claims');
  expect(row).toMatchObject({
    workItems: 40,
    attempts: 52,
    outcomes: 34,
    costUsd: '31.7',
    costPerOutcomeUsd: '0.932352941176',
    interval: { lowUsd: expect.any(String), highUsd: expect.any(String), method: 'combined' },
    tries: 52,
    costPerTryUsd: '0.609615384615',
    successPerTry: '0.653846',
    afterOutcome: { attempts: 0, costUsd: '0' },
    estimatedBoundaries: 0,
    hazards: [
      {
        number: 1,
        attempts: 40,
        succeeded: 28,
        failed: 12,
        open: 0,
        costUsd: '24.5',
        costPerAttemptUsd: '0.6125',
        success: '0.7',
        interval: { low: '0.534684', high: '0.834373' },
      },
      {
        number: 2,
        attempts: 12,
        succeeded: 6,
        failed: 6,
        open: 0,
        costUsd: '7.2',
        costPerAttemptUsd: '0.6',
        success: '0.5',
        interval: { low: '0.210945', high: '0.789055' },
      },
    ],
    likeFirst: { z: '1.277252', pValue: '0.201513', isRejected: false },
    cap: {
      handOff: { costUsd: '4.2', from: 'baseline desk, version 1' },
      bestCap: 2,
      evidence: 'strong',
      gainPerItemUsd: '0.45',
      steps: [
        { number: 1, breakEvenSuccess: '0.145833', expectedCostUsd: '1.8725', evidence: 'strong' },
        { number: 2, breakEvenSuccess: '0.142857', expectedCostUsd: '1.4225', evidence: 'strong' },
      ],
    },
  });
  expect(Number(row.interval.lowUsd)).toBeLessThan(0.93);
  expect(Number(row.interval.highUsd)).toBeGreaterThan(0.94);
  expect(body.total).toMatchObject({ tries: 55, afterOutcome: { attempts: 3, costUsd: '0.03' } });
  expect(body.tieOut).toMatchObject({ reportUsd: '32.03', query: { view: 'settled', group_by: 'workflow' } });
});

test('retries: a hand-off may be named, and nothing is advised about three items', async () => {
  const { body } = await ask('retries?group_by=workflow&hand_off_usd=0.5');
  const [calm, claims] = body.rows;
  expect([calm.group.workflow, calm.cap, calm.interval]).toEqual(['calm', null, null]);
  expect(claims.cap).toMatchObject({ handOff: { costUsd: '0.5', from: 'hand_off_usd' }, bestCap: 0 });
});

test('baseline: loaded cost against the contract, the decision and the sentence', async () => {
  const { status, body } = await ask('baseline?group_by=workflow');
  expect(status).toBe(200);
  const [calm, claims] = body.rows;
  expect(claims).toMatchObject({
    loadedCostPerOutcomeUsd: '0.932352941176',
    interval: { method: 'combined' },
    baseline: {
      name: 'desk',
      version: 1,
      method: 'bpo_contract',
      costPerOutcomeUsd: '4.2',
      source: 'contract',
      isAssumed: false,
    },
    savingPerOutcomeUsd: '3.267647058824',
    priceHeadroom: '4.504732',
    decision: { verdict: 'replace_baseline', missing: [], itemsToDecide: null },
  });
  expect(claims.sentence).toBe(
    'The agent costs $0.932 per resolved ticket (95 % CI $0.685 to $2.37, n=40) vs $4.20 at desk: 78 % cheaper.',
  );
  expect(calm.decision).toEqual({
    verdict: 'need_data',
    missing: ['items', 'interval'],
    itemsToDecide: null,
  });
});

test('baseline: quality-adjusted on both sides, with the break-evens', async () => {
  const { status, body } = await ask(
    'baseline?group_by=workflow&hand_off_usd=6&loss_usd=50&escaped_error=0.03&baseline_escaped_error=0.02&fixed_usd=120&monthly_items=40',
  );
  expect(status).toBe(200);
  expect(body.rows[1].qualityAdjusted).toEqual({
    costPerCaseUsd: '3.1925', // 0.7925 + 0.15 x 6 + 0.03 x 50
    baselinePerCaseUsd: '5.2', // 4.20 + 0.02 x 50
    savingPerCaseUsd: '2.0075',
    success: '0.85',
    breakEvenSuccess: '0.515417', // 1 - (4.20 - 0.7925 - 0.50) / 6
    breakEvenCases: '60',
    paybackMonths: '1.494396',
    handOff: { costUsd: '6', from: 'hand_off_usd' },
    unknown: [],
  });
  const { body: unsaid } = await ask('baseline?group_by=workflow');
  expect(unsaid.rows[1].qualityAdjusted).toMatchObject({
    costPerCaseUsd: '1.4225',
    handOff: { costUsd: '4.2', from: 'the baseline' },
    breakEvenCases: null,
    unknown: ['loss_usd', 'escaped_error'],
  });
});

test('tails: percentiles are costs that occurred, with bounds where there are items enough', async () => {
  const { status, body } = await ask('tails?group_by=workflow');
  expect(status).toBe(200);
  const [calm, claims] = body.rows;
  expect(claims).toMatchObject({
    itemsWithSpend: 40,
    meanCostUsd: '0.7925',
    quantiles: [
      {
        probability: '0.5',
        costUsd: '0.5',
        rank: 20,
        interval: { lowUsd: '0.5', highUsd: '0.5' },
        fewestItems: 6,
      },
      {
        probability: '0.9',
        costUsd: '1.1',
        rank: 36,
        interval: { lowUsd: '1.1', highUsd: '5.6' },
        fewestItems: 29,
      },
      { probability: '0.95', costUsd: '1.1', rank: 38, interval: null, fewestItems: 59 },
      { probability: '0.99', costUsd: '5.6', rank: 40, interval: null, fewestItems: 299 },
    ],
    maximumUsd: '5.6',
    dearest: { items: 4, costUsd: '8.9', share: '0.280757' },
  });
  // Each of them is the cost of an item that is named.
  const named = claims.quantiles.flatMap(({ costUsd, item, interval }: any) => [
    [item, costUsd],
    ...(interval === null
      ? []
      : [
          [interval.lowItem, interval.lowUsd],
          [interval.highItem, interval.highUsd],
        ]),
  ]);
  for (const [item, costUsd] of [...named, [claims.maximumItem, claims.maximumUsd]]) {
    const found = await api.call(`/v1/work-items/${item.kind}/${item.key}`, { key: analyst });
    expect(found.body.cost.costUsd).toBe(costUsd);
  }
  expect(calm).toMatchObject({ itemsWithSpend: 3, maximumUsd: '0.11', interval: null, gini: '0' });
  expect(body.total).toMatchObject({ itemsWithSpend: 43, costUsd: '32.03', outcomes: 37 });
  // The total names the same items whether they were read by group or not.
  for (const by of ['workflow', 'workflow,day'])
    expect((await ask(`tails?group_by=${by}`)).body.total).toEqual({
      ...(await ask('tails')).body.total,
      group: expect.anything(),
    });
});

test.each([
  ['bucket=day', '2026-10-04', null],
  ['bucket=week', '2026-09-28', null],
  ['bucket=month', '2026-10', null],
  ['bucket=week&view=cohort', '2026-09-28', '2026-09-28'],
])(
  'over-time?%s: settled items and open ones by the bucket they belong to',
  async (query, bucket, ofOpen) => {
    const { status, body } = await ask(`over-time?outcome_type=ticket.resolved&group_by=workflow&${query}`);
    expect(status).toBe(200);
    const key = query.slice(7).split('&')[0]!;
    expect(body.rows.map(({ group }: any) => group)).toEqual([
      { workflow: 'calm', [key]: bucket },
      { workflow: 'claims', [key]: bucket },
      { workflow: 'young', [key]: ofOpen },
    ]);
    const [, claims, young] = body.rows;
    expect(claims).toMatchObject({
      outcomes: 34,
      costPerOutcomeUsd: '0.932352941176',
      maturity: '1',
      interval: { method: 'combined' },
      loadedInterval: claims.interval,
      baseline: { name: 'desk', version: 1, costPerOutcomeUsd: '4.2', isAssumed: false },
    });
    expect(young).toMatchObject({
      workItems: 0,
      costPerOutcomeUsd: null,
      pending: { items: 1, costUsd: '0.2' },
      maturity: '0',
      interval: null,
      baseline: null,
    });
    expect(body.tieOut.query.group_by).toBe(`workflow,${key}`);
  },
);

test.each(['csv', 'ndjson'])('as %s with every field', async (format) => {
  const { status, body } = await ask(`tails?group_by=workflow&format=${format}`);
  expect(status).toBe(200);
  expect(body).toContain('itemsWithSpend');
});

test.each([
  ['tails?view=period', 'view'],
  ['retries?currency=EUR', 'currency'],
  ['over-time?bucket=year', 'bucket'],
  ['over-time?group_by=workflow,day', 'group_by'],
  ['retries?hand_off_usd=0', 'hand_off_usd'],
  ['retries?hand_off_usd=free', 'hand_off_usd'],
])('%s is refused and says why', async (query, field) => {
  const { status, body } = await ask(query);
  expect([status >= 400 && status < 500, JSON.stringify(body)]).toEqual([
    true,
    expect.stringContaining(field),
  ]);
});
