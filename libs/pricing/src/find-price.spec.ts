import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { priceRow } from '../../../test/support/price-rows.ts';
import { chargeUsage, type ChargeInput } from './charge-usage.ts';
import { effectiveRows } from './effective-rows.ts';
import { buildPriceIndex } from './price-index.ts';
import type { PriceRow } from './price-row.ts';

const AT = BigInt(Date.parse('2026-09-15T12:00:00Z')) * 1_000_000n;
const price = (pico: number) => ({ in_uncached: String(pico) });
const tenant = { tenantId: '7', book: 'contract' };

const BOOK = [
  priceRow('anthropic', 'claude-sonnet-4-5', price(3), {
    match: { starts_with: 'claude-sonnet-4-5' },
    resellers: ['azure', 'google'],
  }),
  priceRow('aws', 'regional.anthropic.claude-sonnet-4-5', price(4), {
    match: { contains: 'us.anthropic.claude-sonnet-4-5' },
  }),
  priceRow('aws', 'global.anthropic.claude-sonnet-4-5', price(5), {
    match: { contains: 'global.anthropic.claude-sonnet-4-5' },
  }),
  priceRow('openai', 'gpt-4o-2024-08-06', price(10), { resellers: ['azure'] }),
  priceRow('openai', 'gpt-4o', price(11), { resellers: ['azure'] }),
  priceRow('openai', 'gpt-4', price(12), { match: { starts_with: 'gpt-4' } }),
  priceRow('openai', 'ft:gpt-4o-mini', price(13), { match: { starts_with: 'ft:gpt-4o-mini-2024-' } }),
  priceRow('openai', 'gpt-4o-mini', price(14), { match: { contains: 'gpt-4o-mini' } }),
  priceRow('azure', 'o4-mini', price(20), { match: { contains: 'o4-mini' } }),
  priceRow('openai', 'o4-mini', price(21), { resellers: ['azure'] }),
  priceRow('google', 'gemini-2.5-pro', price(30)),
  priceRow('openrouter', 'anthropic/claude-sonnet-4.5', price(40)),
  priceRow('openrouter', 'llama-3.3-70b-instruct:free', price(0)),
  priceRow('openrouter', 'llama-3.3-70b-instruct', price(41)),
  priceRow('deepseek', 'deepseek-chat', price(50), { match: { starts_with: 'deepseek-chat' } }),
];

function charge(rows: readonly PriceRow[], names: Partial<ChargeInput>) {
  const usage = { tokens: { in_uncached: 1n }, units: {} };
  const [only, ...others] = chargeUsage(
    {
      provider: null,
      modelResponse: null,
      modelRequest: null,
      usage,
      usageState: 'reported',
      startedAtNs: AT,
      serviceTier: null,
      ...names,
    },
    buildPriceIndex(rows),
  );
  expect(others).toEqual([]);
  return only!;
}
/** Provider, model and price of a charge, or the reason for none. */
function pricedAs(rows: readonly PriceRow[], names: Partial<ChargeInput>): string {
  const result = charge(rows, names);
  return result.state === 'priced'
    ? `${result.provider} ${result.callModel} ${result.amountPico}`
    : result.reason;
}

test.each<[string, string | null, string | null, string | null, string]>([
  [
    'M01 region profile',
    'aws.bedrock',
    null,
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'aws claude-sonnet-4-5 4',
  ],
  [
    'another profile',
    'aws.bedrock',
    null,
    'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'aws claude-sonnet-4-5 5',
  ],
  [
    'the name says the cloud',
    'anthropic',
    null,
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'aws claude-sonnet-4-5 4',
  ],
  [
    'M02 opaque profile',
    'aws.bedrock',
    null,
    'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc',
    'names_no_model',
  ],
  [
    'M03 Azure deployment',
    'azure.ai.openai',
    'gpt-4o-2024-08-06',
    'my-gpt4o-prod',
    'azure gpt-4o-2024-08-06 10',
  ],
  ['M04 LiteLLM proxy', 'litellm_proxy', 'smart', 'azure/gpt-4o-2024-08-06', 'azure gpt-4o-2024-08-06 10'],
  ['M05 Vertex', 'gcp.vertex_ai', null, 'claude-sonnet-4-5@20250929', 'google claude-sonnet-4-5 3'],
  ['M05 OpenRouter', 'openrouter', null, 'anthropic/claude-sonnet-4.5', 'openrouter claude-sonnet-4-5 40'],
  ['M05 Gemini', 'gcp.gemini', null, 'models/gemini-2.5-pro', 'google gemini-2.5-pro 30'],
  [
    'M06 fine-tune',
    'openai',
    'ft:gpt-4o-mini-2024-07-18:acme::x1',
    null,
    'openai ft:gpt-4o-mini-2024-07-18:acme::x1 13',
  ],
  ['a fine-tune without a row', 'openai', 'ft:gpt-4.1-2025-04-14:acme::x1', 'gpt-4o', 'unknown_model'],
  [
    'a fine-tune that answers by the name of its base',
    'openai',
    'gpt-4o-mini-2024-07-18',
    'ft:gpt-4o-mini-2024-07-18:acme::x1',
    'openai ft:gpt-4o-mini-2024-07-18:acme::x1 13',
  ],
  ['the response before the request', 'openai', 'gpt-4o-2024-08-06', 'gpt-4o', 'openai gpt-4o-2024-08-06 10'],
  ['an exact name before a pattern', 'openai', 'gpt-4o', null, 'openai gpt-4o 11'],
  ['a pattern', 'openai', 'gpt-4-turbo', null, 'openai gpt-4-turbo 12'],
  ["a reseller's own row before the maker's", 'azure', 'o4-mini', null, 'azure o4-mini 20'],
  [
    'a free variant is not the paid one',
    'openrouter',
    'llama-3.3-70b-instruct:free',
    null,
    'openrouter llama-3.3-70b-instruct:free 0',
  ],
  ['a variant nobody lists', 'openrouter', 'llama-3.3-70b-instruct:nitro', null, 'unknown_model'],
  [
    'a framework is no provider',
    'strands-agents',
    'claude-sonnet-4-5',
    null,
    'anthropic claude-sonnet-4-5 3',
  ],
  ['no provider', null, 'gemini-2.5-pro', null, 'google gemini-2.5-pro 30'],
  ['an unknown provider', 'acme-gateway', 'claude-sonnet-4-5', null, 'anthropic claude-sonnet-4-5 3'],
  [
    'an OpenAI-like API of another provider',
    'openai',
    'claude-sonnet-4-5',
    null,
    'anthropic claude-sonnet-4-5 3',
  ],
  ['an open model of nobody in particular', 'acme-gateway', 'deepseek-chat', null, 'unknown_model'],
  ['a local model', 'ollama', 'gpt-4o', null, 'unknown_model'],
  ['a known provider without the model', 'groq', 'gpt-4o', null, 'unknown_model'],
])('%s', (_, provider, modelResponse, modelRequest, expected) => {
  expect(pricedAs(BOOK, { provider, modelResponse, modelRequest })).toBe(expected);
});

test.each([
  ['openai', 'claude-sonnet-4-5', ['provider anthropic taken from the model family']],
  [null, 'anthropic/claude-sonnet-4.5', ['provider anthropic taken from the prefix of the model name']],
  ['deepseek', 'deepseek-chat', []],
  [
    'google',
    'gemini-2.5-pro-2026-01-01',
    ['model gemini-2.5-pro-2026-01-01: snapshot not listed, priced as gemini-2.5-pro'],
  ],
])('what finding the row assumed is stated: %s %s', (provider, modelResponse, estimates) => {
  expect(charge(BOOK, { provider, modelResponse })).toMatchObject({ state: 'priced', estimates });
});

test('a name that states the batch tier is priced by a row of its own or by one of that tier', () => {
  const rows = [
    ...BOOK,
    priceRow('openai', 'gpt-4o', price(6), { serviceTier: 'batch' }),
    priceRow('openrouter', 'gpt-4o:batch', price(7)),
    priceRow('openrouter', 'gpt-4o', price(8)),
  ];
  const asked = (provider: string, serviceTier: string | null) =>
    pricedAs(rows, { provider, modelResponse: 'gpt-4o:batch', serviceTier });
  expect([
    asked('openai', null),
    asked('openrouter', null),
    asked('openrouter', 'batch'),
    asked('openrouter', 'flex'),
  ]).toEqual(['openai gpt-4o 6', 'openrouter gpt-4o 7', 'openrouter gpt-4o 7', 'no_price_for_service_tier']);
});

test("a tenant's own row wins over shipped ones, in every spelling of the model, while it is in force", () => {
  const rows = [
    ...BOOK,
    priceRow('aws', 'claude-sonnet-4-5', price(2), { validFrom: '2026-09-01T00:00:00Z' }, tenant),
    priceRow('*', 'gpt-4o', price(1), {}, tenant),
    priceRow(
      'aws',
      'mapped',
      price(6),
      { match: { equals: 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc' } },
      tenant,
    ),
  ];
  const sonnet = { provider: 'aws.bedrock', modelRequest: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' };
  expect([
    charge(rows, sonnet),
    pricedAs(rows, { ...sonnet, startedAtNs: BigInt(Date.parse('2026-08-31T23:59:59Z')) * 1_000_000n }),
    pricedAs(rows, { provider: 'azure', modelResponse: 'gpt-4o' }),
    pricedAs(rows, { provider: null, modelResponse: 'gpt-4o' }),
    pricedAs(rows, {
      provider: 'aws',
      modelRequest: 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc',
    }),
  ]).toEqual([
    expect.objectContaining({ amountPico: 2n, priceBook: 'contract@1', provider: 'aws', estimates: [] }),
    'aws claude-sonnet-4-5 4',
    'azure gpt-4o 1',
    'openai gpt-4o 1',
    'aws arn:aws:bedrock:us-east-1:1:application-inference-profile/abc 6',
  ]);
});

test('where nobody says who bills, a name that only one provider of the tenant lists is that one', () => {
  const one = priceRow('self-hosted', 'qwen2.5:7b', price(1), {}, tenant);
  const two = priceRow('vllm', 'qwen2.5:7b', price(2), {}, tenant);
  expect(pricedAs([one], { modelResponse: 'qwen2.5:7b' })).toBe('self-hosted qwen2.5:7b 1');
  expect(pricedAs([one, two], { modelResponse: 'qwen2.5:7b' })).toBe('unknown_model');
  const spoken = { provider: 'openai', modelResponse: 'qwen2.5:7b' };
  expect(pricedAs([one], spoken)).toBe('self-hosted qwen2.5:7b 1');
  const azure = priceRow('azure', 'gpt-4o', price(9), {}, tenant);
  expect(pricedAs([...BOOK, azure], { provider: 'openai', modelResponse: 'gpt-4o' })).toBe(
    'openai gpt-4o 11',
  );
});

test('of the same key the highest version counts; a withdrawn row takes the key away', () => {
  const v1 = priceRow('openai', 'm', price(1));
  const v2 = priceRow('openai', 'm', price(2), {}, { version: 2 });
  const v3 = priceRow('openai', 'm', price(2), { isWithdrawn: true }, { version: 3 });
  expect(effectiveRows([v2, v1])).toEqual([v2]);
  expect(effectiveRows([v3, v2, v1])).toEqual([]);
});

test('between rows that match alike: later start, then higher version, then smaller id', () => {
  const from = (validFrom: string | null, pico: number, book: string, version = 1) =>
    priceRow('openai', 'm', price(pico), { validFrom }, { book, version });
  const january = '2026-01-01T00:00:00Z';
  const tied = [from(january, 5, 'c'), from(january, 6, 'd')].sort((a, b) =>
    a.priceId < b.priceId ? -1 : 1,
  );
  const asked = { provider: 'openai', modelResponse: 'm' };
  expect(pricedAs([from(null, 1, 'a', 9), from(january, 2, 'b')], asked)).toBe('openai m 2');
  expect(pricedAs([from(january, 3, 'a'), from(january, 4, 'b', 2)], asked)).toBe('openai m 4');
  expect(pricedAs(tied, asked)).toBe(`openai m ${tied[0]!.prices.in_uncached}`);
});

test('the order in which rows are given changes nothing', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(BOOK, { minLength: BOOK.length }),
      fc.constantFrom('gpt-4o', 'gpt-4', 'o4-mini'),
      (rows, model) => {
        const asked = { provider: 'azure', modelResponse: model, modelRequest: 'gpt-4o' };
        expect(charge(rows, asked)).toEqual(charge(BOOK, asked));
      },
    ),
  );
});
