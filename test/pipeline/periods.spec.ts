// Goal: a closed month never changes; what comes late about it is posted to the next one, and both readings of the
// month, and the way from one month's end to the next, are exact.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closePeriods } from '../../apps/worker/src/close-periods.ts';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

/** Tokens are priced at 3 USD a million: 1000 tokens cost 0.003. */
async function deskOfTwoMonths(): Promise<Desk> {
  const desk = await Desk.begin(service, 'periods');
  const id = (text: string): string => `${desk.tenant.tenantId} ${text}`;
  await desk.price('3');
  await desk.send({ id: id('a'), ticket: 'T1', at: '2026-08-05T10:00:00Z', inputTokens: 1000 });
  await desk.send({ id: id('b'), ticket: 'T2', at: '2026-08-06T10:00:00Z', inputTokens: 2000 });
  await desk.send({ id: id('c'), at: '2026-08-07T10:00:00Z', inputTokens: 500 });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-08-08T10:00:00Z' });
  await desk.send({ id: id('d'), ticket: 'T3', at: '2026-09-05T10:00:00Z', inputTokens: 4000 });
  await desk.settle();
  return desk;
}

async function close(desk: Desk, period: string): Promise<any> {
  const asked = await desk.call(`/v1/periods/${period}/close`, { method: 'POST' });
  expect({ status: asked.status, state: asked.body.state }).toEqual({ status: 202, state: 'closing' });
  await desk.seal();
  await closePeriods(service.parts);
  const { items } = (await desk.call('/v1/periods')).body;
  return items.find((each: any) => each.period === period);
}

const bridgeOf = async (desk: Desk, period: string): Promise<any> =>
  (await desk.call(`/v1/periods/${period}/bridge`)).body.currencies[0];
const trialBalance = async (desk: Desk, period: string): Promise<any> =>
  (await desk.call(`/v1/ledger/trial-balance?period=${period}`)).body;

test('a closed month stays as it was reported, and what comes late is an adjustment of the next', async () => {
  const desk = await deskOfTwoMonths();
  const id = (text: string): string => `${desk.tenant.tenantId} ${text}`;
  const august = await close(desk, '2026-08');
  expect(august).toMatchObject({ state: 'closed', revisions: 4, rules: { 'price_books/desk': 1 } });
  expect(august.trialBalance).toEqual(
    [
      balance('2000:accrued:openai:2026-08', 0, 0, 10_500_000_000),
      balance('5000:unattributed', 0, 1_500_000_000, 0),
      ...august.trialBalance.filter(({ account }: any) => account === '5100:work'),
      ...august.trialBalance.filter(({ account }: any) => account === '5200:outcome'),
      ...august.trialBalance.filter(({ account }: any) => account.startsWith('V')),
    ].sort(byAsset),
  );
  const reportedThen = await trialBalance(desk, '2026-08');
  const report = '/v1/reports/cost-per-outcome?from=2026-08-01&to=2026-09-01&basis=reported';
  const told = await desk.text(report);
  expect(JSON.parse(told)).toMatchObject({
    total: { outcomes: 1, costUsd: '0.003' },
    tieOut: { size: august.size, changeSinceClose: null },
  });
  const change = async (query = ''): Promise<any> =>
    (await desk.call(`/v1/reports/cost-per-outcome?view=period&from=2026-08-01&to=2026-10-01${query}`)).body
      .tieOut.changeSinceClose;
  const none = { period: '2026-08', size: august.size, meteredUsd: '0', byCode: [], byAccount: [] };
  expect(await change()).toEqual(none);
  const unmoved = await desk.seal();

  // Late: an outcome, a trace, and another price, all about August.
  await desk.tell({ id: '2', ticket: 'T2', verb: 'resolved', at: '2026-08-20T10:00:00Z' });
  await desk.send({ id: id('late'), ticket: 'T1', at: '2026-08-04T10:00:00Z', inputTokens: 100 });
  await desk.settle();
  await desk.price('4');
  await desk.settle();

  expect(await change()).toEqual({
    period: '2026-08',
    size: august.size,
    meteredUsd: '0.0039',
    byCode: [
      { code: 'C100', amountUsd: '0.0003' },
      { code: 'C300', amountUsd: '0' },
      { code: 'C400', amountUsd: '0.0036' },
    ],
    byAccount: [
      { account: '5000:unattributed', amountUsd: '0.0005' },
      { account: '5100:work', amountUsd: '-0.006' },
      { account: '5200:outcome', amountUsd: '0.009' },
      { account: '5300:waste:retry', amountUsd: '0.0004' },
    ],
  });
  expect(await change(`&size=${unmoved}`)).toEqual(none);
  expect(await change(`&size=${august.size}`)).toBeNull();

  expect(await trialBalance(desk, '2026-08')).toEqual(reportedThen);
  expect(await desk.text(report)).toBe(told);
  const restated = JSON.parse(await desk.text(report.replace('reported', 'restated')));
  expect(restated.total).toMatchObject({ outcomes: 2, costUsd: '0.0124' });

  expect(await bridgeOf(desk, '2026-08')).toMatchObject({
    openingWorkInProgress: '0',
    charges: '0.0105',
    adjustments: '0',
    closingWorkInProgress: '0.006',
    unattributed: '0.0015',
    settled: '0.003',
  });
  expect(await bridgeOf(desk, '2026-09')).toMatchObject({
    openingWorkInProgress: '0.006',
    charges: '0.016',
    adjustments: '0.0039',
    closingWorkInProgress: '0.016',
    unattributed: '0.0005',
    settled: '0.0094',
  });
  const { accounts } = (await desk.call('/v1/periods/2026-08/changes')).body;
  const of = (account: string): any => accounts.find((each: any) => each.account === account);
  expect(of('2000:accrued:openai:2026-08')).toEqual({
    account: '2000:accrued:openai:2026-08',
    currency: 'USD',
    reported: '-0.0105',
    changes: [
      { code: 'C100', amount: '-0.0003' },
      { code: 'C400', amount: '-0.0036' },
    ],
    restated: '-0.0144',
  });
  expect(of('5200:outcome')).toMatchObject({ reported: '0.003', restated: '0.0120'.replace(/0$/, '') });

  // The next month closes on top of it.
  expect((await close(desk, '2026-09')).size).toBeGreaterThan(august.size);
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});

const balance = (account: string, opening: number, debit: number, credit: number): object => ({
  account,
  asset: 'USD/12',
  opening: `${opening}`,
  debit: `${debit}`,
  credit: `${credit}`,
  closing: `${opening + debit - credit}`,
});
const byAsset = (a: any, b: any): number =>
  a.asset === b.asset ? (a.account < b.account ? -1 : 1) : a.asset < b.asset ? -1 : 1;

test('a month is closed in order, once it is over, and only when nothing of it is under way', async () => {
  const desk = await deskOfTwoMonths();
  const refused = async (period: string, says: string): Promise<void> => {
    const { status, body } = await desk.call(`/v1/periods/${period}/close`, { method: 'POST' });
    expect({ status, detail: body.detail }).toEqual({ status: 409, detail: expect.stringContaining(says) });
  };
  await refused('2026-09', 'months are closed in order: the next one is 2026-08');
  await refused('2199-01', 'the month is not over before 2199-02-01');
  await desk.send({
    id: `${desk.tenant.tenantId} due`,
    ticket: 'T9',
    at: '2026-08-30T10:00:00Z',
    inputTokens: 1,
  });
  await refused('2026-08', '1 traces that began by then are still to be worked');
  await desk.settle();
  await desk.price('9');
  await refused('2026-08', 'the books are not settled: 1 facts wait');
  await desk.settle();
  const first = await close(desk, '2026-08');
  const again = await desk.call('/v1/periods/2026-08/close', { method: 'POST' });
  expect({ status: again.status, body: again.body }).toEqual({ status: 202, body: first });
  expect((await desk.call('/v1/periods/2026-13/close', { method: 'POST' })).status).toBe(400);
});

test('only an approver or an admin closes', async () => {
  const desk = await deskOfTwoMonths();
  const ask = async (role: 'analyst' | 'approver'): Promise<number> => {
    const key = await desk.tenant.key([role]);
    const answer = await service.api.call('/v1/periods/2026-08/close', { key, method: 'POST' });
    return answer.status;
  };
  expect([await ask('analyst'), await ask('approver')]).toEqual([403, 202]);
});

test('postings that run while a month is closed land before it or after it, never in it', async () => {
  const desk = await deskOfTwoMonths();
  for (let n = 0; n < 12; n += 1)
    await desk.send({
      id: `${desk.tenant.tenantId} r${n}`,
      ticket: `R${n}`,
      at: '2026-09-10T10:00:00Z',
      inputTokens: 1000,
    });
  await Promise.all([desk.call('/v1/periods/2026-08/close', { method: 'POST' }), service.settle()]);
  await desk.seal();
  await closePeriods(service.parts);
  const before = await trialBalance(desk, '2026-08');
  await desk.tell({ id: '9', ticket: 'T2', verb: 'failed', at: '2026-08-20T10:00:00Z' });
  await desk.settle();
  expect(await trialBalance(desk, '2026-08')).toEqual(before);
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});
