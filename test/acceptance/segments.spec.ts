import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { keysOf } from '../support/evidence-log.ts';
import { seedItem } from '../support/seed-spend.ts';

let database: TestDatabase;
let api: TestApi;
let tenant: TestTenant;
let key: string;

const ITEMS = 220;
const isExceptional = (index: number): boolean => index % 2 === 0;
const BEGAN = '2026-10-02T08:00:00Z';
const event = (index: number, time: string, intake: unknown, id = `opened-${index}`) => ({
  specversion: '1.0',
  id,
  source: '/claims',
  type: 'claim.opened',
  subject: `C-${index}`,
  time,
  data: { intake },
});

/**
 * Claims with an exception document take two attempts and cost $9, the others one at $2. What the claims system says
 * of `verdict` it says only once it is known; the last eight claims say nothing at all.
 */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  api = await startTestApi(db);
  tenant = await makeTenant(db, 'acme');
  key = await tenant.key(['admin', 'outcomes']);
  for (let index = 0; index < ITEMS; index++) {
    const parts = Array.from({ length: isExceptional(index) ? 2 : 1 }, (_, n) => ({
      trace: `c${index}.${n}`,
      startedAt: BEGAN,
      usd: isExceptional(index) ? '4.5' : index % 3 === 0 ? '2.1' : '2',
      workflow: 'claims',
    }));
    await seedItem(db, tenant.tenantId, {
      kind: 'claim',
      key: `C-${index}`,
      phase: 'achieved',
      at: '2026-10-04T08:00:00Z',
      attempts: parts.map((part, n) => ({
        placement: n === parts.length - 1 ? 'outcome' : 'waste:retry',
        parts: [part],
      })),
    });
  }
  await post('/v1/policies', {
    name: 'intake',
    rule: { attributes: [{ name: 'exception_doc' }, { name: 'lines', type: 'number' }, { name: 'verdict' }] },
  });
  await post('/v1/baselines', {
    name: 'bpo',
    rule: {
      outcomeType: 'claim.processed',
      method: 'bpo_contract',
      costPerOutcome: { amount: '8', currency: 'USD' },
      source: 'contract',
    },
  });
  const stated = Array.from({ length: ITEMS - 8 }, (_, index) => [
    event(index, '2026-10-01T08:00:00Z', { exception_doc: isExceptional(index), lines: index % 5 }),
    event(
      index,
      '2026-10-03T08:00:00Z',
      { verdict: isExceptional(index) ? 'hard' : 'easy' },
      `judged-${index}`,
    ),
  ]).flat();
  for (let from = 0; from < stated.length; from += 100)
    await post('/v1/outcomes', stated.slice(from, from + 100), 'application/cloudevents-batch+json');
  const log = await keysOf({ tenantId: tenant.tenantId, slug: 'acme' });
  while ((await sealOnce(db, log, BigInt(Date.now()) * 1000n)).isFull);
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

async function post(path: string, body: object, type = 'application/json'): Promise<void> {
  const { status, body: answer } = await api.call(path, { key, body, headers: { 'content-type': type } });
  if (status >= 300) throw new Error(`${path} answered ${status} ${JSON.stringify(answer)}`);
}
const ask = (query: string) => api.call(`/v1/reports/${query}`, { key });

test('segments: found by what was known before work began, told from the half that had no part in it', async () => {
  const { status, body } = await ask('segments?group_by=workflow');
  expect(status).toBe(200);
  const [row] = body.rows;
  expect(row.search).toEqual({
    state: 'found',
    attributes: ['exception_doc', 'lines', 'verdict'],
    casesA: expect.any(Number),
    casesB: expect.any(Number),
    scored: expect.any(Number),
    tested: expect.any(Number),
    candidatesDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    salt: expect.stringMatching(/^[0-9a-f]{64}$/),
    excluded: { withoutSpend: 0, unknownCost: 0, withoutIntake: 8 },
    statedLate: ITEMS - 8,
    toldAfterwards: ITEMS - 8,
  });
  expect(row.search.casesA + row.search.casesB).toBe(ITEMS - 8);
  const [segment, ...more] = row.segments;
  expect(more).toEqual([]);
  expect(segment).toMatchObject({
    conditions: [{ attribute: 'exception_doc', value: 'true' }],
    inside: { items: segment.casesB, attemptsPerItem: '2', loadedCostPerOutcomeUsd: '9' },
    outside: { attemptsPerItem: '1' },
    verdict: 'keep_baseline',
    missing: [],
  });
  expect(segment.inside.items + segment.outside.items).toBe(row.search.casesB);
  expect(body.total).toMatchObject({ search: null, segments: [] });
});

test('the figures of a segment lead to the items of half B that they are of, page by page', async () => {
  const asked = 'group_by=workflow&cell=["claims"]';
  const { body } = await ask('segments?group_by=workflow');
  const [segment] = body.rows[0].segments;
  const named = encodeURIComponent(JSON.stringify(segment.conditions));
  const items: any[] = [];
  for (const side of ['inside', 'outside']) {
    let cursor = '';
    for (;;) {
      const query = `${asked}&segment=${named}&side=${side}&limit=40${cursor}`;
      const { body: page } = await api.call(`/v1/explain/segment?${query}`, { key });
      expect([page.size, page.workItems, page.outcomes, page.loadedCostUsd]).toEqual([
        null,
        segment[side].items,
        segment[side].outcomes,
        segment[side].loadedCostUsd,
      ]);
      items.push(...page.items);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
  }
  expect(new Set(items.map(({ key: name }) => name)).size).toBe(body.rows[0].search.casesB);
  const tenths = (amounts: string[]): number =>
    amounts.reduce((sum, amount) => sum + Math.round(Number(amount) * 10), 0);
  expect(tenths(items.map(({ loadedCostUsd }) => loadedCostUsd))).toBe(
    tenths([segment.inside.loadedCostUsd, segment.outside.loadedCostUsd]),
  );
  const { body: cost } = await api.call(items[0].href, { key });
  expect([cost.key, cost.costUsd]).toEqual([items[0].key, items[0].callsCostUsd]);
  const other = encodeURIComponent('[{"attribute":"lines","value":"1"}]');
  const refusals = [
    `${asked}&segment=${other}`,
    `${asked}&segment=x`,
    `group_by=workflow&segment=${named}`,
  ].map(async (query) => {
    const answer = await api.call(`/v1/explain/segment?${query}`, { key });
    return [answer.status, answer.body.errors[0].field];
  });
  expect(await Promise.all(refusals)).toEqual([
    [404, 'segment'],
    [400, 'segment'],
    [422, 'cell'],
  ]);
});

test('the lot can be drawn again by anybody from the log', async () => {
  const { body } = await ask('segments?group_by=workflow');
  const { salt, casesA } = body.rows[0].search;
  const { rows } = await database.db.query<{ surrogate_id: string; key: string }>(
    'SELECT surrogate_id, key FROM work_items WHERE tenant_id = $1',
    [tenant.tenantId],
  );
  const inA = rows
    .filter(({ key: name }) => Number(name.slice(2)) < ITEMS - 8)
    .filter(({ surrogate_id: id }) => createHash('sha256').update(`${salt} ${id}`).digest()[0]! % 2 === 0);
  expect(inA).toHaveLength(casesA);
});

test('sentence: every slot computed, what goes together said so, nothing said of what brings it about', async () => {
  const { status, body } = await ask('sentence?group_by=workflow');
  expect(status).toBe(200);
  const [row] = body.rows;
  expect(row.unknown).toEqual([]);
  expect(row.sentence).toMatch(
    /^claims, outside of exception_doc=true: the agent costs \$2\.\d\d per processed claim \(95 % CI .* to .*, n=\d+\) vs \$8\.00 at bpo: 7\d % cheaper\. But where exception_doc=true it costs \$9\.00 \(95 % CI \$9\.00 to \$9\.\d\d, n=\d+\), 1[23] % dearer than bpo: 2\.0 attempts instead of 1\.0; 4\d % of the gap in token cost goes with the number of attempts\. That is [4-6]\d % of the volume\. Sending only these to bpo saves \$0\.\d+ per claim \(.* to .*\)\. All of this is told from the half of the cases that had no part in finding it\.$/,
  );
  const [{ mixedUsd, routedUsd, ...segment }] = row.segments;
  expect(row.segments).toHaveLength(1);
  expect(segment).toEqual({
    conditions: [{ attribute: 'exception_doc', value: 'true' }],
    sentence: row.sentence,
    verdict: 'keep_baseline',
    missing: [],
  });
  const [, said] = /per claim \((\$\d\.\d\d to \$\d\.\d\d)\)\. All/.exec(row.sentence)!;
  expect(`$${Number(mixedUsd).toFixed(2)} to $${Number(routedUsd).toFixed(2)}`).toBe(said);
  expect(row.sentence).not.toMatch(/\b(because|caus\w*|due to|leads? to|drives?)\b/i);
});

test('sentence: what is not known is said to be unknown', async () => {
  const other = await makeTenant(database.db, 'young');
  await seedItem(database.db, other.tenantId, {
    key: 'T-1',
    phase: 'achieved',
    attempts: [{ placement: 'outcome', parts: [{ trace: 'o', startedAt: BEGAN, usd: '1' }] }],
  });
  const { body } = await api.call('/v1/reports/sentence?group_by=workflow', {
    key: await other.key(['analyst']),
  });
  expect(body.rows[0]).toMatchObject({
    sentence:
      'retail: the agent costs $1.00 per resolved ticket (too few items for an interval, n=1); no baseline is recorded to ' +
      'compare it with. Whether it is dearer for some of them is not known: no attribute of their intake is declared.',
    unknown: ['interval', 'baseline', 'segments'],
  });
});

test.each(['csv', 'ndjson', 'parquet'])('both are told as %s too', async (format) => {
  for (const report of ['segments', 'sentence'])
    expect((await ask(`${report}?group_by=workflow&format=${format}`)).status).toBe(200);
});

test.each([
  ['no object', 'yes', 'data.intake'],
  ['a name in capitals', { Channel: 'mail' }, 'data.intake.Channel'],
  ['a list', { channel: ['mail'] }, 'data.intake.channel'],
  ['nothing', { channel: ' ' }, 'data.intake.channel'],
])('intake that is %s is refused and nothing is stored', async (_, intake, field) => {
  const { status, body } = await api.call('/v1/outcomes', {
    key,
    body: event(1, BEGAN, intake, `bad ${field}`),
    headers: { 'content-type': 'application/cloudevents+json' },
  });
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(field)]);
});
