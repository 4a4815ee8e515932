// Goal: what prices do to the ledger, from a span and a price list as they are sent to entries and reports.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

type Attributes = Readonly<Record<string, string | number>>;
interface SentSpan {
  readonly id: number;
  readonly at: string;
  readonly attributes: Attributes;
}

class Customer {
  private constructor(
    readonly tenant: TestTenant,
    private readonly key: string,
  ) {}

  static async make(): Promise<Customer> {
    const tenant = await makeTenant(service.database.db, `prices-${randomUUID()}`);
    return new Customer(tenant, await tenant.key(['admin']));
  }

  get = (path: string) => service.api.call(path, { key: this.key });
  post = (path: string, body: object) => service.api.call(path, { key: this.key, body });
  postCsv = (path: string, body: string) =>
    service.api.call(path, { key: this.key, body, headers: { 'content-type': 'text/csv' } });

  /** Each span is a trace of its own. */
  async send(...spans: readonly SentSpan[]): Promise<void> {
    const encoded = spans.map(({ id, at, attributes }) => {
      const startNs = BigInt(Date.parse(at)) * 1_000_000n;
      const hex = id.toString(16);
      return {
        traceId: hex.padStart(32, '0'),
        spanId: hex.padStart(16, '0'),
        name: 'call',
        kind: 3,
        startTimeUnixNano: startNs.toString(),
        endTimeUnixNano: (startNs + 1_000_000_000n).toString(),
        attributes: Object.entries(attributes).map(([key, value]) => ({
          key,
          value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
        })),
      };
    });
    const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 't' }, spans: encoded }] }] }),
    });
    if (answer.status !== 200) throw new Error(`spans answered with ${answer.status}`);
    await service.settle();
  }

  /** Entries of what is owed, in the order of posting: `code provider amount asset book@version`. @throws when the books are wrong */
  async owed(): Promise<string[]> {
    const { rows } = await service.database.db.query<Record<string, string>>(
      `SELECT t.code, -e.amount AS amount, e.asset, e.provider, p.book || '@' || p.version AS book
         FROM ledger_entries e
         JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
         JOIN prices p ON p.price_id = e.price_id AND p.tenant_id IN (0, e.tenant_id)
        WHERE e.tenant_id = $1 ORDER BY t.recorded_at, t.code, e.provider, p.book, p.version, e.amount`,
      [this.tenant.tenantId],
    );
    const violations = await service.check(this.tenant.tenantId);
    if (violations.length > 0) throw new Error(`the books are not in order: ${JSON.stringify(violations)}`);
    return rows.map(
      ({ code, amount, asset, provider, book }) => `${code} ${provider} ${amount} ${asset} ${book}`,
    );
  }

  async unpriced(): Promise<string[]> {
    const { body } = await this.get('/v1/set-aside?kind=unpriced');
    return body.items.map((item: any) => item.reason);
  }
}

const call = (model: string, tokens: { input: number; cached?: number; output: number }, more = {}) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': model,
  'gen_ai.usage.input_tokens': tokens.input,
  'gen_ai.usage.output_tokens': tokens.output,
  ...(tokens.cached === undefined ? {} : { 'gen_ai.usage.cache_read.input_tokens': tokens.cached }),
  ...more,
});
const rows = (book: string, ...list: object[]) => ({ book, source: 'test', format: 'rows', rows: list });

test('a contract price is looked at, recorded by its root, and restates what the list had charged', async () => {
  const acme = await Customer.make();
  const attributes = call('gpt-4.1', { input: 1_000, cached: 400, output: 100 }, { 'ticket.id': 'T1' });
  await acme.send(
    { id: 1, at: '2026-10-01T00:00:00Z', attributes },
    { id: 2, at: '2026-09-30T23:59:59Z', attributes },
  );
  // 600 x $2 + 400 x $0.50 + 100 x $8 a million
  const listed = 'C100 openai 2200000000 USD/12 genai-prices@1';
  expect(await acme.owed()).toEqual([listed, listed]);

  const csv = 'provider,model,valid_from,input_per_million\nopenai,gpt-4.1,2026-10-01,1.80\n';
  const path = '/v1/price-books?book=contract&source=Contract%202026-09';
  const dry = await acme.postCsv(`${path}&dryRun=true`, csv);
  expect(dry).toMatchObject({
    status: 200,
    body: {
      version: null,
      preview: {
        version: 1,
        rowCount: 1,
        counts: { added: 1, removed: 0, changed: 0 },
        differences: [
          {
            change: 'added',
            effect: 'now_priced',
            provider: 'openai',
            model: 'gpt-4.1',
            prices: [{ class: 'in_uncached', before: null, after: '1800000', effect: 'now_priced' }],
          },
        ],
      },
    },
  });
  expect((await acme.get('/v1/price-books')).body.items.map((each: any) => each.book)).toEqual([
    'genai-prices',
  ]);
  const root = encodeURIComponent(dry.body.preview.root);
  const dearer = await acme.postCsv(`${path}&root=${root}`, csv.replace('1.80', '1.90'));
  expect([dearer.status, dearer.body.errors[0].field]).toEqual([409, 'root']);
  expect(await acme.postCsv(`${path}&root=${root}`, csv)).toMatchObject({
    status: 201,
    body: { version: { book: 'contract', version: 1, root: dry.body.preview.root }, preview: null },
  });
  expect(await acme.postCsv(`${path}&dryRun=true`, csv)).toMatchObject({
    status: 200,
    body: { preview: null },
  });
  await service.settle();

  // From October on 600 x $1.80 by the contract; cached input and output stay the list's. September stays as it was.
  const restated = [
    'C400 openai 1080000000 USD/12 contract@1',
    'C400 openai -1200000000 USD/12 genai-prices@1',
  ];
  expect(await acme.owed()).toEqual([listed, listed, ...restated]);
  const { body: cost } = await acme.get('/v1/work-items/ticket/T1/cost');
  expect(cost.costUsd).toBe('0.00428');
  expect(
    cost.lines.map(({ charge }: any) => [charge.amount, charge.lines.map((line: any) => line.class)]),
  ).toEqual([
    ['0.0022', ['in_uncached', 'cache_read', 'out_text']],
    ['0.00208', ['in_uncached', 'cache_read', 'out_text']],
  ]);
  expect(cost.lines[1].charge.prices.map(({ book }: any) => book).sort()).toEqual([
    'contract',
    'genai-prices',
  ]);

  // A correction posts the difference to what stands, and nothing else.
  await acme.postCsv(path, csv.replace('1.80', '1.75'));
  await service.settle();
  expect((await acme.owed()).slice(4)).toEqual([
    'C400 openai -1080000000 USD/12 contract@1',
    'C400 openai 1050000000 USD/12 contract@2',
  ]);
  const diff = await acme.get('/v1/price-books/contract/diff');
  expect(diff.body).toMatchObject({
    book: 'contract',
    isShipped: false,
    from: 1,
    to: 2,
    counts: { added: 0, removed: 0, changed: 1 },
    differences: [
      {
        change: 'changed',
        effect: 'cheaper',
        prices: [{ class: 'in_uncached', before: '1800000', after: '1750000', effect: 'cheaper' }],
      },
    ],
    next: null,
  });
  expect((await acme.get('/v1/price-books/contract/diff?from=0&to=2&format=csv')).body).toBe(
    'change,provider,model,valid_from,service_tier,currency_before,currency_after,class,unit,above_tokens,before_pico,after_pico,effect,other_fields\r\n' +
      'added,openai,gpt-4.1,2026-10-01T00:00:00Z,,,USD,in_uncached,token,,,1750000,now_priced,\r\n',
  );
  expect((await acme.get('/v1/price-books/contract/diff?from=2&to=1')).status).toBe(422);
  expect((await acme.get('/v1/price-books/contract/diff?to=3')).status).toBe(404);
});

test('a contract in another currency owes in it; the first book by name is asked first; undated is always', async () => {
  const acme = await Customer.make();
  const price = (prices: object, more = {}) => ({ provider: 'openai', model: 'gpt-4.1', prices, ...more });
  await acme.post(
    '/v1/price-books',
    rows('b-imported', price({ in_uncached: '1', out_text: '7' }, { validFrom: '2026-01-01T00:00:00Z' })),
  );
  await acme.post('/v1/price-books', rows('a-contract', price({ out_text: '6' }, { asset: 'EUR/12' })));
  await acme.send({
    id: 1,
    at: '2026-10-01T00:00:00Z',
    attributes: call('gpt-4.1', { input: 10, output: 2 }),
  });
  await acme.send({
    id: 2,
    at: '2025-02-01T00:00:00Z',
    attributes: call('gpt-4.1', { input: 10, output: 2 }),
  });
  expect(await acme.owed()).toEqual([
    'C100 openai 12 EUR/12 a-contract@1',
    'C100 openai 10 USD/12 b-imported@1',
    'C100 openai 12 EUR/12 a-contract@1',
    'C100 openai 20000000 USD/12 genai-prices@1',
  ]);
});

test('an inference profile is unpriced until the tenant says what it holds, and again when it takes that back', async () => {
  const acme = await Customer.make();
  const name = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123';
  const attributes = call(
    name,
    { input: 100, output: 10 },
    { 'gen_ai.provider.name': 'aws.bedrock', 'ticket.id': 'T1' },
  );
  await acme.send({ id: 1, at: '2026-10-01T00:00:00Z', attributes });
  expect([await acme.owed(), await acme.unpriced()]).toEqual([[], ['names_no_model']]);

  const means = { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' };
  const declared = await acme.post('/v1/model-aliases', {
    aliases: [{ name, provider: 'aws.bedrock', means }],
  });
  expect(declared).toMatchObject({ status: 201, body: { version: { book: 'model-aliases', version: 1 } } });
  expect(await acme.post('/v1/model-aliases', { aliases: [{ name, provider: 'aws', means }] })).toMatchObject(
    {
      status: 200,
      body: { version: null },
    },
  );
  await service.settle();
  const charged = 'C100 aws 495000000 USD/12 genai-prices@1';
  expect([await acme.owed(), await acme.unpriced()]).toEqual([[charged], []]);
  const { body: cost } = await acme.get('/v1/work-items/ticket/T1/cost');
  expect(cost.lines[0].charge).toMatchObject({
    callModel: 'claude-sonnet-4-5',
    lines: [{ class: 'in_uncached' }, { class: 'out_text' }],
  });

  await acme.post('/v1/model-aliases', { aliases: [{ name, provider: 'aws', means: null }] });
  await service.settle();
  expect(await acme.owed()).toEqual([charged, 'C410 aws -495000000 USD/12 genai-prices@1']);
  expect(await acme.unpriced()).toEqual(['names_no_model']);
  expect((await acme.get('/v1/model-aliases')).body.items).toMatchObject([
    { name, provider: 'aws', version: 1, means: { provider: null, ...means }, isStanding: false },
    { name, provider: 'aws', version: 2, means: null, isStanding: false },
  ]);
});

test('a tool costs by the call once somebody prices it, and nothing is missing before', async () => {
  const acme = await Customer.make();
  const tool = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'web_search',
    'ticket.id': 'T1',
  };
  await acme.send({ id: 1, at: '2026-10-01T00:00:00Z', attributes: tool });
  expect([await acme.owed(), await acme.unpriced()]).toEqual([[], []]);
  await acme.post(
    '/v1/price-books',
    rows('tools', { provider: 'tavily', model: 'web_search', prices: { tool_call: '8000000000' } }),
  );
  await service.settle();
  expect(await acme.owed()).toEqual(['C100 tavily 8000000000 USD/12 tools@1']);
  const { body: cost } = await acme.get('/v1/work-items/ticket/T1/cost');
  expect(cost.lines[0].charge).toMatchObject({
    amount: '0.008',
    lines: [{ class: 'tool_call', quantity: '1' }],
  });
});

const INSTALLATION = {
  provider: 'vllm',
  model: 'qwen2.5-7b-instruct',
  validFrom: '2026-10-01T00:00:00Z',
  accelerators: '2',
  rentPerAcceleratorHour: '14',
  powerWattsPerAccelerator: '1000',
  electricityPerKilowattHour: '1', // $30 an hour
  practicalCapacity: '1',
  inputTokensPerSecond: '11.574074074074', // a million a day
  outputTokensPerSecond: '11.574074074074',
};

test('T2.6: a self-hosted model is charged by its rate, what nobody used is idle, and dearer power restates', async () => {
  const acme = await Customer.make();
  const used = (id: number, at: string, input: number, output: number) => ({
    id,
    at,
    attributes: call(
      'Qwen2.5-7B-Instruct',
      { input, output },
      { 'gen_ai.provider.name': 'vllm', 'ticket.id': 'T1' },
    ),
  });
  await acme.send(
    used(1, '2026-10-05T10:00:00Z', 300_000, 200_000),
    used(2, '2026-10-05T23:00:00Z', 150_000, 50_000),
  );
  expect([await acme.owed(), await acme.unpriced()]).toEqual([[], ['unknown_model', 'unknown_model']]);

  const made = await acme.post('/v1/self-hosted-rates', { source: 'lease', rate: INSTALLATION });
  expect(made).toMatchObject({
    status: 201,
    body: {
      version: { book: 'self-hosted-rates', version: 1 },
      rate: {
        inputs: { formula: 'self-hosted-rate@1', electricityPerKilowattHour: '1' },
        practicalCapacity: '1',
        prices: { in_uncached: '720000000', out_text: '720000000' },
        grade: 'assumed',
      },
    },
  });
  expect(made.body.rate.steps.find(({ name }: any) => name === 'costPerHour')).toEqual({
    name: 'costPerHour',
    formula: 'acceleratorsPerHour + sharedPerHour',
    numbers: '30 + 0',
    value: '30',
  });
  expect((await acme.post('/v1/self-hosted-rates', { source: 'lease', rate: INSTALLATION })).status).toBe(
    200,
  );
  await service.settle();
  const capacity = async (query: string) =>
    (await acme.get(`/v1/reports/self-hosted-capacity?${query}`)).body;
  const day = 'from=2026-10-05&to=2026-10-06';
  expect(await capacity(day)).toMatchObject({
    until: '2026-10-06T00:00:00Z',
    rows: [
      {
        provider: 'vllm',
        model: 'qwen2.5-7b-instruct',
        capacityCost: '720',
        calls: 2,
        inputTokens: '450000',
        outputTokens: '250000',
        charged: '504',
        idle: '216',
        usedShare: '0.7',
      },
    ],
    totals: [{ currency: 'USD', capacityCost: '720', charged: '504', idle: '216' }],
  });
  // Idle capacity is in no cost per outcome: the ticket costs what it used.
  expect((await acme.get('/v1/work-items/ticket/T1/cost')).body.costUsd).toBe('504');

  // Power at $2.50 instead of $1: $33 an hour, 10 % more; what was charged is corrected, not replaced.
  await acme.post('/v1/self-hosted-rates', { rate: { ...INSTALLATION, electricityPerKilowattHour: '2.5' } });
  await service.settle();
  expect(await capacity(day)).toMatchObject({
    rows: [{ capacityCost: '792', charged: '554.4', idle: '237.6', usedShare: '0.7' }],
  });
  expect((await acme.owed()).filter((each) => each.startsWith('C400')).sort()).toEqual([
    'C400 vllm -144000000000000 USD/12 self-hosted-rates@1',
    'C400 vllm -360000000000000 USD/12 self-hosted-rates@1',
    'C400 vllm 158400000000000 USD/12 self-hosted-rates@2',
    'C400 vllm 396000000000000 USD/12 self-hosted-rates@2',
  ]);

  // Amortised differently from the 6th on: the 5th stays, and days without a call are all idle.
  await acme.post('/v1/self-hosted-rates', {
    rate: { ...INSTALLATION, validFrom: '2026-10-06T00:00:00Z', electricityPerKilowattHour: '6' },
  });
  await service.settle();
  const twoDays = await capacity('from=2026-10-05&to=2026-10-07&group_by=day');
  expect(twoDays.rows.map((row: any) => [row.day, row.capacityCost, row.charged, row.idle])).toEqual([
    ['2026-10-05', '792', '554.4', '237.6'],
    ['2026-10-06', '960', '0', '960'],
  ]);
  const { body: rates } = await acme.get('/v1/self-hosted-rates');
  expect(
    rates.items.map((rate: any) => [rate.validFrom.slice(0, 10), rate.version, rate.isStanding]),
  ).toEqual([
    ['2026-10-01', 1, false],
    ['2026-10-01', 2, true],
    ['2026-10-06', 3, true],
  ]);
  const csv = (await acme.get(`/v1/reports/self-hosted-capacity?${day}&format=csv`)).body;
  expect(csv.split('\r\n').slice(1, 3)).toEqual([
    expect.stringMatching(
      /^row,vllm,qwen2\.5-7b-instruct,USD,,792,2,450000,250000,554\.4,237\.6,0\.7,"\[{.*}\]",$/,
    ),
    'total,,,USD,,792,,,,554.4,237.6,,,',
  ]);
});

test.each<[string, object, object]>([
  [
    'litellm',
    {
      'gpt-x': {
        litellm_provider: 'openai',
        input_cost_per_token: 2e-6,
        output_cost_per_token_batches: 4e-6,
      },
    },
    { 'gpt-x null': { in_uncached: '2000000' }, 'gpt-x batch': { out_text: '4000000' } },
  ],
  [
    'models.dev',
    { openai: { id: 'openai', models: { 'gpt-x': { id: 'gpt-x', cost: { input: 2, cache_read: 0.5 } } } } },
    { 'gpt-x null': { in_uncached: '2000000', cache_read: '500000' } },
  ],
  [
    'genai-prices',
    [{ id: 'openai', models: [{ id: 'gpt-x', match: { equals: 'gpt-x' }, prices: { input_mtok: 2 } }] }],
    { 'gpt-x null': { in_uncached: '2000000' } },
  ],
])('a list as %s publishes it is looked at like any other', async (format, data, prices) => {
  const acme = await Customer.make();
  const { status, body } = await acme.post('/v1/price-books?dryRun=true', {
    book: 'list',
    source: format,
    format,
    data,
  });
  const found = body.preview.differences.map(({ after }: any) => [
    `${after.model} ${after.serviceTier}`,
    after.prices,
  ]);
  expect([status, body.refused, Object.fromEntries(found)]).toEqual([200, [], prices]);
});

test.each<[string, object | string, string, string]>([
  [
    '/v1/self-hosted-rates',
    { rate: { ...INSTALLATION, practicalCapacity: '2' } },
    'rate.practicalCapacity',
    'a share',
  ],
  ['/v1/self-hosted-rates', { rate: { ...INSTALLATION, gpus: '2' } }, 'rate', 'gpus'],
  [
    '/v1/self-hosted-rates',
    { rate: { ...INSTALLATION, rentPerAcceleratorHour: '0', powerWattsPerAccelerator: '0' } },
    'rate.accelerators',
    'costs nothing',
  ],
  ['/v1/model-aliases', { aliases: [{ name: 'x', means: {} }] }, 'aliases[0].means.model', ''],
  [
    '/v1/model-aliases',
    {
      aliases: [
        { name: 'x', means: { model: 'y' } },
        { name: 'X', means: { model: 'y' } },
        { name: 'x', means: { model: 'z' } },
      ],
    },
    'rows',
    'twice',
  ],
  [
    '/v1/price-books',
    rows('model-aliases', { provider: 'p', model: 'm', prices: { request: '1' } }),
    'book',
    '/v1/model-aliases',
  ],
  [
    '/v1/price-books',
    rows('b', { provider: 'p', model: 'm', prices: {}, aliasOf: { provider: null, model: 'x' } }),
    'rows[0].aliasOf',
    '/v1/model-aliases',
  ],
  [
    '/v1/price-books',
    rows(
      'b',
      { provider: 'p', model: 'm', prices: { request: '1' } },
      { provider: 'p', model: 'm', prices: { request: '2' } },
    ),
    'rows',
    'twice',
  ],
  ['/v1/price-books?dryRun=perhaps', rows('b', { provider: 'p', model: 'm', prices: {} }), 'dryRun', ''],
])('%s %j is refused at %s', async (path, body, field, words) => {
  const acme = await Customer.make();
  const answer = typeof body === 'string' ? await acme.postCsv(path, body) : await acme.post(path, body);
  expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
  expect(JSON.stringify(answer.body)).toContain(words);
  expect((await acme.get('/v1/price-books')).body.items.map((each: any) => each.book)).toEqual([
    'genai-prices',
  ]);
});
