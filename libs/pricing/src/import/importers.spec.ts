import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { importGenaiPrices } from './import-genai-prices.ts';
import { importLitellmMap } from './import-litellm-map.ts';
import { importModelsDev } from './import-models-dev.ts';
import { importPriceCsv } from './import-price-csv.ts';
import { plainRow } from './imported-prices.ts';
import { overlapRanks } from './overlap-ranks.ts';
import { readPicoPrice } from './pico-price.ts';

const MILLION = 1_000_000n;
const always = { validFrom: null, validTo: null };

test.each([
  ['3', MILLION, 3_000_000n, false],
  ['0.0125', MILLION, 12_500n, false],
  ['3e-06', 1n, 3_000_000n, false],
  ['1.5E-7', 1n, 150_000n, false],
  ['0', MILLION, 0n, false],
  ['0.01', 1n, 10_000_000_000n, false],
  ['0.18000000000000002', MILLION, 180_000n, true],
  ['0.36', 3600n, 100_000_000n, false],
  ['2.4999999999999998e-06', 1n, 2_500_000n, true],
])('%s per %s is %s pico (snapped: %s)', (text, per, pico, isSnapped) => {
  expect(readPicoPrice(text, per)).toEqual({ pico, isSnapped });
});
test.each([
  ['-1', MILLION, 'not a decimal price of zero or more: -1'],
  ['NaN', MILLION, 'not a decimal price of zero or more: NaN'],
  ['Infinity', 1n, 'not a decimal price of zero or more: Infinity'],
  ['', 1n, 'not a decimal price of zero or more: '],
  ['0.08333333333333334', MILLION, 'not a whole number of pico-units: 0.08333333333333334 per 1000000'],
  ['1e-13', 1n, 'not a whole number of pico-units: 1e-13 per 1'],
  ['1e999', 1n, 'too many digits: 1e999'],
  ['10000000', 1n, 'over the largest price that can be stored: 10000000'],
])('%s per %s is refused', (text, per, reason) => expect(readPicoPrice(text, per)).toEqual({ reason }));
test('a whole number of pico-units is read as itself, however it is written', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 15n), (pico) => {
      const decimal = `${pico / 10n ** 6n}.${(pico % 10n ** 6n).toString().padStart(6, '0')}`;
      expect(readPicoPrice(decimal, MILLION)).toEqual({ pico, isSnapped: false });
      expect(readPicoPrice(`${pico}e-6`, MILLION)).toEqual({ pico, isSnapped: false });
    }),
  );
});

test('genai-prices: dates, hours, tiers and resellers become rows', () => {
  const catalogue = [
    {
      id: 'openai',
      models: [
        {
          id: 'm',
          match: { or: [{ equals: 'm' }, { starts_with: 'm-' }] },
          prices: [
            { prices: { input_mtok: 10, output_mtok: 40 } },
            {
              constraint: { start_date: '2025-06-10' },
              prices: { input_mtok: { base: 2, tiers: [{ start: 200000, price: 4 }] } },
            },
            { constraint: { start_time: '00:30:00Z', end_time: '16:30:00Z' }, prices: { input_mtok: 1 } },
          ],
        },
        { id: 'x:free', match: { equals: 'x:free' }, prices: {} },
      ],
    },
    { id: 'azure', fallback_model_providers: ['openai'], models: [] },
  ];
  const base = {
    ...plainRow('openai', 'm', {}),
    match: { or: [{ equals: 'm' }, { starts_with: 'm-' }] },
    resellers: ['azure'],
  };
  expect(importGenaiPrices(catalogue)).toEqual({
    rows: [
      { ...base, prices: { in_uncached: '10000000', out_text: '40000000' }, validTo: '2025-06-10T00:00:00Z' },
      {
        ...base,
        prices: { in_uncached: '2000000' },
        contextTiers: [{ aboveTokens: '200000', prices: { in_uncached: '4000000' } }],
        validFrom: '2025-06-10T00:00:00Z',
      },
      {
        ...base,
        prices: { in_uncached: '1000000' },
        validFrom: '2025-06-10T00:00:00Z',
        dailyWindow: { from: '00:30:00', to: '16:30:00' },
      },
      { ...plainRow('openai', 'x:free', { in_uncached: '0', out_text: '0' }), resellers: ['azure'] },
    ],
    snapped: [],
    refused: [],
  });
});

test('genai-prices: what cannot be taken is refused by itself', () => {
  const models = [
    { id: 'no-price', match: { equals: 'a' }, prices: {} },
    { id: 'odd-match', match: { sounds_like: 'a' }, prices: { input_mtok: 1 } },
    { id: 'slow-regex', match: { regex: '^(a+)+$' }, prices: { input_mtok: 1 } },
    {
      id: 'partly',
      match: { equals: 'b' },
      prices: { input_mtok: 1, cache_write_mtok: 0.08333333333333334, input_video_mtok: 2 },
    },
    { id: 'negative', match: { equals: 'c' }, prices: { input_mtok: -1 } },
    {
      id: 'shadowed',
      match: { equals: 'd' },
      prices: [
        { constraint: { start_date: '2025-01-01' }, prices: { input_mtok: 1 } },
        { prices: { input_mtok: 2 } },
      ],
    },
    { id: 'rounded', match: { equals: 'e' }, prices: { input_mtok: 0.18000000000000002 } },
  ];
  const { rows, snapped, refused } = importGenaiPrices([{ id: 'p', models }, 'nonsense', { id: 'q' }]);
  expect(rows.map(({ model, prices }) => ({ model, prices }))).toEqual([
    { model: 'partly', prices: { in_uncached: '1000000', cache_write_5m: null } },
    { model: 'shadowed', prices: { in_uncached: '2000000' } },
    { model: 'rounded', prices: { in_uncached: '180000' } },
  ]);
  expect(snapped).toEqual([
    { provider: 'p', model: 'rounded', field: 'input_mtok', from: '0.18000000000000002', toPico: '180000' },
  ]);
  expect(
    refused.map(
      ({ provider, model, field, reason }) => `${provider} ${model} ${field}: ${reason.split('\n')[0]}`,
    ),
  ).toEqual([
    '  null: not a provider: ✖ Invalid input: expected object, received string',
    'q  null: not a provider: ✖ Invalid input: expected array, received undefined',
    'p odd-match null: not a model: ✖ Invalid input',
    'p slow-regex null: not a model: ✖ not a plain regular expression',
    'p no-price null: no price listed',
    'p partly cache_write_mtok: not a whole number of pico-units: 0.08333333333333334 per 1000000',
    'p partly input_video_mtok: no class of ours is priced by this',
    'p negative input_mtok: not a decimal price of zero or more: -1',
    'p negative null: no price listed',
    'p shadowed null: never in force: a later condition always holds',
  ]);
  expect(importGenaiPrices('x')).toEqual({
    rows: [],
    snapped: [],
    refused: [{ provider: '', model: '', field: null, reason: 'not a list of providers' }],
  });
});

test('overlapping patterns are ranked in the order of the list, the others not at all', () => {
  expect(
    overlapRanks([
      { starts_with: 'gpt-4o' },
      { equals: 'gpt-4o-mini' },
      { contains: '4o' },
      { starts_with: 'o3' },
      { regex: 'gpt' },
    ]),
  ).toEqual([0, 0, 1, 0, 2]);
});

test('a LiteLLM map: tiers, service tiers, prefixes', () => {
  const map = {
    sample_spec: { litellm_provider: 'one of', input_cost_per_token: 0 },
    'gemini/gemini-2.5-pro': {
      litellm_provider: 'gemini',
      mode: 'chat',
      max_tokens: 65535,
      input_cost_per_token: 1.25e-6,
      input_cost_per_token_above_200k_tokens: 2.5e-6,
      output_cost_per_token: 1e-5,
      cache_read_input_token_cost: 3.125e-7,
      input_cost_per_token_batches: 6.25e-7,
      output_cost_per_token_batches: 5e-6,
      search_context_cost_per_query: { search_context_size_low: 0.035, search_context_size_high: 0.035 },
    },
    'claude-x': {
      litellm_provider: 'vertex_ai-anthropic_models',
      cache_creation_input_token_cost_above_1hr: 6e-6,
    },
    'whisper-1': {
      litellm_provider: 'openai',
      mode: 'audio_transcription',
      input_cost_per_second: 0.0001,
      output_cost_per_second: 0.0001,
    },
    'ollama/llama3': { litellm_provider: 'ollama', input_cost_per_token: 0, output_cost_per_token: 0 },
    odd: { input_cost_per_token: 1 },
    'pix/x': { litellm_provider: 'pix', input_cost_per_pixel: 1e-8 },
  };
  const july = { validFrom: '2026-07-01T00:00:00Z', validTo: null };
  const { rows, refused } = importLitellmMap(map, july);
  const match = { or: [{ equals: 'gemini/gemini-2.5-pro' }, { equals: 'gemini-2.5-pro' }] };
  expect(rows).toEqual([
    {
      ...plainRow('google', 'gemini/gemini-2.5-pro', {
        in_uncached: '1250000',
        out_text: '10000000',
        cache_read: '312500',
        search: '35000000000',
      }),
      ...july,
      match,
      rank: 1,
      contextTiers: [{ aboveTokens: '200000', prices: { in_uncached: '2500000' } }],
    },
    {
      ...plainRow('google', 'gemini/gemini-2.5-pro', { in_uncached: '625000', out_text: '5000000' }),
      ...july,
      match,
      rank: 1,
      serviceTier: 'batch',
    },
    { ...plainRow('google', 'claude-x', { cache_write_1h: '6000000' }), ...july },
    { ...plainRow('openai', 'whisper-1', { audio_second: '100000000' }), ...july },
  ]);
  expect(refused.map(({ model, field, reason }) => `${model} ${field}: ${reason}`)).toEqual([
    'ollama/llama3 null: all prices are 0: free or unknown, not said which',
    'odd null: not a model with a litellm_provider',
    'pix/x input_cost_per_pixel: no class of ours is priced by this',
  ]);
});

test('models.dev: the list and the object of providers say the same', () => {
  const cost = { input: 5, output: 25, cache_read: 0.5, cache_write: 6.25, citation: 1 };
  const list = [
    {
      provider: 'anthropic',
      id: 'm',
      cost: { ...cost, tiers: [{ tier: { size: 200000 }, input: 10, output: 37.5 }] },
    },
    { provider: 'ollama', id: 'z', cost: { input: 0, output: 0 } },
  ];
  const object = {
    anthropic: {
      id: 'anthropic',
      models: { m: { id: 'm', cost: { ...cost, context_over_200k: { input: 10, output: 37.5 } } } },
    },
    ollama: { id: 'ollama', models: { z: { id: 'z', cost: { input: 0, output: 0 } } } },
  };
  const row = {
    ...plainRow('anthropic', 'm', {
      in_uncached: '5000000',
      out_text: '25000000',
      cache_read: '500000',
      cache_write_5m: '6250000',
    }),
    contextTiers: [{ aboveTokens: '200000', prices: { in_uncached: '10000000', out_text: '37500000' } }],
  };
  const refused = [
    { provider: 'anthropic', model: 'm', field: 'citation', reason: 'no class of ours is priced by this' },
    {
      provider: 'ollama',
      model: 'z',
      field: null,
      reason: 'all prices are 0: free or unknown, not said which',
    },
  ];
  for (const data of [list, object])
    expect(importModelsDev(data, always)).toEqual({ rows: [row], snapped: [], refused });
});

test('CSV: rows, tiers of context, and lines that break a rule', () => {
  const text = [
    'provider,model,match,valid_from,valid_to,currency,service_tier,above_tokens,input_per_million,output_per_million,per_search',
    'OpenAI,gpt-4.1,gpt-4.1-2025-04-14|my-deployment,2026-01-01,2027-01-01T00:00:00Z,,,,1.80,7.2,0.01',
    'openai,gpt-4.1,,2026-01-01,2027-01-01T00:00:00Z,,,200000,3.6,,',
    '*,house-model,,,,eur,batch,,1,,',
    'openai,no-price,,,,,,,,,',
    'openai,bad-date,,01.02.2026,,,,,1,,',
    'openai,backwards,,2026-02-01,2026-01-01,,,,1,,',
    'openai,bad-tier,,,,,gold,,1,,',
    'openai,tier-first,,,,,,200000,1,,',
    'openai,bad-price,,,,,,,"1,80",7,',
    ',nobody,,,,,,,1,,',
  ].join('\n');
  const { rows, refused } = importPriceCsv(text);
  expect(rows).toEqual([
    {
      ...plainRow('openai', 'gpt-4.1', {
        in_uncached: '1800000',
        out_text: '7200000',
        search: '10000000000',
      }),
      match: { or: [{ equals: 'gpt-4.1' }, { equals: 'gpt-4.1-2025-04-14' }, { equals: 'my-deployment' }] },
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2027-01-01T00:00:00Z',
      contextTiers: [{ aboveTokens: '200000', prices: { in_uncached: '3600000' } }],
    },
    { ...plainRow('*', 'house-model', { in_uncached: '1000000' }), asset: 'EUR/12', serviceTier: 'batch' },
    plainRow('openai', 'bad-price', { in_uncached: null, out_text: '7000000' }),
  ]);
  expect(refused.map(({ model, field, reason }) => `${model} ${field}: ${reason}`)).toEqual([
    'bad-tier null: line 8: service_tier: Invalid option: expected one of ""|"standard"|"batch"|"flex"|"priority"|"scale"|"provisioned"|"fast"',
    'tier-first above_tokens: no line without above_tokens goes before it',
    'bad-price input_per_million: not a decimal price of zero or more: 1,80',
    'nobody null: line 11: provider: Too small: expected string to have >=1 characters',
    'no-price null: prices: a row needs at least one price',
    'bad-date null: validFrom: a UTC time like 2026-09-01T00:00:00Z',
    'backwards null: validTo: validTo must be after validFrom',
  ]);
});
test.each([
  ['provider,model,price\nopenai,x,1', 'unknown columns: price'],
  ['provider,model,constructor\nopenai,x,1', 'unknown columns: constructor'],
  [
    'provider,model\nopenai,"x',
    'not CSV: Quote Not Closed: the parsing is finished with an opening quote at line 2',
  ],
])('the CSV %j is refused as a whole', (text, reason) => {
  expect(importPriceCsv(text)).toEqual({
    rows: [],
    snapped: [],
    refused: [{ provider: '', model: '', field: null, reason }],
  });
});

test('no importer throws, whatever it is given', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (data, text) => {
      for (const read of [
        importGenaiPrices(data),
        importLitellmMap(data, always),
        importModelsDev(data, always),
        importPriceCsv(text),
      ])
        expect(read.rows).toEqual(expect.any(Array));
    }),
  );
});
