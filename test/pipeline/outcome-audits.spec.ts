// Goal: claimed outcomes are complete (control totals of the source) and real (a sample that somebody looked at).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { leavesWaiting } from '../support/leaves-waiting.ts';
import { OutcomePlay } from '../support/outcome-play.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let play: OutcomePlay;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  play = await OutcomePlay.begin(service);
  // Twelve tickets of two workflows at 10 cents each; two were worked at for nothing.
  for (let n = 1; n <= 12; n++) {
    const workflow = n <= 8 ? 'refunds' : 'claims';
    await play.work({ key: `T${n}`, atH: n, dollars: 0.1, attributes: { 'workflow.name': workflow } });
    const worth = n === 1 ? '5000' : '10';
    await play.event({
      verb: n <= 10 ? 'resolved' : 'failed',
      key: `T${n}`,
      atH: n + 0.5,
      data: { tier: n % 2 === 0 ? 'confirmed' : 'assumed', value: { amount: worth, currency: 'USD' } },
    });
  }
  await service.settle();
});
afterAll(() => service.stop());

test('control totals are compared with what we hold, by source, period and type', async () => {
  const state = (body: object | object[]) => play.post('/v1/outcomes/controls', body);
  const control = { source: '/desk', period: '2026-10-01', type: 'ticket.resolved' };
  expect((await state({ ...control, count: 11 })).body).toEqual({ recorded: 1 });
  expect((await state({ ...control, count: 11 })).body).toEqual({ recorded: 0 });
  const stated = [
    { ...control, count: 10, value: { amount: '5090', currency: 'USD' } },
    { ...control, type: 'ticket.failed', period: '2026-10', count: 3 },
  ];
  expect((await state(stated)).body).toEqual({ recorded: 2 });
  const { body } = await play.get('/v1/outcomes/controls');
  expect(
    body.items.map((item: any) => [
      item.period,
      item.type,
      item.version,
      item.count,
      item.held,
      item.difference,
      item.matches,
    ]),
  ).toEqual([
    ['2026-10', 'ticket.failed', 1, 3, { count: 2, value: null }, { count: -1, amount: null }, false],
    [
      '2026-10-01',
      'ticket.resolved',
      2,
      10,
      { count: 10, value: { amount: '5090', currency: 'USD' } },
      { count: 0, amount: '0' },
      true,
    ],
  ]);
  const page = await play.get('/v1/outcomes/controls?limit=1');
  expect(page.body.items).toHaveLength(1);
  const rest = await play.get(`/v1/outcomes/controls?limit=1&cursor=${page.body.next}`);
  expect([rest.body.items[0].type, rest.body.next]).toEqual(['ticket.resolved', null]);
});

test.each<[string, object, string]>([
  ['no such day', { period: '2026-02-30' }, 'period'],
  ['less than nothing', { count: -1 }, 'count'],
  ['no verb', { type: 'ticket' }, 'type'],
])('a control total that makes no sense: %s', async (_, more, field) => {
  const control = { source: '/desk', period: '2026-10-01', type: 'ticket.resolved', count: 1, ...more };
  const { status, body } = await play.post('/v1/outcomes/controls', control);
  expect([status, JSON.stringify(body).includes(field)]).toEqual([400, true]);
});

test('a key speaks only for its own sources', async () => {
  const key = await play.tenant.key(['outcomes'], { sources: ['/crm'] });
  const control = { source: '/desk', period: '2026-10-01', type: 'ticket.resolved', count: 1 };
  const { status } = await service.api.call('/v1/outcomes/controls', { key, body: control });
  expect(status).toBe(403);
});

test('a sample is drawn by strata, reproducibly; verdicts make an estimate with its interval', async () => {
  const asked = {
    outcomeType: 'ticket.resolved',
    from: '2026-10-01',
    to: '2026-11-01',
    sampleSize: 6,
    minimumPerStratum: 1,
    highValue: { amount: '1000', currency: 'USD' },
    seed: 'spring',
  };
  const { status, body: audit } = await play.post('/v1/outcome-audits', asked);
  expect([status, audit.population, audit.result]).toEqual([
    201,
    {
      outcomeType: 'ticket.resolved',
      from: '2026-10-01',
      to: '2026-11-01',
      highValue: { amount: '1000', currency: 'USD' },
      claimed: 10,
      costUsd: '1.2',
    },
    null,
  ]);
  const stratum = (segment: string, tier: string, highValue: boolean, claimed: number, sampled: number) => ({
    segment,
    tier,
    highValue,
    claimed,
    sampled,
    reviewed: 0,
    valid: 0,
  });
  expect(audit.strata).toEqual([
    stratum('claims', 'assumed', false, 1, 1),
    stratum('claims', 'confirmed', false, 1, 1),
    stratum('refunds', 'assumed', false, 3, 1),
    stratum('refunds', 'assumed', true, 1, 1),
    stratum('refunds', 'confirmed', false, 4, 2),
  ]);
  // Anyone who has the seed and the ids draws the same.
  const { body: claimed } = await play.get('/v1/work-items?phase=achieved&tier=confirmed');
  const order = claimed.items
    .filter(({ cost, key }: any) => cost !== null && Number(key.slice(1)) <= 8)
    .map(({ workItemId, key }: any) => [
      createHash('sha256').update(`spring ${workItemId}`).digest('hex'),
      key,
    ])
    .sort()
    .map(([, key]: string[]) => key);
  const drawn = audit.items.filter(({ stratum: of }: any) => of === 4).map(({ key }: any) => key);
  expect(drawn).toEqual(order.slice(0, 2));
  const again = await play.post('/v1/outcome-audits', asked);
  expect(again.body.items).toEqual(audit.items);

  const path = `/v1/outcome-audits/${audit.auditId}/verdicts`;
  const verdict = ({ kind, key }: any, valid: boolean) => ({ kind, key, valid });
  const [first, ...others] = audit.items;
  expect((await play.post(path, { verdicts: [verdict(first, true)] })).body.result).toBeNull();
  const verdicts = [
    { ...verdict(first, false), note: 'never paid' },
    ...others.map((each: any) => verdict(each, true)),
  ];
  const { body: reviewed } = await play.post(path, { verdicts });
  expect(reviewed.items[0].verdict).toMatchObject({ version: 2, valid: false, note: 'never paid' });
  // 0 of 1, 1 of 1, 3 of 3 by 1 of 1, 1 of 1, 4 of 4 by 2 of 2: 9 of 10; the two strata reviewed in part widen it.
  expect(reviewed.result).toEqual({
    verified: '9',
    low: '5.452395',
    high: '9',
    variance: '0',
    share: '0.9',
    costPerVerifiedUsd: '0.133333333333',
    costPerVerifiedUsdLow: '0.133333333333',
    costPerVerifiedUsdHigh: '0.220086769209',
    grade: 'estimated',
  });
  expect((await play.get(`/v1/outcome-audits/${audit.auditId}`)).body).toEqual(reviewed);
  const { body: page } = await play.get('/v1/outcome-audits?limit=1');
  const { body: older } = await play.get(`/v1/outcome-audits?limit=1&cursor=${page.next}`);
  expect([page.items[0].auditId, older.items[0].auditId]).toEqual([again.body.auditId, audit.auditId]);
  const { rows } = await service.database.db.query(
    'SELECT count(*) AS versions FROM outcome_audit_verdicts WHERE tenant_id = $1',
    [play.tenant.tenantId],
  );
  expect(rows).toEqual([{ versions: 7n }]);
});

test('what was not drawn gets no verdict, and a range without outcomes no audit', async () => {
  const range = { outcomeType: 'ticket.resolved', from: '2026-10-01', to: '2026-11-01', sampleSize: 1 };
  const { body: audit } = await play.post('/v1/outcome-audits', range);
  const verdicts = [{ kind: 'ticket', key: 'T999', valid: true }];
  const refused = await play.post(`/v1/outcome-audits/${audit.auditId}/verdicts`, { verdicts });
  expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'verdicts[0].key']);
  const empty = await play.post('/v1/outcome-audits', { ...range, from: '2020-01-01', to: '2020-02-01' });
  expect([empty.status, empty.body.errors[0].field]).toEqual([422, 'outcomeType']);
});

test('what was stated, drawn and judged has leaves, in which nobody is named', async () => {
  const leaves = await leavesWaiting(service.database.db, play.tenant.tenantId, [
    'outcome.control',
    'outcome.audit',
  ]);
  const common = { v: 1, key: expect.any(String), recordedAt: expect.any(String) };
  const root = (count: number) => ({ count, root: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) });
  const control = { ...common, kind: 'outcome.control' };
  const audit = { ...common, kind: 'outcome.audit', audit: expect.any(String) };
  const drawn = { ...audit, state: 'drawn', population: expect.any(String) };
  expect(leaves).toEqual([
    // The same total again, and a key that may not speak, made none.
    { ...control, controls: root(1) },
    { ...control, controls: root(2) },
    { ...drawn, seed: 'spring', items: root(6) },
    { ...drawn, seed: 'spring', items: root(6) },
    { ...audit, state: 'judged', verdicts: root(1) },
    { ...audit, state: 'judged', verdicts: root(6) },
    { ...drawn, seed: expect.stringMatching(/^[0-9a-f]{32}$/), items: root(6) },
  ]);
  expect(leaves[2]!.items).toEqual(leaves[3]!.items);
  expect(JSON.stringify(leaves)).not.toMatch(/"T\d|never paid/);
});
