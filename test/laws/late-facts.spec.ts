// Goal: what comes late after an invoice was booked, or after its month was closed, breaks no identity, in any order of
// span, invoice and price: variance moves, what is payable never does.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClaimsOffice } from '../support/claims-office.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

type Step = (office: ClaimsOffice) => Promise<unknown>;
const call =
  (id: string, input: number, hour: string): Step =>
  (office) =>
    office.call({ id, claims: ['W1'], at: `2025-10-03T${hour}:00:00Z`, input, output: 0 });
const invoice: Step = async ({ key }) => {
  const path = '/v1/invoices?provider=prov&period=2025-10&format=total&number=INV-1&total=0.05';
  expect((await service.api.call(path, { key, method: 'POST' })).status).toBe(201);
};
const processed: Step = (office) => office.tell('processed', 'W1', '2025-10-04T09:00:00Z');
const dearer: Step = (office) => office.price('pb', 'prov,m,2025-10-01,2025-11-01,4,15,0.30,USD');

/** 10,000 tokens at 3 USD a million cost 0.03; the late 2,000 another 0.006; at 4 USD all of it 0.048. */
const first = call('a', 10_000, '10');
const late = call('late', 2_000, '09');

async function play(...steps: readonly Step[]): Promise<Record<string, string>> {
  const office = await ClaimsOffice.begin(service, 'prov,m,,,3,15,0.30,USD');
  for (const step of steps) {
    await step(office);
    await office.settle();
  }
  expect(await service.check(office.tenant.tenantId)).toEqual([]);
  return office.cost();
}

test('a late span after a booked invoice moves variance, and breaks nothing', async () => {
  const payable = { '2100:payable:prov:INV-1': '-0.05' };
  expect(await play(first, processed, invoice)).toEqual({
    ...payable,
    '5200:outcome W1': '0.03',
    '5900:variance:prov:unexplained': '0.02',
  });
  const moved = {
    ...payable,
    '5200:outcome W1': '0.03',
    '5300:waste:retry W1': '0.006',
    '5900:variance:prov:unexplained': '0.014',
  };
  for (const order of [
    [first, processed, invoice, late],
    [invoice, late, processed, first],
    [late, invoice, first, processed],
  ])
    expect(await play(...order)).toEqual(moved);
  expect(await play(first, processed, invoice, late, dearer)).toEqual({
    ...payable,
    '5200:outcome W1': '0.04',
    '5300:waste:retry W1': '0.008',
    // Less than a cent.
    '5900:variance:prov:rounding': '0.002',
  });
});
