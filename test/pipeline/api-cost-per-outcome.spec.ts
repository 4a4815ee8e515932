import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { keysOf, recordLeaves, START_US } from '../support/evidence-log.ts';
import { seedCharge, seedItem, uuidOf } from '../support/seed-spend.ts';

let database: TestDatabase;
let api: TestApi;
let tenant: TestTenant;
let analyst: string;

const at = (day: number, time = '08:00:00') => `2026-10-${String(day).padStart(2, '0')}T${time}Z`;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  api = await startTestApi(db);
  tenant = await makeTenant(db, 'acme');
  analyst = await tenant.key(['analyst']);
  const { tenantId } = tenant;
  // A: a retry, then an attempt of two traces that bought the outcome; its dimensions are those of the earlier part.
  await seedItem(db, tenantId, {
    key: 'A',
    phase: 'achieved',
    attempts: [
      {
        placement: 'waste:retry',
        parts: [{ trace: 'a1', startedAt: at(8), usd: '0.3', dimensions: { team: 'x' } }],
      },
      {
        placement: 'outcome',
        parts: [
          { trace: 'a3', startedAt: at(9, '10:00:00'), usd: '0.5', workflow: 'other', model: 'small' },
          { trace: 'a2', startedAt: at(9), usd: '0.7', calls: 3, dimensions: { team: 'y' } },
        ],
      },
    ],
  });
  await seedItem(db, tenantId, {
    key: 'B',
    phase: 'failed',
    at: at(11, '23:59:59'),
    attempts: [
      {
        placement: 'waste:failed',
        parts: [{ trace: 'b1', startedAt: at(11), usd: '0.11', workflow: 'airline' }],
      },
    ],
  });
  await seedItem(db, tenantId, {
    key: 'C',
    attempts: [
      { placement: 'work', parts: [{ trace: 'c1', startedAt: at(12), usd: '0.05', workflow: 'airline' }] },
    ],
  });
  await seedItem(db, tenantId, { key: 'D', phase: 'achieved', at: at(13) });
  await seedItem(db, tenantId, {
    key: 'E',
    phase: 'achieved',
    at: at(14),
    attempts: [
      {
        placement: 'outcome',
        parts: [{ trace: 'e1', startedAt: at(14), workflow: 'qwen', calls: 4, unpriced: 4 }],
      },
    ],
  });
  await seedItem(db, tenantId, {
    key: 'F',
    phase: 'achieved',
    at: at(15),
    attempts: [
      {
        placement: 'outcome',
        parts: [{ trace: 'f1', startedAt: at(15), workflow: 'mini', calls: 2, withoutUsage: 2 }],
      },
      {
        placement: 'waste:after_outcome',
        parts: [
          {
            trace: 'f2',
            startedAt: at(16),
            workflow: 'retail',
            usd: '0.02',
            calls: 2,
            unpriced: 1,
            grade: 'estimated',
          },
        ],
      },
    ],
  });
  // G: settled in November, used in October.
  await seedItem(db, tenantId, {
    key: 'G',
    phase: 'achieved',
    at: '2026-11-01T00:00:00Z',
    attempts: [{ placement: 'outcome', parts: [{ trace: 'g1', startedAt: at(31), usd: '1' }] }],
  });
  await seedCharge(db, tenantId, {
    traceId: uuidOf('sim'),
    account: '5400:overhead:simulator',
    usd: '0.4',
    at: at(9),
  });
  await seedCharge(db, tenantId, {
    traceId: uuidOf('lost'),
    account: '5000:unattributed',
    usd: '0.06',
    at: at(9),
  });
  await seedCharge(db, tenantId, {
    traceId: uuidOf('eur'),
    account: '5000:unattributed',
    usd: '2',
    at: at(9),
    currency: 'EUR',
  });
  // Another tenant's figures must not be seen.
  const other = await makeTenant(db, 'other');
  await seedItem(db, other.tenantId, {
    key: 'A',
    phase: 'achieved',
    attempts: [{ placement: 'outcome', parts: [{ trace: 'a1', startedAt: at(8), usd: '77' }] }],
  });
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const ask = (query: string, key = analyst) => api.call(`/v1/reports/cost-per-outcome?${query}`, { key });

test('settled: lifetime cost over the outcomes of October', async () => {
  const { status, body } = await ask('from=2026-10-01&to=2026-11-01');
  expect(status).toBe(200);
  expect(body.total).toEqual({
    group: {},
    workItems: 5,
    attempts: 6,
    outcomes: 4,
    costUsd: '1.63',
    costPerOutcomeUsd: '0.4075',
    directCostUsd: '1.2',
    directCostPerOutcomeUsd: '0.3',
    failedAttemptCostUsd: '0.32',
    noOutcomeCostUsd: '0.11',
    loadedCostUsd: '1.63',
    loadedCostPerOutcomeUsd: '0.4075',
    loadedGrade: 'incomplete',
    costLinesUsd: '0',
    usedOverheadUsd: '0',
    humanMinutes: '0',
    unpricedLines: 0,
    unpricedCalls: 5,
    attemptsWithoutUsage: 1,
    unmatchedOutcomes: 1,
    outcomesByTier: { confirmed: 0, assumed: 0, contained: 0, assisted: 0, unstated: 4 },
    pending: { items: 1, costUsd: '0.05' },
    maturing: { items: 0, costUsd: '0' },
    coverage: { priced: '0.5', linked: '0.8', reconciled: '0', controls: null },
    linkCoverage: '1',
    band: { lowUsd: '1.63', bookUsd: '1.63', highUsd: '1.63', expectedUsd: '1.63' },
    grade: 'incomplete',
    gradeReasons: ['unpriced', 'inferred_boundary'],
    bound: 'lower',
  });
  expect([body.rows, body.additive, body.next]).toEqual([[body.total], true, null]);
});

test('by workflow: an attempt takes the dimensions of its earliest part, an item counts in every group', async () => {
  const { body } = await ask('from=2026-10-01&to=2026-11-01&group_by=workflow');
  const figures = body.rows.map((row: any) => [
    row.group.workflow,
    row.workItems,
    row.outcomes,
    row.attempts,
    row.costUsd,
    row.costPerOutcomeUsd,
    row.unpricedCalls,
    row.attemptsWithoutUsage,
    row.grade,
    row.pending.items,
    row.pending.costUsd,
  ]);
  expect(figures).toEqual([
    ['airline', 1, 0, 1, '0.11', null, 0, 0, 'metered', 1, '0.05'],
    ['mini', 1, 1, 1, null, null, 0, 1, 'incomplete', 0, '0'],
    ['qwen', 1, 1, 1, null, null, 4, 0, 'incomplete', 0, '0'],
    ['retail', 2, 2, 3, '1.52', '0.76', 1, 0, 'incomplete', 0, '0'],
    [null, 1, 1, 0, null, null, 0, 0, 'metered', 0, '0'],
  ]);
  expect(body.additive).toBe(false);
  expect(body.total.workItems).toBe(5);
});

test.each<[string, unknown[][]]>([
  [
    'day',
    [
      [['2026-10-10'], '1.5'],
      [['2026-10-11'], '0.11'],
      [['2026-10-13'], null],
      [['2026-10-14'], null],
      [['2026-10-15'], '0.02'],
      [[null], null],
    ],
  ],
  [
    'agent,outcome_type',
    [
      [['agent', 'ticket.resolved'], '1.63'],
      [[null, 'ticket.resolved'], null],
    ],
  ],
  [
    'model,provider',
    [
      [['gpt-x', 'openai'], '1.63'],
      [[null, null], null],
    ],
  ],
  [
    'team',
    [
      [['x'], '0.3'],
      [['y'], '1.2'],
      [[null], '0.13'],
    ],
  ],
])('grouped by %s', async (groupBy, expected) => {
  const admin = await tenant.key(['admin']);
  await database.db.query(
    `INSERT INTO policies (tenant_id, name, version, rule) VALUES ($1, 'dimensions', 1, '{"attributes":["team"]}') ON CONFLICT DO NOTHING`,
    [tenant.tenantId],
  );
  const { body } = await ask(`from=2026-10-01&to=2026-11-01&group_by=${groupBy}`, admin);
  expect(body.rows.map((row: any) => [Object.values(row.group), row.costUsd])).toEqual(expected);
});

test('the tie-out accounts for every cent of the period once', async () => {
  const { body } = await ask('from=2026-10-01&to=2026-11-01');
  expect(body.tieOut).toMatchObject({
    period: { from: '2026-10-01', to: '2026-11-01' },
    meteredUsd: '3.14',
    inScopeUsd: '1.63',
    exclusions: [
      { reason: 'in_progress', amountUsd: '0.05' },
      { reason: 'overhead:simulator', amountUsd: '0.4' },
      { reason: 'settled_in_another_period', amountUsd: '1' },
      { reason: 'unattributed', amountUsd: '0.06' },
    ],
    fromOtherPeriodsUsd: '0',
    reportUsd: '1.63',
    otherCurrencies: [{ currency: 'EUR', metered: '2' }],
    billedUsd: null,
    reconciliation: 'not reconciled',
    size: null,
    root: null,
    sealed: 'no checkpoint is signed yet',
    query: {
      view: 'settled',
      from: '2026-10-01',
      to: '2026-11-01',
      group_by: '',
      outcome_type: null,
      basis: 'restated',
    },
  });
  const november = await ask('from=2026-11-01');
  expect(november.body.tieOut).toMatchObject({
    meteredUsd: '0',
    inScopeUsd: '0',
    fromOtherPeriodsUsd: '1',
    reportUsd: '1',
  });
});

test('cohort: by the first attempt, immature while items are open', async () => {
  const { body } = await ask('view=cohort&from=2026-10-12&to=2026-11-01');
  expect([
    body.total.workItems,
    body.total.outcomes,
    body.total.costUsd,
    body.total.pending,
    body.total.immature,
  ]).toEqual([3, 3, '1.02', { items: 1, costUsd: '0.05' }, true]);
  expect((await ask('view=cohort&to=2026-10-10')).body.total).toMatchObject({ workItems: 1, costUsd: '1.5' });
});

test('period: charges as on the bill, beside the outcomes, without a ratio', async () => {
  const { body } = await ask('view=period&from=2026-10-01&to=2026-11-01&group_by=day');
  expect(body.total).toMatchObject({
    costUsd: '3.14',
    directCostUsd: '2.2',
    failedAttemptCostUsd: '0.32',
    noOutcomeCostUsd: '0.11',
    inProgressCostUsd: '0.05',
    overheadCostUsd: '0.4',
    unattributedCostUsd: '0.06',
    outcomes: 4,
    costPerOutcomeUsd: null,
    unpricedCalls: 5,
    attemptsWithoutUsage: 1,
    pending: null,
    bound: 'lower',
  });
  expect(body.rows.find((row: any) => row.group.day === '2026-10-09')).toMatchObject({
    costUsd: '1.66',
    outcomes: 0,
  });
  expect(body.tieOut).toMatchObject({
    meteredUsd: '3.14',
    inScopeUsd: '3.14',
    exclusions: [],
    reportUsd: '3.14',
  });
  const models = await ask('view=period&from=2026-10-01&to=2026-11-01&group_by=call_model');
  expect(models.body.rows.map((row: any) => [row.group.call_model, row.costUsd, row.outcomes])).toEqual([
    ['gpt-x', '2.64', null],
    ['small', '0.5', null],
  ]);
});

test.each<[string, number, string]>([
  ['group_by=call_model', 422, 'group_by'],
  ['group_by=nothing', 422, 'group_by'],
  ['group_by=day,day', 422, 'group_by'],
  ['basis=reported', 422, 'to'],
  ['as_of=2026-10-01', 422, 'as_of'],
  ['size=7', 422, 'size'],
  ['from=2026-10-02&to=2026-10-02', 422, 'to'],
  ['from=2026-02-30', 400, 'from'],
  ['view=other', 400, 'view'],
  ['limit=0', 400, 'limit'],
  ['group_by=workflow&cursor=nonsense', 400, 'cursor'],
])('%s is refused', async (query, status, field) => {
  const answer = await ask(query);
  expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
});

test('outcomes of several types are counted apart or not at all', async () => {
  const mixed = await makeTenant(database.db, 'mixed');
  await seedItem(database.db, mixed.tenantId, { key: 'A', phase: 'achieved' });
  await seedItem(database.db, mixed.tenantId, { kind: 'claim', key: 'A', phase: 'achieved' });
  const key = await mixed.key(['analyst']);
  expect((await ask('', key)).body.detail).toContain('claim.processed, ticket.resolved');
  expect((await ask('group_by=outcome_type', key)).body.rows.map((row: any) => row.outcomes)).toEqual([1, 1]);
  expect((await ask('outcome_type=claim.processed', key)).body.total.outcomes).toBe(1);
});

test('pages follow each other by cursor', async () => {
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const { body }: { body: any } = await ask(`group_by=workflow&limit=2${cursor}`);
    seen.push(...body.rows.map((row: any) => row.group.workflow));
    if (body.next === null) break;
    cursor = `&cursor=${body.next}`;
  }
  expect(seen).toEqual(['airline', 'mini', 'qwen', 'retail', null]);
});

test('CSV and NDJSON carry the rows, the total and the tie-out; unknown is empty', async () => {
  await seedItem(database.db, tenant.tenantId, {
    key: 'H',
    phase: 'achieved',
    at: '2026-09-01T00:00:00Z',
    attempts: [
      {
        placement: 'outcome',
        parts: [{ trace: 'h1', startedAt: '2026-09-01T00:00:00Z', usd: '0.5', workflow: '=cmd(),"x"' }],
      },
    ],
  });
  const csv = await ask('from=2026-09-01&to=2026-10-14&group_by=workflow&format=csv');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const lines = String(csv.body).split('\r\n');
  expect(lines[0]).toMatch(/^record,workflow,workItems,/);
  expect(lines[1]).toMatch(/^row,"'=cmd\(\),""x""",1,1,1,0\.5,/);
  expect(lines.find((line) => line.startsWith('row,,'))).toMatch(/^row,,1,0,1,,,,/);
  expect(lines.filter((line) => line.startsWith('tieOut'))).toHaveLength(7);
  const ndjson = await ask('from=2026-09-01&to=2026-10-14&group_by=workflow&format=ndjson');
  const records = String(ndjson.body)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).record);
  expect(records).toEqual(['row', 'row', 'row', 'row', 'total', 'tieOut']);
});

test('the cost of an item that is still open is in progress, not cost without an outcome', async () => {
  const { body } = await api.call('/v1/work-items?phase=open', { key: analyst });
  expect(body.items.map(({ cost }: any) => cost)).toMatchObject([
    {
      costUsd: '0.05',
      inProgressCostUsd: '0.05',
      directCostUsd: '0',
      failedAttemptCostUsd: '0',
      noOutcomeCostUsd: '0',
      costPerOutcomeUsd: null,
    },
  ]);
});

test('the tie-out names the newest checkpoint, and says whether leaves still wait for one', async () => {
  const sealed = async () => {
    const { size, root, sealed: state } = (await ask('')).body.tieOut;
    return { size, root, state };
  };
  const { db } = database;
  const { tenantId } = tenant;
  const log = await keysOf({ tenantId, slug: 'acme' });
  await recordLeaves(db, log, ['a', 'b']);
  await sealOnce(db, log, START_US);
  const { rows } = await db.query<{ size: bigint; root: Buffer }>(
    `SELECT size, root FROM log_heads WHERE tenant_id = $1`,
    [tenantId],
  );
  const head = { size: Number(rows[0]!.size), root: rows[0]!.root.toString('base64') };
  expect(head.size).toBe(2);
  expect(await sealed()).toEqual({ ...head, state: 'everything recorded is in the log of this size' });
  await recordLeaves(db, log, ['c']);
  expect(await sealed()).toEqual({
    ...head,
    state: 'newer leaves wait for the next checkpoint: the figures may include what they record',
  });
});
