import { expect, test } from '@jest/globals';
import { priceRow } from '../../../test/support/price-rows.ts';
import { chargeStep, type ChargedStep } from './charge-step.ts';
import { buildPriceIndex } from './price-index.ts';
import type { PriceRow } from './price-row.ts';
import { chargesOf, own, step } from './testing/tell-charges.ts';

const LIST = priceRow('openai', 'gpt-4.1', { in_uncached: '2000', out_text: '8000' });
const tool = (provider: string, model: string, price: string | null, book = 'tools') =>
  priceRow(provider, model, { tool_call: price }, {}, own(book));
const toolCall = (name: string, more: Partial<ChargedStep> = {}) =>
  step('tool_call', { tool: { name, callId: null }, ...more });

test.each<[string, readonly PriceRow[], ChargedStep, string[]]>([
  ['nobody prices it', [LIST], toolCall('search_flights'), []],
  [
    'the one provider that lists it',
    [tool('tavily', 'web_search', '8000000000')],
    toolCall('Web_Search'),
    ['tavily web_search 8000000000 USD/12 by tools@1: tool_call'],
  ],
  [
    "the step's provider is another one",
    [tool('tavily', 'web_search', '8')],
    toolCall('web_search', { provider: 'openai' }),
    ['tavily web_search 8 USD/12 by tools@1: tool_call'],
  ],
  [
    'two providers, and the step says which',
    [tool('tavily', 'web_search', '8'), tool('exa', 'web_search', '5')],
    toolCall('web_search', { provider: 'exa' }),
    ['exa web_search 5 USD/12 by tools@1: tool_call'],
  ],
  [
    'two providers, and the step says none',
    [tool('tavily', 'web_search', '8'), tool('exa', 'web_search', '5')],
    toolCall('web_search'),
    ['ambiguous_provider'],
  ],
  [
    'two books: the first by name',
    [tool('tavily', 'web_search', '8', 'b'), tool('exa', 'web_search', '5', 'a')],
    toolCall('web_search'),
    ['exa web_search 5 USD/12 by a@1: tool_call'],
  ],
  [
    'a price that is not usable',
    [priceRow('tavily', 'web_search', { tool_call: null, request: '1' }, {}, own('t'))],
    toolCall('web_search'),
    ['no_price_for_class'],
  ],
  ['a mirror', [tool('tavily', 'web_search', '8')], toolCall('web_search', { role: 'mirror' }), []],
  [
    'before its date',
    [priceRow('tavily', 'web_search', { tool_call: '8' }, { validFrom: '2026-10-01T00:00:00Z' }, own('t'))],
    toolCall('web_search'),
    [],
  ],
  [
    'a search of an index',
    [priceRow('pinecone', 'kb', { search: '4' }, {}, own('t'))],
    step('retrieval', { modelRequest: 'kb', provider: 'pinecone' }),
    ['pinecone kb 4 USD/12 by t@1: search'],
  ],
  ['a search nobody prices', [LIST], step('retrieval', { name: 'lookup' }), []],
  ['an agent', [tool('*', 'span', '8')], step('agent', {}), []],
])('a call: %s', (_, rows, each, expected) => expect(chargesOf(rows, each)).toEqual(expected));

test('a tool call that failed is charged as one call and says so', () => {
  const index = buildPriceIndex([tool('tavily', 'web_search', '8')]);
  expect(chargeStep(toolCall('web_search', { errorType: 'timeout' }), index)).toMatchObject([
    { amountPico: 8n, estimates: ['tool_call: the call failed, charged as one that did not'] },
  ]);
});
