// Goal: reports say how far outcomes are known to be ones, what still matures, and whether they are complete.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OutcomePlay } from '../support/outcome-play.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const begin = (): Promise<OutcomePlay> => OutcomePlay.begin(service);

test('cost per outcome by tier and by quality; without grouping the tiers are counted apart', async () => {
  const play = await begin();
  const outcomes: [string, number, object | undefined][] = [
    ['A', 1, { tier: 'confirmed', quality: 'good' }],
    ['B', 2, { tier: 'assumed' }],
    ['C', 4, undefined],
  ];
  for (const [key, dollars, data] of outcomes) {
    await play.work({ key, atH: 1, dollars });
    await play.event({ verb: 'resolved', key, atH: 2, ...(data === undefined ? {} : { data }) });
  }
  await play.work({ key: 'D', atH: 1, dollars: 8 });
  await play.event({ verb: 'failed', key: 'D', atH: 2, data: { quality: 'bad' } });
  await service.settle();
  const rows = async (by: string) =>
    (await play.report(`?group_by=${by}`)).rows.map((row: any) => [
      row.group[by],
      row.workItems,
      row.outcomes,
      row.costPerOutcomeUsd,
    ]);
  expect(await rows('tier')).toEqual([
    ['assumed', 1, 1, '2'],
    ['confirmed', 1, 1, '1'],
    ['unstated', 1, 1, '4'],
    [null, 1, 0, null],
  ]);
  expect(await rows('quality')).toEqual([
    ['bad', 1, 0, null],
    ['good', 1, 1, '1'],
    [null, 2, 2, '3'],
  ]);
  expect(await play.total()).toMatchObject({
    outcomes: 3,
    costPerOutcomeUsd: '5',
    outcomesByTier: { confirmed: 1, assumed: 1, contained: 0, assisted: 0, unstated: 1 },
  });
  expect((await play.get('/v1/work-items?tier=assumed')).body.items.map(({ key }: any) => key)).toEqual([
    'B',
  ]);
  const refused = await play.get('/v1/reports/cost-per-outcome?view=period&group_by=tier');
  expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'group_by']);
});

test('files carry tiers, units and merges as well', async () => {
  const play = await begin();
  await play.work({ key: 'A', atH: 1, dollars: 1 });
  const csv = [
    'id,source,type,subject,time,value_amount,value_unit,data.tier,data.mergedInto',
    `1,/desk,ticket.resolved,B,${play.time(2)},12.5,pages,contained,`,
    `2,/desk,ticket.merged_into,A,${play.time(2)},,,,B`,
    `3,/desk,ticket.resolved,C,${play.time(2)},1,,,`,
  ].join('\n');
  const answer = await service.api.call('/v1/imports', {
    key: await play.tenant.key(['outcomes']),
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  expect(answer.body).toMatchObject({
    stored: 2,
    rejected: 1,
    errors: [{ line: 4, field: 'data.value.currency' }],
  });
  await service.settle();
  expect(await play.item('B')).toMatchObject({
    phase: 'achieved',
    tier: 'contained',
    value: { amount: '12.5', unit: 'pages' },
    cost: { costUsd: '1' },
  });
});

test('an outcome that has not lasted its window yet is maturing', async () => {
  const play = await begin();
  await play.define('ticket', {
    outcomeType: 'ticket.resolved',
    verbs: { resolved: 'achieved', reopened: 'reopened' },
    waitingWindowMs: 7 * 86_400_000,
  });
  const hoursSinceStart = (Date.now() - Date.parse(play.time(0))) / 3_600_000;
  for (const [key, resolvedAtH] of [
    ['OLD', hoursSinceStart - 8 * 24],
    ['NEW', hoursSinceStart - 6 * 24],
    ['OPEN', null],
  ] as const) {
    await play.work({ key, atH: (resolvedAtH ?? hoursSinceStart) - 1, dollars: 1 });
    if (resolvedAtH !== null) await play.event({ verb: 'resolved', key, atH: resolvedAtH });
  }
  await service.settle();
  expect(await play.total()).toMatchObject({
    outcomes: 1,
    pending: { items: 2, costUsd: '2' },
    maturing: { items: 1, costUsd: '1' },
  });
  const { body } = await play.get('/v1/work-items?phase=maturing');
  expect(body.items.map(({ key, phase, maturing }: any) => [key, phase, maturing])).toEqual([
    ['NEW', 'achieved', true],
  ]);
});

test('a report says what control totals say of its outcomes', async () => {
  const play = await begin();
  for (const [key, atH] of [
    ['A', 2],
    ['B', 30],
  ] as const) {
    await play.work({ key, atH: 1, dollars: 1 });
    await play.event({ verb: 'resolved', key, atH });
  }
  await service.settle();
  const october = '?from=2026-10-01&to=2026-11-01';
  const controls = async () => (await play.report(october)).total.coverage.controls;
  expect(await controls()).toBeNull();
  const control = { source: '/desk', period: '2026-10-01', type: 'ticket.resolved', count: 1 };
  await play.post('/v1/outcomes/controls', control);
  expect(await controls()).toEqual({ share: '0.5', totals: 1, matching: 1, matches: true });
  await play.post('/v1/outcomes/controls', { ...control, period: '2026-10-02', count: 2 });
  expect(await controls()).toEqual({ share: '1', totals: 2, matching: 1, matches: false });
});
