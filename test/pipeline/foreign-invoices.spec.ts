// Goal: an invoice in another currency than the charges ties to them: what is payable is what was billed, in the
// currency it was billed in, and what another rate makes of it is variance of a kind of its own (ledger.md Ex 7).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClaimsOffice } from '../support/claims-office.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

/** An office with charges of 0.04 USD in October: 10,000 tokens in, 1,000 out. */
async function open(prices = 'prov,m,,,3,10,1,USD'): Promise<ClaimsOffice> {
  const office = await ClaimsOffice.begin(service, prices);
  await spend(office, 'u1');
  await office.settle();
  return office;
}
const spend = (office: ClaimsOffice, id: string): Promise<void> =>
  office.call({ id, claims: ['W1'], at: '2025-10-03T09:00:00Z', input: 10_000, output: 1000 });

async function bill(office: ClaimsOffice, query: string, file?: string) {
  const headers = { 'content-type': 'text/csv' };
  const path = `/v1/invoices?provider=prov&period=2025-10&${query}`;
  const call = file === undefined ? {} : { body: file, headers };
  return service.api.call(path, { key: office.key, method: 'POST', ...call });
}

const tellRate = (office: ClaimsOffice, rate: string, day = '2025-10-31'): Promise<void> =>
  office.post('/v1/fx-rates', { rates: [{ base: 'USD', quote: 'EUR', rate, day, source: 'ecb' }] });

const compared = async (office: ClaimsOffice) =>
  (await office.ask('/v1/reconciliation?provider=prov&period=2025-10')).body.items[0];
const tieOut = async (office: ClaimsOffice) =>
  (await office.ask('/v1/reports/cost-per-outcome?view=period&from=2025-10-01&to=2025-11-01')).body;

const EURO_TOTAL = 'format=total&number=INV-1042&total=0.0368&currency=EUR';

test('Ex 7: a EUR invoice at 0.92 clears the charges in USD and is payable in EUR', async () => {
  const office = await open();
  const sent = await bill(office, `${EURO_TOTAL}&charged_in=USD&rate=0.92`);
  expect(sent).toMatchObject({
    status: 201,
    body: {
      documents: [
        {
          number: 'INV-1042',
          currency: 'EUR',
          total: '0.0368',
          chargedIn: 'USD',
          statedRate: '0.92',
          version: 1,
        },
      ],
    },
  });
  await office.settle();
  expect(await office.cost()).toEqual({
    '2100:payable:prov:INV-1042 EUR/12': '-0.0368',
    '2900:fx:EUR/12 EUR/12': '0.0368',
    '2900:fx:USD/12': '-0.04',
    '5100:work W1': '0.04',
  });
  // The rate stands on the entries that it made.
  const { body } = await office.ask('/v1/ledger/transactions?limit=50');
  const legs = body.items.flatMap(({ entries }: any) => entries);
  expect(
    legs.filter(({ account }: any) => account.startsWith('2900')).map(({ callModel }: any) => callModel),
  ).toEqual(['USD/EUR 0.92, stated', 'USD/EUR 0.92, stated']);
  expect(await compared(office)).toMatchObject({
    isBooked: true,
    notCompared: [],
    comparisons: [
      {
        currency: 'USD',
        isBooked: true,
        billed: '0.04',
        charged: '0.04',
        difference: '0',
        variance: {},
        foreign: [
          {
            number: 'INV-1042',
            currency: 'EUR',
            billed: '0.0368',
            booked: '0.04',
            rate: null,
            statedRate: '0.92',
            fx: '0',
          },
        ],
      },
    ],
  });
  expect(await tieOut(office)).toMatchObject({
    total: { costUsd: '0.04', coverage: { reconciled: '1' }, grade: 'measured' },
    tieOut: {
      meteredUsd: '0.04',
      reconciledUsd: '0.04',
      billedUsd: '0.04',
      invoices: ['INV-1042'],
      foreignInvoices: [{ number: 'INV-1042', currency: 'EUR', amount: '0.0368', isConverted: true }],
      variance: {},
      reconciliation: 'reconciled',
      line: 'ties to INV-1042: 0.04 of 0.04; 0 unexplained',
    },
  });

  // The same again stores nothing.
  expect(await bill(office, `${EURO_TOTAL}&charged_in=USD&rate=0.92`)).toMatchObject({
    status: 200,
    body: { documents: [{ version: 1, isKnown: true }] },
  });

  // Our books know another rate of that day: what is payable stands, the difference is fx.
  await tellRate(office, '0.8');
  await office.settle();
  expect(await office.cost()).toEqual({
    '2100:payable:prov:INV-1042 EUR/12': '-0.0368',
    '2900:fx:EUR/12 EUR/12': '0.0368',
    '2900:fx:USD/12': '-0.046',
    '5100:work W1': '0.04',
    '5900:variance:prov:fx': '0.006',
  });
  expect((await compared(office)).comparisons).toMatchObject([
    {
      billed: '0.046',
      difference: '0.006',
      variance: { fx: '0.006' },
      foreign: [{ rate: 'USD/EUR 0.8, ecb, 2025-10-31', fx: '0.006' }],
    },
  ]);
  expect((await tieOut(office)).tieOut).toMatchObject({
    billedUsd: '0.046',
    reconciledUsd: '0.04',
    variance: { fx: '0.006' },
    line: 'ties to INV-1042: 0.04 of 0.046; 0 unexplained',
  });

  // A late span moves variance only.
  await spend(office, 'late');
  await office.settle();
  expect(await office.cost()).toEqual({
    '2100:payable:prov:INV-1042 EUR/12': '-0.0368',
    '2900:fx:EUR/12 EUR/12': '0.0368',
    '2900:fx:USD/12': '-0.046',
    '5100:work W1': '0.08',
    '5900:variance:prov:fx': '0.006',
    '5900:variance:prov:unexplained': '-0.04',
  });
});

test('Ex 7: in any order of span, invoice and rate the balances are the same', async () => {
  const facts = {
    span: (office: ClaimsOffice) => spend(office, 'u1'),
    invoice: (office: ClaimsOffice) => bill(office, EURO_TOTAL),
    rate: (office: ClaimsOffice) => tellRate(office, '0.92'),
  };
  const orders = [
    ['span', 'invoice', 'rate'],
    ['invoice', 'rate', 'span'],
    ['rate', 'invoice', 'span'],
  ] as const;
  for (const order of orders) {
    const office = await ClaimsOffice.begin(service, 'prov,m,,,3,10,1,USD');
    for (const fact of order) {
      await facts[fact](office);
      await office.settle();
    }
    expect([order, await office.cost()]).toEqual([
      order,
      {
        '2100:payable:prov:INV-1042 EUR/12': '-0.0368',
        '2900:fx:EUR/12 EUR/12': '0.0368',
        '2900:fx:USD/12': '-0.04',
        '5100:work W1': '0.04',
      },
    ]);
  }
});

test('without any rate it is payable, and no variance is claimed', async () => {
  const office = await open();
  await bill(office, EURO_TOTAL);
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-0.04',
    '2100:payable:prov:INV-1042 EUR/12': '-0.0368',
    '2900:fx:EUR/12 EUR/12': '0.0368',
    '5100:work W1': '0.04',
  });
  const reason = 'no rate from EUR to USD for 2025-10-31: none before it';
  expect(await compared(office)).toMatchObject({
    isBooked: true,
    comparisons: [],
    notCompared: [{ number: 'INV-1042', format: 'total', currency: 'EUR', billed: '0.0368', reason }],
  });
  expect(await tieOut(office)).toMatchObject({
    total: { coverage: { reconciled: '0' }, grade: 'metered' },
    tieOut: {
      billedUsd: null,
      foreignInvoices: [{ number: 'INV-1042', currency: 'EUR', amount: '0.0368', isConverted: false }],
      line: 'not reconciled; INV-1042 (0.0368 EUR) without a rate into USD',
    },
  });
  // A rate too old for the policy; the policy is changed, and the bill is compared again.
  await tellRate(office, '0.92', '2025-10-01');
  await office.settle();
  expect((await compared(office)).notCompared).toMatchObject([
    { reason: 'no rate from EUR to USD for 2025-10-31: the newest is of 2025-10-01' },
  ]);
  await office.post('/v1/policies', {
    name: 'fx',
    validFrom: '2025-01-01T00:00:00Z',
    rule: { maxAgeDays: 31 },
  });
  await office.settle();
  expect(await office.cost()).toMatchObject({ '2900:fx:USD/12': '-0.04' });
  expect((await compared(office)).notCompared).toEqual([]);
});

test('lines in euros: coverage, rate and tax in the currency of the charges, beside fx', async () => {
  const office = await open();
  await tellRate(office, '0.5');
  const header = 'provider,date,model,token_class,quantity,amount,currency,category,invoice';
  // At 0.8 by its own rate: 0.03 USD for the same tokens in, 0.0165 for 1,100 out at 15, 0.005 tax.
  const lines = [
    'prov,2025-10-03,m,in_uncached,10000,0.024,EUR,usage,E-1',
    'prov,2025-10-03,m,output,1100,0.0132,EUR,usage,E-1',
    'prov,2025-10-31,,,,0.004,EUR,tax,E-1',
  ];
  const answer = await bill(office, 'format=csv&charged_in=USD&rate=0.8', [header, ...lines, ''].join('\n'));
  expect(answer).toMatchObject({ status: 201, body: { refused: [], documents: [{ currency: 'EUR' }] } });
  await office.settle();
  expect(await office.cost()).toEqual({
    '2100:payable:prov:E-1 EUR/12': '-0.0412',
    '2900:fx:EUR/12 EUR/12': '0.0412',
    '2900:fx:USD/12': '-0.0824',
    '5100:work W1': '0.04',
    '5900:variance:prov:coverage': '0.0015',
    '5900:variance:prov:fx': '0.0309',
    '5900:variance:prov:rate': '0.005',
    '5900:variance:prov:tax': '0.005',
  });
});

test('one number in two currencies is two invoices, each payable in its own; together they clear the charges', async () => {
  const office = await open();
  await tellRate(office, '0.5');
  const header = 'provider,date,model,token_class,quantity,amount,currency,category,invoice';
  const lines = [
    'prov,2025-10-03,m,in_uncached,10000,0.015,EUR,usage,M-1',
    'prov,2025-10-03,m,output,1000,0.01,USD,usage,M-1',
  ];
  const file = [header, ...lines, ''].join('\n');
  expect((await bill(office, 'format=csv', file)).body.documents).toMatchObject([
    { number: 'M-1', currency: 'EUR', version: 1, isKnown: false },
    { number: 'M-1', currency: 'USD', version: 2, isKnown: false },
  ]);
  expect((await bill(office, 'format=csv', file)).body.documents).toMatchObject([
    { currency: 'EUR', version: 1, isKnown: true },
    { currency: 'USD', version: 2, isKnown: true },
  ]);
  await office.settle();
  expect(await office.cost()).toEqual({
    '2100:payable:prov:M-1 EUR/12': '-0.015',
    '2100:payable:prov:M-1': '-0.01',
    '2900:fx:EUR/12 EUR/12': '0.015',
    '2900:fx:USD/12': '-0.03',
    '5100:work W1': '0.04',
  });
  expect((await tieOut(office)).tieOut).toMatchObject({
    invoices: ['M-1'],
    billedUsd: '0.04',
    variance: {},
    foreignInvoices: [{ number: 'M-1', currency: 'EUR', amount: '0.015', isConverted: true }],
  });
});

test.each<[string, string, number, object]>([
  ['a rate without its other currency', `${EURO_TOTAL}&rate=0.92`, 400, { field: 'charged_in' }],
  ['a rate into its own currency', `${EURO_TOTAL}&rate=0.92&charged_in=EUR`, 422, { field: 'rate' }],
  ['a rate of nothing', `${EURO_TOTAL}&rate=0&charged_in=USD`, 400, { field: 'rate' }],
])('refused: %s', async (_, query, status, error) => {
  const office = await ClaimsOffice.begin(service, 'prov,m,,,3,10,1,USD');
  const answer = await bill(office, query);
  expect([answer.status, answer.body.errors]).toEqual([status, [expect.objectContaining(error)]]);
});
