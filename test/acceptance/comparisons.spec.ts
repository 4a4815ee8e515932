import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parsePico } from '#model';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedItem } from '../support/seed-spend.ts';

let database: TestDatabase;
let api: TestApi;
let tenant: TestTenant;
let key: string;

const USERS = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'];
const iso = (day: string, hour = 8) => `${day}T${String(hour).padStart(2, '0')}:00:00Z`;

/**
 * Claims of six people in September (two each, one attempt, $1) and October (two each, those of ann with two attempts at
 * $2); two tickets of one person. The last two claims of October are open.
 */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  api = await startTestApi(db);
  tenant = await makeTenant(db, 'acme');
  key = await tenant.key(['admin', 'outcomes']);
  await post('/v1/policies', { name: 'dimensions', rule: { attributes: ['user.id'] } });
  await post('/v1/baselines', {
    name: 'bpo',
    rule: {
      outcomeType: 'claim.processed',
      method: 'bpo_contract',
      costPerOutcome: { amount: '8', currency: 'USD' },
      source: 'contract',
    },
  });
  const events: object[] = [];
  for (const month of ['09', '10'])
    for (const [index, user] of [...USERS, ...USERS].entries()) {
      const isDear = month === '10' && user === 'ann';
      const isOpen = month === '10' && index >= 10;
      const name = `${month}-${index}`;
      const part = (trace: string, hour: number) => ({
        trace: `${name} ${trace}`,
        startedAt: iso(`2026-${month}-02`, hour),
        usd: isDear ? '2' : '1',
        workflow: 'claims',
        dimensions: { 'user.id': user },
        calls: 2,
      });
      await seedItem(db, tenant.tenantId, {
        kind: 'claim',
        key: name,
        phase: isOpen ? 'open' : 'achieved',
        at: iso(month === '09' ? '2026-09-06' : '2026-10-04'),
        attempts: isOpen
          ? [{ placement: 'work', parts: [part('a', 8)] }]
          : [
              ...(isDear ? [{ placement: 'waste:retry', parts: [part('r', 7)] }] : []),
              { placement: 'outcome', parts: [part('a', 8)] },
            ],
      });
      if (!isOpen) events.push(processed(name, iso(month === '09' ? '2026-09-06' : '2026-10-04')));
    }
  for (const index of [0, 1])
    await seedItem(db, tenant.tenantId, {
      key: `T-${index}`,
      phase: 'achieved',
      at: iso('2026-10-04'),
      attempts: [
        {
          placement: 'outcome',
          parts: [
            {
              trace: `t${index}`,
              startedAt: iso('2026-10-02'),
              usd: '1',
              workflow: 'desk',
              dimensions: { 'user.id': 'gus' },
            },
          ],
        },
      ],
    });
  await post('/v1/outcomes', events, 'application/cloudevents-batch+json');
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

const processed = (subject: string, time: string) => ({
  specversion: '1.0',
  id: `done-${subject}`,
  source: '/claims',
  type: 'claim.processed',
  subject,
  time,
  data: {},
});

async function post(path: string, body: object, type = 'application/json'): Promise<void> {
  const { status, body: answer } = await api.call(path, { key, body, headers: { 'content-type': type } });
  if (status >= 300) throw new Error(`${path} answered ${status} ${JSON.stringify(answer)}`);
}
const ask = (query: string) => api.call(`/v1/reports/${query}`, { key });
const OCTOBER = 'from=2026-10-01&to=2026-11-01&before_from=2026-09-01&outcome_type=claim.processed';

test('movers: the effects sum to the change of each group and of the total, to the pico', async () => {
  const { status, body } = await ask(`movers?group_by=user.id&${OCTOBER}`);
  expect(status).toBe(200);
  expect(body.rows.map(({ group, changeUsd }: any) => [group['user.id'], changeUsd])).toEqual([
    ['ann', '6'],
    ['eve', '-1'],
    ['fay', '-1'],
    ['bob', '0'],
    ['cid', '0'],
    ['dan', '0'],
  ]);
  for (const row of [...body.rows, body.total]) {
    const parts = Object.values<string>(row.effects).map((text) => parsePico(text)!);
    expect(parts.reduce((sum, each) => sum + each, 0n)).toBe(parsePico(row.changeUsd));
  }
  expect(body.total).toMatchObject({
    changeUsd: '4',
    before: { workItems: 12, outcomes: 12, costUsd: '12', costPerOutcomeUsd: '1', tokens: null },
    after: { workItems: 10, outcomes: 10, costUsd: '16', costPerOutcomeUsd: '1.6', priced: '1' },
    unitCost: { volumeUsd: '-2', unitCostUsd: '6' },
    areTokensKnown: false,
  });
  const [ann] = body.rows;
  expect([ann.effects.attemptsUsd, ann.effects.priceUsd, ann.effects.callsUsd]).toEqual([
    ann.effects.priceUsd,
    ann.effects.attemptsUsd,
    '0',
  ]);
  expect([body.tieOut.reportUsd, body.tieOutBefore.reportUsd]).toEqual(['16', '12']);
});

test('movers: ungrouped there is one row, and it is the total', async () => {
  const { body } = await ask(`movers?${OCTOBER}`);
  expect(body.rows).toEqual([body.total]);
});

test('movers: tokens that nobody recorded stay unknown', async () => {
  const { status, body } = await ask(`movers?group_by=user.id&tokens=true&${OCTOBER}`);
  expect([status, body.total.areTokensKnown, body.total.changeUsd]).toEqual([200, false, '4']);
});

test('spend: against the middle one of the peers, nobody ranked, few peers left out', async () => {
  const { status, body } = await ask('spend?by=user.id');
  expect(status).toBe(200);
  expect(body.rows.map(({ group }: any) => [group.workflow, group['user.id']])).toEqual(
    USERS.map((user) => ['claims', user]),
  );
  const [ann, bob] = body.rows;
  expect(ann).toMatchObject({
    costUsd: '10',
    outcomes: 4,
    peers: 6,
    spendPercentile: '100',
    middle: { costUsd: '4', outcomes: 4 },
    beyondMiddle: { costUsd: '6', valueUsd: '0', valuePerDollar: '0', capIs: 'to_be_reviewed' },
  });
  expect(bob.beyondMiddle).toBeNull();
  expect(body.total).toMatchObject({ suppressed: 1, peers: null, workItems: 24 });
  expect(body.warnings).toHaveLength(3);
});

test('operating-model: before and after, by what became final', async () => {
  const { status, body } = await ask(
    'operating-model?group_by=workflow,outcome_type&change_at=2026-10-01&outcome_type=claim.processed',
  );
  expect(status).toBe(200);
  expect(body.rows[0]).toMatchObject({
    before: {
      items: 12,
      firstTimeRightShare: '1',
      touchlessShare: '1',
      reopenedShare: '0',
      cycleDaysP50: '4',
      humanMinutesPerItem: '0',
      inWork: 0,
    },
    after: { items: 10, firstTimeRightShare: '0.8', cycleDaysP50: '2', cycleDaysP90: '2.041667', inWork: 2 },
    cycleSeries: null,
    minutesReleasedPerItem: '0',
  });
  expect(body.rows[0].changes).toContainEqual({
    metric: 'cycleDaysP50',
    difference: '-2',
    beyondComparison: null,
  });
});

test('maturity: what older claims that stood alike became', async () => {
  const { status, body } = await ask(
    'maturity?group_by=workflow&outcome_type=claim.processed&from=2026-10-01&to=2026-11-01&clock=business',
  );
  expect(status).toBe(200);
  const [claims] = body.rows;
  expect(claims).toMatchObject({
    workItems: 10,
    pending: { items: 2 },
    immature: true,
    maturity: '0.833333',
    nowcast: null,
    withheld: 'too_little_known',
    older: { items: 12, open: 0 },
  });
});

test('maturity: a cohort that is final is known', async () => {
  await seedItem(database.db, tenant.tenantId, {
    kind: 'claim',
    key: 'old',
    phase: 'achieved',
    at: iso('2026-08-06'),
    attempts: [
      {
        placement: 'outcome',
        parts: [{ trace: 'old', startedAt: iso('2026-08-02'), usd: '1', workflow: 'claims' }],
      },
    ],
  });
  await post('/v1/outcomes', processed('old', iso('2026-08-06')), 'application/cloudevents+json');
  const { body } = await ask(
    'maturity?group_by=workflow&outcome_type=claim.processed&from=2026-09-01&to=2026-10-01&clock=business',
  );
  expect(body.rows[0]).toMatchObject({
    maturity: '1',
    nowcast: { seen: 12, expected: '9', known: '1', high: '12' },
    withheld: null,
    older: { items: 1, open: 0 },
  });
});

test.each(['csv', 'ndjson', 'parquet'])('each of them as %s', async (format) => {
  for (const report of [
    `movers?group_by=user.id&${OCTOBER}`,
    'spend?by=user.id',
    'operating-model?change_at=2026-10-01&outcome_type=claim.processed',
    'maturity?from=2026-10-01&outcome_type=claim.processed',
  ])
    expect([report, (await ask(`${report}&format=${format}`)).status]).toEqual([report, 200]);
});

test.each([
  ['movers?to=2026-11-01&from=2026-10-01', 'before_from'],
  [`movers?view=period&${OCTOBER}`, 'view'],
  [`movers?before_to=2026-08-01&${OCTOBER}`, 'before_to'],
  ['spend', 'by'],
  ['spend?by=workflow', 'by'],
  ['maturity?from=2026-10-01&mature_from=2026-10-01', 'mature_from'],
  ['operating-model?change_at=2026-10-01&comparison=desk&outcome_type=claim.processed', 'comparison'],
])('%s is refused and says why', async (query, field) => {
  const { status, body } = await ask(query);
  expect([status >= 400 && status < 500, JSON.stringify(body)]).toEqual([
    true,
    expect.stringContaining(field),
  ]);
});
