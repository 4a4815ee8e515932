import { expect, test } from '@jest/globals';
import { TOKEN_BUCKETS, type TokenBucket, type UsageUnit } from '#model';
import * as fc from 'fast-check';
import { priceRow } from '../../../test/support/price-rows.ts';
import { chargeStep, mayBeCharged, type ChargedStep } from './charge-step.ts';
import { buildPriceIndex } from './price-index.ts';
import type { PriceRow } from './price-row.ts';
import { chargesOf, own, step } from './testing/tell-charges.ts';

const MARCH = '2026-03-01T00:00:00Z';

function call(
  model: string,
  tokens: Partial<Record<TokenBucket, bigint>>,
  more: Partial<ChargedStep> = {},
): ChargedStep {
  return step('model_call', {
    role: 'leaf',
    provider: 'openai',
    modelRequest: model,
    usage: { tokens, units: {} },
    usageState: 'reported',
    ...more,
  });
}

const LIST = priceRow(
  'openai',
  'gpt-4.1',
  { in_uncached: '2000', cache_read: '500', out_text: '8000' },
  {
    contextTiers: [{ aboveTokens: '100', prices: { in_uncached: '4000', cache_read: '1000' } }],
    resellers: ['azure'],
  },
);
const CONTRACT = priceRow(
  'openai',
  'gpt-4.1',
  { in_uncached: '1800' },
  { validFrom: MARCH },
  own('contract'),
);

test.each<[string, readonly PriceRow[], ChargedStep, string[]]>([
  [
    'states one class and leaves the others to the list',
    [CONTRACT],
    call('gpt-4.1', { in_uncached: 10n, cache_read: 4n, out_text: 1n }),
    [
      'openai gpt-4.1 18000 USD/12 by contract@1: in_uncached',
      'openai gpt-4.1 10000 USD/12 by list@1: cache_read out_text',
    ],
  ],
  [
    'the list keeps its context tier for what it prices',
    [CONTRACT],
    call('gpt-4.1', { in_uncached: 100n, cache_read: 1n }),
    [
      'openai gpt-4.1 180000 USD/12 by contract@1: in_uncached',
      'openai gpt-4.1 1000 USD/12 by list@1: cache_read',
    ],
  ],
  [
    'is not in force before its date',
    [CONTRACT],
    call('gpt-4.1', { in_uncached: 1n }, { startedAtNs: BigInt(Date.parse('2026-02-28')) * 1_000_000n }),
    ['openai gpt-4.1 2000 USD/12 by list@1: in_uncached'],
  ],
  [
    'in another currency makes a charge of its own',
    [priceRow('openai', 'gpt-4.1', { out_text: '7000' }, { asset: 'EUR/12' }, own('contract'))],
    call('gpt-4.1', { in_uncached: 1n, out_text: 1n }),
    [
      'openai gpt-4.1 7000 EUR/12 by contract@1: out_text',
      'openai gpt-4.1 2000 USD/12 by list@1: in_uncached',
    ],
  ],
  [
    'holds for its own provider alone',
    [CONTRACT],
    call('gpt-4.1', { in_uncached: 1n }, { provider: 'azure.ai.openai' }),
    ['azure gpt-4.1 2000 USD/12 by list@1: in_uncached'],
  ],
  [
    'of whoever bills is completed by the list of who does',
    [priceRow('*', 'gpt-4.1', { in_uncached: '1' }, {}, own('contract'))],
    call('gpt-4.1', { in_uncached: 1n, out_text: 1n }, { provider: 'azure' }),
    ['azure gpt-4.1 1 USD/12 by contract@1: in_uncached', 'azure gpt-4.1 8000 USD/12 by list@1: out_text'],
  ],
  [
    'keeps a class that it says has no usable price unpriced',
    [priceRow('openai', 'gpt-4.1', { in_uncached: '1', out_text: null }, {}, own('contract'))],
    call('gpt-4.1', { in_uncached: 1n, out_text: 1n }),
    ['openai gpt-4.1 1 USD/12 by contract@1: in_uncached', 'no_price_for_class'],
  ],
  [
    'of the book whose name comes first is asked first, whatever its date and match',
    [
      priceRow('openai', 'gpt-4.1', { in_uncached: '7' }, { validFrom: MARCH }, own('b-import')),
      priceRow('openai', 'x', { in_uncached: '6' }, { match: { starts_with: 'gpt-4' } }, own('a-contract')),
    ],
    call('gpt-4.1', { in_uncached: 1n }),
    ['openai gpt-4.1 6 USD/12 by a-contract@1: in_uncached'],
  ],
])('a row of the tenant %s', (_, rows, each, expected) =>
  expect(chargesOf([LIST, ...rows], each)).toEqual(expected),
);

test('a contract over a list costs what one row with the prices of both would', () => {
  const table = fc.dictionary(fc.constantFrom(...TOKEN_BUCKETS), fc.bigInt(0n, 10n ** 9n).map(String));
  const used = fc.dictionary(fc.constantFrom(...TOKEN_BUCKETS), fc.bigInt(0n, 10n ** 6n), { minKeys: 1 });
  const total = (rows: readonly PriceRow[], tokens: Partial<Record<TokenBucket, bigint>>) => {
    const charges = chargeStep(call('m', tokens), buildPriceIndex(rows));
    return {
      amountPico: charges.reduce((sum, each) => (each.state === 'priced' ? sum + each.amountPico : sum), 0n),
      unpriced: charges.flatMap((each) => (each.state === 'unpriced' ? [each.reason] : [])),
      perRow: charges.length === new Set(charges.map((each) => JSON.stringify(each, ['priceId']))).size,
    };
  };
  fc.assert(
    fc.property(table, table, used, (listed, agreed, tokens) => {
      fc.pre(Object.keys(listed).length > 0 && Object.keys(agreed).length > 0);
      const list = priceRow('openai', 'm', listed);
      const contract = priceRow('openai', 'm', agreed, {}, own('contract'));
      const both = priceRow('openai', 'm', { ...listed, ...agreed });
      expect(total([list, contract], tokens)).toEqual(total([both], tokens));
    }),
  );
});

test('a class nobody prices is a part of its own; the rest is a lower bound', () => {
  const usage = { tokens: { in_uncached: 1n }, units: { search: 2n } };
  expect(chargesOf([LIST], call('gpt-4.1', {}, { usage }))).toEqual([
    'openai gpt-4.1 2000 USD/12 by list@1: in_uncached',
    'no_price_for_class',
  ]);
});

test.each<[UsageUnit, bigint, bigint]>([
  ['request', 2n, 200n],
  ['search', 3n, 30_000n],
  ['image', 4n, 160_000n],
  ['audio_second', 30n, 3_000n],
  ['tool_call', 5n, 40n],
])('%s is priced by the piece', (unit, count, amount) => {
  const prices = { request: '100', search: '10000', image: '40000', audio_second: '100', tool_call: '8' };
  const row = priceRow('openai', 'm', { [unit]: prices[unit] });
  const usage = { tokens: {}, units: { [unit]: count } };
  expect(chargesOf([row], call('m', {}, { usage }))).toEqual([
    `openai m ${amount} USD/12 by list@1: ${unit}`,
  ]);
});

const alias = (name: string, means: PriceRow['aliasOf'], more = {}, provider = '*') =>
  priceRow(provider, name, {}, { aliasOf: means, ...more }, own('model-aliases'));
const ARN = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123';
const SONNET = priceRow('aws', 'claude-sonnet-4-5', { in_uncached: '3' });

test.each<[string, readonly PriceRow[], ChargedStep, string[]]>([
  [
    'an application inference profile',
    [alias(ARN, { provider: null, model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' }, {}, 'aws')],
    call(ARN, { in_uncached: 1n }, { provider: 'aws.bedrock' }),
    ['aws claude-sonnet-4-5 3 USD/12 by list@1: in_uncached'],
  ],
  [
    'before its date it means nothing',
    [
      alias(
        ARN,
        { provider: null, model: 'anthropic.claude-sonnet-4-5' },
        { validFrom: '2026-10-01T00:00:00Z' },
      ),
    ],
    call(ARN, { in_uncached: 1n }, { provider: 'aws.bedrock' }),
    ['names_no_model'],
  ],
  [
    'an Azure deployment without a response model',
    [alias('my-prod', { provider: null, model: 'gpt-4.1' }, {}, 'azure')],
    call('my-prod', { in_uncached: 1n }, { provider: 'azure.ai.openai' }),
    ['azure gpt-4.1 2000 USD/12 by list@1: in_uncached'],
  ],
  [
    'a deployment of another provider',
    [alias('my-prod', { provider: null, model: 'gpt-4.1' }, {}, 'azure')],
    call('my-prod', { in_uncached: 1n }),
    ['unknown_model'],
  ],
  [
    'what a proxy made up, with who bills',
    [alias('smart', { provider: 'azure', model: 'gpt-4.1' })],
    call('gpt-4.1', { in_uncached: 1n }, { provider: 'litellm_proxy', modelResponse: 'smart' }),
    ['azure gpt-4.1 2000 USD/12 by list@1: in_uncached'],
  ],
  [
    'the response model is asked before an alias of the request',
    [alias('my-prod', { provider: null, model: 'gpt-4.1-mini' })],
    call('my-prod', { in_uncached: 1n }, { modelResponse: 'gpt-4.1' }),
    ['openai gpt-4.1 2000 USD/12 by list@1: in_uncached'],
  ],
  [
    'of two dates the later',
    [
      alias('smart', { provider: 'openai', model: 'nothing' }),
      alias('smart', { provider: 'openai', model: 'gpt-4.1' }, { validFrom: MARCH }),
    ],
    call('smart', { in_uncached: 1n }, { provider: null }),
    ['openai gpt-4.1 2000 USD/12 by list@1: in_uncached'],
  ],
  [
    'is taken once: an alias of an alias is a name like any other',
    [alias('a', { provider: 'openai', model: 'b' }), alias('b', { provider: 'openai', model: 'gpt-4.1' })],
    call('a', { in_uncached: 1n }),
    ['unknown_model'],
  ],
  [
    'says nothing of a fine-tune by a pattern of its base',
    [alias('x', { provider: 'openai', model: 'gpt-4.1' }, { match: { contains: 'gpt-4o' } })],
    call('ft:gpt-4o:acme::1', { in_uncached: 1n }),
    ['unknown_model'],
  ],
])('a model alias: %s', (_, rows, each, expected) =>
  expect(chargesOf([LIST, SONNET, ...rows], each)).toEqual(expected),
);

const rerank = (provider: string | null, modelRequest: string | null) =>
  step('rerank', {
    role: 'leaf',
    provider,
    modelRequest,
    usage: { tokens: {}, units: { search: 1n } },
    usageState: 'reported',
  });
test.each<[string, ChargedStep, string[]]>([
  ['with a price', rerank('cohere', 'rerank-v3.5'), ['cohere rerank-v3.5 2 USD/12 by list@1: search']],
  ['of a provider who sells, without a price', rerank('cohere', 'rerank-v9'), ['unknown_model']],
  ['in the process of the agent', rerank('sentence-transformers', 'ms-marco'), []],
  ['of a runtime of one’s own', rerank('vllm', 'bge-reranker'), []],
  ['of nobody', rerank(null, null), []],
])('a reranker %s', (_, each, expected) =>
  expect(chargesOf([priceRow('cohere', 'rerank-v3.5', { search: '2' })], each)).toEqual(expected),
);

test.each<[role: string, kind: string, expected: boolean]>([
  ['leaf', 'model_call', true],
  ['none', 'tool_call', true],
  ['container', 'retrieval', true],
  ['none', 'agent', false],
  ['mirror', 'model_call', false],
])('a stored %s of the kind %s may be charged: %s', (role, kind, expected) => {
  expect(mayBeCharged(role, JSON.stringify({ kind, role }))).toBe(expected);
});
