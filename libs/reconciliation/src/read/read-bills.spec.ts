import { expect, test } from '@jest/globals';
import type { BillLine, ReadBill } from '../bill-line.ts';
import { readAnthropicCosts } from './read-anthropic-costs.ts';
import { readAnthropicUsage } from './read-anthropic-usage.ts';
import { readBillCsv } from './read-bill-csv.ts';
import { readFocusCsv } from './read-focus-csv.ts';
import { readOpenaiCosts } from './read-openai-costs.ts';
import { readOpenaiUsage } from './read-openai-usage.ts';

const OCTOBER_S = Date.UTC(2026, 9, 1) / 1000;
const OCTOBER_US = BigInt(OCTOBER_S) * 1_000_000n;
const DAY_US = 86_400_000_000n;

/** What the tests compare of a line: everything that is not always the same. */
const short = ({ lines, ...rest }: ReadBill) => ({
  ...rest,
  lines: lines.map((line: BillLine) => {
    expect([line.startsAtUs, line.endsAtUs]).toEqual([OCTOBER_US, OCTOBER_US + DAY_US]);
    const { startsAtUs: _s, endsAtUs: _e, ...shown } = line;
    return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null));
  }),
});

const openai = (...results: object[]) =>
  JSON.stringify({
    object: 'page',
    data: [{ object: 'bucket', start_time: OCTOBER_S, end_time: OCTOBER_S + 86_400, results }],
    has_more: false,
    next_page: null,
  });

test('OpenAI usage: cached tokens are part of the input, audio stands beside it', () => {
  const text = openai({
    object: 'organization.usage.completions.result',
    input_tokens: 5000,
    output_tokens: 1000,
    input_cached_tokens: 4000,
    input_audio_tokens: 300,
    output_audio_tokens: 200,
    num_model_requests: 5,
    project_id: 'proj_abc',
    user_id: 'user-abc',
    api_key_id: 'key_abc',
    model: 'gpt-4o-mini-2024-07-18',
    batch: false,
    service_tier: 'default',
  });
  const base = {
    line: 1,
    provider: 'openai',
    project: 'proj_abc',
    apiKeyId: 'key_abc',
    model: 'gpt-4o-mini-2024-07-18',
    currency: 'USD',
    category: 'usage',
    description: 'organization.usage.completions.result',
  };
  expect(short(readOpenaiUsage(text))).toEqual({
    refused: [],
    roundedLines: 0,
    notes: ['usage_without_amounts'],
    lines: [
      { ...base, billClass: 'in_uncached', quantity: 1000n },
      { ...base, billClass: 'cache_read', quantity: 4000n },
      { ...base, billClass: 'audio_in', quantity: 300n },
      { ...base, billClass: 'output', quantity: 1000n },
      { ...base, billClass: 'audio_out', quantity: 200n },
      { ...base, billClass: 'request', quantity: 5n },
    ],
  });
});

test('OpenAI usage: batches are a tier, contradictions are refused singly, open pages are said', () => {
  const text = JSON.stringify([
    {
      data: [
        {
          start_time: OCTOBER_S,
          end_time: OCTOBER_S + 86_400,
          results: [
            { input_tokens: 10, input_cached_tokens: 11, model: 'm' },
            { input_tokens: 10, model: 'm', batch: true },
            { input_tokens: -1 },
            { input_tokens: 'long', model: 'm', service_tier: 'flex' },
          ],
        },
      ],
      has_more: true,
    },
  ]).replace('"long"', '12345678901234567');
  const base = {
    provider: 'openai',
    model: 'm',
    currency: 'USD',
    category: 'usage',
    billClass: 'in_uncached',
  };
  expect(short(readOpenaiUsage(text))).toEqual({
    refused: [
      { line: 1, reason: 'input_cached_tokens: more than input_tokens, which contains them' },
      { line: 3, reason: 'input_tokens: must be a whole number of at most 18 digits' },
    ],
    roundedLines: 0,
    notes: ['usage_without_amounts', 'more_pages_follow'],
    lines: [
      { ...base, line: 2, quantity: 10n, serviceTier: 'batch' },
      { ...base, line: 4, quantity: 12_345_678_901_234_567n, serviceTier: 'flex' },
    ],
  });
});

test('OpenAI costs: amounts are read from their text, line items name model and class', () => {
  const text = openai(
    { amount: { value: 0, currency: 'usd' }, line_item: 'gpt-4o-2024-08-06, cached input', project_id: null },
    { amount: { value: 1, currency: 'usd' }, line_item: 'Web search', project_id: 'p' },
  )
    .replace('"value":0', '"value":0.8958740000000000')
    .replace('"value":1', '"value":6.000000000000001e-05');
  const base = { provider: 'openai', currency: 'USD', category: 'usage' };
  expect(short(readOpenaiCosts(text))).toEqual({
    refused: [],
    roundedLines: 1,
    notes: ['costs_without_tokens'],
    lines: [
      {
        ...base,
        line: 1,
        model: 'gpt-4o-2024-08-06',
        billClass: 'cache_read',
        amountPico: 895_874_000_000n,
        description: 'gpt-4o-2024-08-06, cached input',
      },
      { ...base, line: 2, project: 'p', amountPico: 60_000_000n, description: 'Web search' },
    ],
  });
});

test('OpenAI exports as CSV: the same fields, idle days without figures', () => {
  const time = `${OCTOBER_S},${OCTOBER_S + 86_400},2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00`;
  const costs = `start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id
${time},0.5617712500000000,usd,"gpt-5-mini, output",
${time},,,,
`;
  expect(short(readOpenaiCosts(costs)).lines).toEqual([
    {
      line: 1,
      provider: 'openai',
      model: 'gpt-5-mini',
      billClass: 'output',
      amountPico: 561_771_250_000n,
      currency: 'USD',
      category: 'usage',
      description: 'gpt-5-mini, output',
    },
  ]);
  const usage = `start_time\tend_time\tmodel\tinput_tokens\tinput_cached_tokens\tbatch
${OCTOBER_S}\t${OCTOBER_S + 86_400}\tgpt-5-mini\t7\t\ttrue
`;
  expect(short(readOpenaiUsage(usage)).lines).toEqual([
    {
      line: 1,
      provider: 'openai',
      model: 'gpt-5-mini',
      billClass: 'in_uncached',
      quantity: 7n,
      serviceTier: 'batch',
      currency: 'USD',
      category: 'usage',
    },
  ]);
});

const anthropic = (...results: object[]) =>
  JSON.stringify({
    data: [{ starting_at: '2026-10-01T00:00:00Z', ending_at: '2026-10-02T00:00:00Z', results }],
    has_more: false,
    next_page: null,
  });

test('Anthropic usage: the classes are disjoint; server tools are searches', () => {
  const text = anthropic({
    uncached_input_tokens: 1500,
    cache_creation: { ephemeral_1h_input_tokens: 1000, ephemeral_5m_input_tokens: 500 },
    cache_read_input_tokens: 200,
    output_tokens: 500,
    server_tool_use: { web_search_requests: 10 },
    api_key_id: null,
    workspace_id: null,
    model: 'claude-sonnet-4-20250514',
    service_tier: 'priority',
    context_window: '0-200k',
    inference_geo: 'us',
  });
  const base = {
    line: 1,
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    serviceTier: 'priority',
    contextWindow: '0-200k',
    region: 'us',
    currency: 'USD',
    category: 'usage',
  };
  expect(short(readAnthropicUsage(text))).toEqual({
    refused: [],
    roundedLines: 0,
    notes: ['usage_without_amounts', 'no_code_execution'],
    lines: [
      { ...base, billClass: 'in_uncached', quantity: 1500n },
      { ...base, billClass: 'cache_read', quantity: 200n },
      { ...base, billClass: 'cache_write_5m', quantity: 500n },
      { ...base, billClass: 'cache_write_1h', quantity: 1000n },
      { ...base, billClass: 'output', quantity: 500n },
      { ...base, billClass: 'search', quantity: 10n },
    ],
  });
});

test('Anthropic costs count cents', () => {
  const text = anthropic(
    {
      currency: 'USD',
      amount: '123.78912',
      workspace_id: 'wrkspc_1',
      description: 'Claude Sonnet 4 Usage - Input Tokens',
      cost_type: 'tokens',
      context_window: '0-200k',
      model: 'claude-sonnet-4-20250514',
      service_tier: 'standard',
      token_type: 'cache_creation.ephemeral_1h_input_tokens',
    },
    { currency: 'USD', amount: '10', cost_type: 'web_search', token_type: null, model: null },
    { currency: 'USD', amount: 'a lot' },
  );
  expect(short(readAnthropicCosts(text))).toEqual({
    refused: [{ line: 3, reason: 'amount: not an amount: a lot' }],
    roundedLines: 0,
    notes: ['costs_without_tokens', 'no_priority_tier', 'no_api_keys'],
    lines: [
      {
        line: 1,
        provider: 'anthropic',
        project: 'wrkspc_1',
        model: 'claude-sonnet-4-20250514',
        billClass: 'cache_write_1h',
        contextWindow: '0-200k',
        amountPico: 1_237_891_200_000n,
        currency: 'USD',
        category: 'usage',
        description: 'Claude Sonnet 4 Usage - Input Tokens',
      },
      {
        line: 2,
        provider: 'anthropic',
        billClass: 'search',
        amountPico: 100_000_000_000n,
        currency: 'USD',
        category: 'usage',
      },
    ],
  });
});

test('FOCUS: usage, tax and credit; tokens in millions; the model by x_Model or ResourceName', () => {
  const text = `BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceProviderName,InvoiceId,ChargeDescription,ConsumedQuantity,ConsumedUnit,ResourceName,x_TokenType
3.15,USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,Usage,AWS,INV-1,Claude input,1.05,1M Tokens,claude-sonnet-4-5,uncached_input_tokens
0.6,USD,2026-10-01 00:00:00,2026-10-02 00:00:00,Tax,AWS,INV-1,VAT,,,,
-1,USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,Credit,AWS,INV-1,Promotion,,,,
1,USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,Gift,AWS,INV-1,,,,,
1,USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,Usage,,,,,,,
`;
  const base = { provider: 'AWS', currency: 'USD', invoiceId: 'INV-1' };
  expect(short(readFocusCsv(text))).toEqual({
    refused: [
      {
        line: 5,
        reason:
          'ChargeCategory: Invalid option: expected one of "Usage"|"Purchase"|"Tax"|"Credit"|"Adjustment"',
      },
      { line: 6, reason: 'ServiceProviderName: give it, or ProviderName, or InvoiceIssuerName' },
    ],
    roundedLines: 0,
    notes: [],
    lines: [
      {
        ...base,
        line: 2,
        model: 'claude-sonnet-4-5',
        billClass: 'in_uncached',
        quantity: 1_050_000n,
        amountPico: 3_150_000_000_000n,
        category: 'usage',
        description: 'Claude input',
      },
      { ...base, line: 3, amountPico: 600_000_000_000n, category: 'tax', description: 'VAT' },
      { ...base, line: 4, amountPico: -1_000_000_000_000n, category: 'credit', description: 'Promotion' },
    ],
  });
});

test('plain CSV: an amount, a quantity or both; columns of other names are refused with the line', () => {
  const text = `provider,date,model,token_class,quantity,amount
openai,2026-10-01,gpt-4o,output,10,0.0001
openai,2026-10-01,gpt-4o,output,,
openai,2026-10-01,gpt-4o,speech,10,
openai,1 October,gpt-4o,output,10,
`;
  expect(short(readBillCsv(text))).toEqual({
    refused: [
      { line: 3, reason: 'amount: give an amount, a quantity, or both' },
      {
        line: 4,
        reason: expect.stringMatching(
          /^token_class: Invalid option: expected one of "in_uncached"\|"cache_read"/,
        ),
      },
      { line: 5, reason: 'date: Invalid ISO date' },
    ],
    roundedLines: 0,
    notes: [],
    lines: [
      {
        line: 2,
        provider: 'openai',
        model: 'gpt-4o',
        billClass: 'output',
        quantity: 10n,
        amountPico: 100_000_000n,
        currency: 'USD',
        category: 'usage',
      },
    ],
  });
  expect(readBillCsv('provider,date,cost\nopenai,2026-10-01,1\n').refused).toEqual([
    { line: 2, reason: 'Unrecognized key: "cost"' },
  ]);
});

test.each([
  ['OpenAI', readOpenaiUsage, '{"error": {"message": "no key"}}', /not a page of buckets/],
  ['OpenAI', readOpenaiCosts, 'a,b\n1,2\n', /no column start_time/],
  ['Anthropic', readAnthropicUsage, '<html>', /./],
  ['FOCUS', readFocusCsv, 'a,b\n1,2,3\n', /not a CSV file/],
])('%s: a file of another kind is refused whole', (_, read, text, message) => {
  expect(() => read(text)).toThrow(SyntaxError);
  expect(() => read(text)).toThrow(message);
});
