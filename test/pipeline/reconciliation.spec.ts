// Goal: a provider's bill ties to the ledger exactly: what it says beyond the charges stands as variance by kind, and a
// late span or another price moves variance, never what is payable.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const OCTOBER_MS = Date.UTC(2026, 9, 1);
const DAY_MS = 86_400_000;

class Books {
  private calls = 0;
  private constructor(
    readonly tenant: TestTenant,
    readonly key: string,
  ) {}

  static async open(prices = 'openai,gpt-x,3,12\n'): Promise<Books> {
    const tenant = await makeTenant(service.database.db, `bills-${randomUUID()}`);
    const books = new Books(tenant, await tenant.key(['admin']));
    await books.price('list', prices);
    return books;
  }

  async price(book: string, rows: string): Promise<void> {
    const answer = await service.api.call(`/v1/price-books?book=${book}&mode=replace`, {
      key: this.key,
      body: `provider,model,input_per_million,output_per_million\n${rows}`,
      headers: { 'content-type': 'text/csv' },
    });
    if (answer.status !== 201) throw new Error(`prices: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** A model call on a day of October, linked to nothing. */
  async call(inputTokens: number, outputTokens: number, day = 1, model = 'gpt-x-2026-01-01'): Promise<void> {
    this.calls += 1;
    const startNs = BigInt(OCTOBER_MS + (day - 1) * DAY_MS) * 1_000_000n + BigInt(this.calls);
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': model,
      'gen_ai.response.id': `r${this.calls}`,
      'gen_ai.usage.input_tokens': inputTokens,
      'gen_ai.usage.output_tokens': outputTokens,
    };
    const span = {
      traceId: randomUUID().replaceAll('-', ''),
      spanId: randomUUID().replaceAll('-', '').slice(0, 16),
      name: 'chat',
      kind: 3,
      startTimeUnixNano: startNs.toString(),
      endTimeUnixNano: (startNs + 1_000_000n).toString(),
      attributes: Object.entries(attributes).map(([key, value]) => ({
        key,
        value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
      })),
    };
    const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
    const text = await answer.text();
    if (text !== '{}') throw new Error(`the span was not taken as it is: ${text}`);
  }

  /** Sends a bill and returns the answer. */
  async bill(query: string, body?: string) {
    const headers = { 'content-type': 'application/octet-stream' };
    const path = `/v1/invoices?${query}`;
    return service.api.call(path, {
      key: this.key,
      method: 'POST',
      ...(body === undefined ? {} : { body, headers }),
    });
  }

  /** What is compared, and the balances of every account that is not 0, after everything is worked off. */
  async settled() {
    await service.settle();
    const violations = await service.check(this.tenant.tenantId);
    if (violations.length > 0)
      throw new Error(JSON.stringify(violations, (_, v) => (typeof v === 'bigint' ? v.toString() : v)));
    const { body } = await service.api.call('/v1/reconciliation', { key: this.key });
    const { rows } = await service.database.db.query<{ account: string; asset: string; amount: string }>(
      `SELECT account, asset, sum(amount)::text AS amount FROM positions WHERE tenant_id = $1
        GROUP BY account, asset HAVING sum(amount) <> 0 ORDER BY account`,
      [this.tenant.tenantId],
    );
    return {
      comparisons: body.items.flatMap(({ comparisons }: { comparisons: object[] }) => comparisons),
      balances: Object.fromEntries(rows.map(({ account, amount }) => [account, BigInt(amount)])),
      isBooked: body.items.map(({ isBooked }: { isBooked: boolean }) => isBooked),
    };
  }
}

const csv = (...lines: string[]): string =>
  ['provider,date,model,token_class,quantity,amount', ...lines, ''].join('\n');

test('Ex 6: a usage report and an invoice: the line without a span is coverage, the cents are rounding', async () => {
  const books = await Books.open();
  await books.call(6_000, 1_000);
  await books.bill(
    'format=csv&period=2026-10',
    csv('openai,2026-10-01,gpt-x,in_uncached,6800,', 'openai,2026-10-01,gpt-x,output,1100,'),
  );
  const report = await books.settled();
  // A report alone is compared, and books nothing.
  expect(report).toMatchObject({
    isBooked: [false],
    balances: { '2000:accrued:openai:2026-10': -30_000_000_000n, '5000:unattributed': 30_000_000_000n },
  });
  expect(report.comparisons).toMatchObject([
    { currency: 'USD', billed: '0.0336', charged: '0.03', variance: { coverage: '0.0036' } },
  ]);

  const invoice = await books.bill('format=total&provider=OpenAI&period=2026-10&number=INV-1042&total=0.04');
  expect(invoice).toMatchObject({
    status: 201,
    body: {
      documents: [{ provider: 'openai', number: 'INV-1042', total: '0.04', version: 1, isKnown: false }],
    },
  });
  const booked = await books.settled();
  expect(booked.comparisons).toMatchObject([
    {
      billed: '0.04',
      charged: '0.03',
      difference: '0.01',
      variance: { coverage: '0.0036', rounding: '0.0064' },
      models: [
        {
          model: 'gpt-x-2026-01-01',
          billedTokens: '7900',
          tracedTokens: '7000',
          coverage: '0.886',
          verdict: 'not_covered',
          labels: [],
        },
      ],
    },
  ]);
  expect(booked.balances).toEqual({
    '2100:payable:openai:INV-1042': -40_000_000_000n,
    '5000:unattributed': 30_000_000_000n,
    '5900:variance:openai:coverage': 3_600_000_000n,
    '5900:variance:openai:rounding': 6_400_000_000n,
  });

  // The same again stores nothing and moves nothing.
  expect(
    await books.bill('format=total&provider=openai&period=2026-10&number=INV-1042&total=0.04'),
  ).toMatchObject({ status: 200, body: { documents: [{ version: 1, isKnown: true }] } });

  // A late span: the variance becomes a charge; nothing else moves.
  await books.call(800, 100, 1);
  expect((await books.settled()).balances).toEqual({
    '2100:payable:openai:INV-1042': -40_000_000_000n,
    '5000:unattributed': 33_600_000_000n,
    '5900:variance:openai:rounding': 6_400_000_000n,
  });

  // Another price: of a bill without amounts all that is left is what its total says beyond it.
  await books.price('list', 'openai,gpt-x,2,12\n');
  expect((await books.settled()).balances).toEqual({
    '2100:payable:openai:INV-1042': -40_000_000_000n,
    '5000:unattributed': 26_800_000_000n,
    '5900:variance:openai:unexplained': 40_000_000_000n - 26_800_000_000n,
  });
});

test('a bill with amounts: coverage, rate, tax and credit; a corrected invoice is its next version', async () => {
  const books = await Books.open();
  await books.call(1_000_000, 0);
  const lines = [
    'provider,date,model,token_class,quantity,amount,category,invoice',
    'openai,2026-10-01,gpt-x,in_uncached,1050000,2.835,usage,A-1',
    'openai,2026-10-31,,,,0.57,tax,A-1',
    'openai,2026-10-31,,,,-0.30,credit,A-1',
  ];
  expect(await books.bill('format=csv', `${lines.join('\n')}\n`)).toMatchObject({
    status: 201,
    body: { documents: [{ period: '2026-10', number: 'A-1', lines: 3 }], refused: [] },
  });
  expect((await books.settled()).balances).toEqual({
    '2100:payable:openai:A-1': -3_105_000_000_000n,
    '5000:unattributed': 3_000_000_000_000n,
    '5900:variance:openai:coverage': 135_000_000_000n,
    '5900:variance:openai:credit': -300_000_000_000n,
    '5900:variance:openai:rate': -300_000_000_000n,
    '5900:variance:openai:tax': 570_000_000_000n,
  });
  expect(await books.bill('format=csv', `${lines.slice(0, 3).join('\n')}\n`)).toMatchObject({
    status: 201,
    body: { documents: [{ number: 'A-1', version: 2 }] },
  });
  expect((await books.settled()).balances).toEqual({
    '2100:payable:openai:A-1': -3_405_000_000_000n,
    '5000:unattributed': 3_000_000_000_000n,
    '5900:variance:openai:coverage': 135_000_000_000n,
    '5900:variance:openai:rate': -300_000_000_000n,
    '5900:variance:openai:tax': 570_000_000_000n,
  });
  const { body } = await service.api.call('/v1/invoices', { key: books.key });
  expect(
    body.items.map(({ number, version, isSuperseded }: Record<string, unknown>) => [
      number,
      version,
      isSuperseded,
    ]),
  ).toEqual([
    ['A-1', 2, false],
    ['A-1', 1, true],
  ]);
});

test('two invoices of one month share its charges; each is payable by itself', async () => {
  const books = await Books.open();
  await books.call(1_000_000, 0);
  for (const number of ['B-1', 'B-2'])
    await books.bill(`format=total&provider=openai&period=2026-10&number=${number}&total=2`);
  expect((await books.settled()).balances).toEqual({
    '2100:payable:openai:B-1': -2_000_000_000_000n,
    '2100:payable:openai:B-2': -2_000_000_000_000n,
    '5000:unattributed': 3_000_000_000_000n,
    '5900:variance:openai:unexplained': 1_000_000_000_000n,
  });
});

test('an invoice before its spans comes to the same balances', async () => {
  const books = await Books.open();
  await books.bill('format=total&provider=openai&period=2026-10&number=C-1&total=3');
  expect((await books.settled()).balances).toEqual({
    '2100:payable:openai:C-1': -3_000_000_000_000n,
    '5900:variance:openai:unexplained': 3_000_000_000_000n,
  });
  await books.call(1_000_000, 0, 31);
  expect((await books.settled()).balances).toEqual({
    '2100:payable:openai:C-1': -3_000_000_000_000n,
    '5000:unattributed': 3_000_000_000_000n,
  });
});

test('a report says what of it is on an invoice, and what the invoice says beyond it', async () => {
  const books = await Books.open();
  await books.call(1_000_000, 0);
  await books.call(1_000_000, 0, 32);
  const ask = async (query: string) =>
    (await service.api.call(`/v1/reports/cost-per-outcome?view=period&${query}`, { key: books.key })).body;
  await books.settled();
  const october = 'from=2026-10-01&to=2026-11-01';
  expect(await ask(october)).toMatchObject({
    total: { costUsd: '3', coverage: { reconciled: '0' }, grade: 'metered' },
    tieOut: {
      meteredUsd: '3',
      billedUsd: null,
      variance: null,
      reconciliation: 'not reconciled',
      line: 'not reconciled',
    },
  });
  await books.bill(
    'format=csv&number=F-1&period=2026-10',
    `${csv('openai,2026-10-01,gpt-x,in_uncached,1000000,3').trim()}\n`,
  );
  await books.bill('format=total&provider=openai&period=2026-11&number=F-2&total=4');
  await books.settled();
  expect(await ask(october)).toMatchObject({
    total: { costUsd: '3', coverage: { reconciled: '1' }, grade: 'measured' },
    tieOut: {
      meteredUsd: '3',
      inScopeUsd: '3',
      reconciledUsd: '3',
      billedUsd: '3',
      invoices: ['F-1'],
      variance: {},
      reconciliation: 'reconciled',
      line: 'ties to F-1: 3 of 3; 0 unexplained',
    },
  });
  expect((await ask('from=2026-10-01&to=2026-12-01')).tieOut).toMatchObject({
    meteredUsd: '6',
    billedUsd: '7',
    variance: { unexplained: '1' },
    line: 'ties to F-1, F-2: 6 of 7; 1 unexplained',
  });
  // A month of which a day is missing is not what the invoice is for.
  expect((await ask('from=2026-10-01&to=2026-11-30')).tieOut).toMatchObject({
    meteredUsd: '6',
    reconciledUsd: '3',
    billedUsd: '3',
    reconciliation: 'partly reconciled',
    line: 'ties to F-1: 3 of 3; 0 unexplained; 3 metered is on no invoice yet',
  });
});

test.each<[string, string, string | undefined, number, object]>([
  ['no such format', 'format=pdf', 'x', 400, { errors: [{ field: 'format' }] }],
  ['an empty file', 'format=csv', '', 400, { errors: [{ field: 'body', message: 'has no line' }] }],
  ['not JSON', 'format=openai_costs', '{', 400, {}],
  ['a month that is none', 'format=csv&period=2026-13', 'x', 400, { errors: [{ field: 'period' }] }],
  [
    'an invoice without any amount',
    'format=csv&number=D-1',
    csv('openai,2026-10-01,gpt-x,output,5,'),
    422,
    { errors: [{ field: 'total', message: 'invoice D-1 has no amounts: give its total' }] },
  ],
  [
    'a total of two months',
    'format=csv&number=D-1&total=5',
    csv('openai,2026-10-01,m,output,5,1', 'openai,2026-11-01,m,output,5,1'),
    422,
    { errors: [{ field: 'total' }] },
  ],
  [
    'a total without a number',
    'format=total&provider=openai&period=2026-10&total=1',
    undefined,
    400,
    { errors: [{ field: 'number', message: 'must be given with format=total' }] },
  ],
])('refused: %s', async (_, query, body, status, expected) => {
  const books = await Books.open();
  const answer = await books.bill(query, body);
  expect(answer).toMatchObject({ status, body: expected });
  const { rows } = await service.database.db.query('SELECT FROM invoices WHERE tenant_id = $1', [
    books.tenant.tenantId,
  ]);
  expect(rows).toEqual([]);
});

test('a dry run says what would be stored, and which lines would not', async () => {
  const books = await Books.open();
  const answer = await books.bill(
    'format=csv&period=2026-10&dry_run=true',
    csv('openai,2026-10-01,m,output,5,1', 'openai,2026-11-01,m,output,5,1', 'openai,,m,output,5,1'),
  );
  expect(answer).toEqual({
    status: 200,
    headers: expect.anything(),
    body: {
      documents: [
        {
          invoiceId: null,
          provider: 'openai',
          period: '2026-10',
          number: null,
          format: 'csv',
          version: null,
          currency: 'USD',
          total: null,
          chargedIn: null,
          statedRate: null,
          lines: 1,
          isKnown: false,
        },
      ],
      refused: [
        { line: 4, reason: expect.stringMatching(/^date: /) },
        { line: 3, reason: 'is of 2026-11, not of 2026-10' },
      ],
      roundedLines: 0,
      notes: [],
    },
  });
});
