// Acceptance cases M01 to M10 and batch (conventions 5 D4), from the attributes of a span to its charge by the
// shipped catalogue. The prices in the comments are those the makers list, written down by hand.
import { beforeAll, expect, test } from '@jest/globals';
import { arbitrate, readStep } from '#conventions';
import type { AttributeValue, Charge, Span } from '#model';
import {
  buildPriceIndex,
  chargeStep,
  importGenaiPrices,
  issueRows,
  plainRow,
  type DraftRow,
  type PriceIndex,
  type PriceRow,
} from '#pricing';
import { waitForUpdate } from '@pydantic/genai-prices';

const STARTED_AT_NS = BigInt(Date.parse('2026-09-15T12:00:00Z')) * 1_000_000n;
let shipped: readonly PriceRow[];
beforeAll(async () => {
  const { rows } = importGenaiPrices(await waitForUpdate());
  shipped = issueRows(rows, { tenantId: '0', book: 'genai-prices' }, 1);
});

interface SpanNote {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly resource?: Readonly<Record<string, string>>;
}

const valuesOf = (record: Readonly<Record<string, string | number>>): ReadonlyMap<string, AttributeValue> =>
  new Map(
    Object.entries(record).map(([key, value]) => [key, typeof value === 'number' ? BigInt(value) : value]),
  );

function spanOf({ attributes, resource = {} }: SpanNote): Span {
  return {
    traceId: '1'.repeat(32),
    spanId: '1'.repeat(16),
    parentSpanId: null,
    name: 'chat',
    kind: 3,
    startedAtNs: STARTED_AT_NS,
    endedAtNs: STARTED_AT_NS + 1_000_000_000n,
    statusCode: 0,
    statusMessage: '',
    attributes: valuesOf(attributes),
    events: [],
    resource: { attributes: valuesOf(resource) },
    scope: { name: '', version: '', attributes: new Map() },
  };
}

const indexes = new Map<readonly DraftRow[], PriceIndex>();
function indexWith(own: readonly DraftRow[]): PriceIndex {
  const known = indexes.get(own);
  if (known !== undefined) return known;
  const made = buildPriceIndex([...shipped, ...issueRows(own, { tenantId: '7', book: 'own' }, 1)]);
  indexes.set(own, made);
  return made;
}

function chargesOf(note: SpanNote, own: readonly DraftRow[]): Charge[] {
  const { steps } = arbitrate([readStep(spanOf(note))], []);
  return steps.flatMap((step) => chargeStep(step, indexWith(own)));
}

/** `provider model: class quantity at pico, ...`, or why there is no price. */
const told = (charge: Charge): string =>
  charge.state === 'unpriced'
    ? `${charge.provider} ${charge.callModel}: ${charge.reason}`
    : `${charge.provider} ${charge.callModel}: ${charge.lines
        .map((line) => `${line.class} ${line.quantity} at ${line.pricePico}`)
        .join(', ')}`;

const usage = (input: number, output: number, cacheRead?: number) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
  ...(cacheRead === undefined ? {} : { 'gen_ai.usage.cache_read.input_tokens': cacheRead }),
});
const called = (provider: string | null, request: string, response?: string) => ({
  ...(provider === null ? {} : { 'gen_ai.provider.name': provider }),
  'gen_ai.request.model': request,
  ...(response === undefined ? {} : { 'gen_ai.response.model': response }),
});

const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123';
const SONNET_ON_BEDROCK = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const GEMINI = called('gcp.gemini', 'gemini-2.5-pro');
const SERVED_AS_DEFAULT = {
  'openai.request.service_tier': 'priority',
  'openai.response.service_tier': 'default',
};

const CASES: readonly [id: string, attributes: SpanNote['attributes'], charge: string][] = [
  [
    'M01', // a regional profile of Claude Sonnet 4.5 costs a tenth more than $3 and $15
    { ...called('aws.bedrock', `us.${SONNET_ON_BEDROCK}`), ...usage(100, 10) },
    'aws claude-sonnet-4-5: in_uncached 100 at 3300000, out_text 10 at 16500000',
  ],
  [
    'M01', // the global profile does not
    { ...called('aws.bedrock', `global.${SONNET_ON_BEDROCK}`), ...usage(100, 10) },
    'aws claude-sonnet-4-5: in_uncached 100 at 3000000, out_text 10 at 15000000',
  ],
  [
    'M01', // the same as an ARN
    {
      ...called(
        'aws.bedrock',
        `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${SONNET_ON_BEDROCK}`,
      ),
      ...usage(100, 10),
    },
    'aws claude-sonnet-4-5: in_uncached 100 at 3300000, out_text 10 at 16500000',
  ],
  ['M02', { ...called('aws.bedrock', PROFILE), ...usage(100, 10) }, `aws ${PROFILE}: names_no_model`],
  [
    'M03', // $2.50 and $10
    { ...called('azure.ai.openai', 'my-gpt4o-prod', 'gpt-4o-2024-08-06'), ...usage(100, 10) },
    'azure gpt-4o-2024-08-06: in_uncached 100 at 2500000, out_text 10 at 10000000',
  ],
  [
    'M04',
    {
      'llm.request.type': 'acompletion',
      'metadata.user_api_key_alias': 'k',
      ...called(null, 'azure/gpt-4o-2024-08-06', 'smart'),
      ...usage(100, 10),
    },
    'azure gpt-4o-2024-08-06: in_uncached 100 at 2500000, out_text 10 at 10000000',
  ],
  [
    'M05',
    { ...called('gcp.vertex_ai', 'claude-sonnet-4-5@20250929'), ...usage(100, 10) },
    'google claude-sonnet-4-5: in_uncached 100 at 3000000, out_text 10 at 15000000',
  ],
  [
    'M05',
    { ...called('openrouter', 'anthropic/claude-sonnet-4.5'), ...usage(100, 10) },
    'openrouter claude-sonnet-4-5: in_uncached 100 at 3000000, out_text 10 at 15000000',
  ],
  [
    'M05', // $1.25 and $10
    { ...called('gcp.gemini', 'models/gemini-2.5-pro'), ...usage(100, 10) },
    'google gemini-2.5-pro: in_uncached 100 at 1250000, out_text 10 at 10000000',
  ],
  [
    'M06', // a fine-tune: $0.30 and $1.20; its base costs half
    { ...called('openai', 'ft:gpt-4o-mini-2024-07-18:acme::x1'), ...usage(100, 10) },
    'openai ft:gpt-4o-mini-2024-07-18:acme::x1: in_uncached 100 at 300000, out_text 10 at 1200000',
  ],
  [
    'M06', // a fine-tune nobody lists is not its base
    { ...called('openai', 'ft:gpt-4.1-2025-04-14:acme::x1'), ...usage(100, 10) },
    'openai ft:gpt-4.1-2025-04-14:acme::x1: unknown_model',
  ],
  [
    'M07', // $1.25 and $10, as asked for and not granted it would be $2.50 and $20
    { ...called('openai', 'gpt-5'), ...usage(100, 10), ...SERVED_AS_DEFAULT },
    'openai gpt-5: in_uncached 100 at 1250000, out_text 10 at 10000000',
  ],
  [
    'M08', // over 200,000: $2.50, $0.25 cached, $15 for all of the call
    { ...GEMINI, ...usage(250_000, 1, 240_000) },
    'google gemini-2.5-pro: in_uncached 10000 at 2500000, cache_read 240000 at 250000, out_text 1 at 15000000',
  ],
  [
    'M09', // exactly 200,000: $1.25 and $10
    { ...GEMINI, ...usage(200_000, 1) },
    'google gemini-2.5-pro: in_uncached 200000 at 1250000, out_text 1 at 10000000',
  ],
  [
    'M10', // Bedrock counts the cache beside the input: the prompt is 250,000 all the same
    { ...called('aws.bedrock', 'contract-model'), ...usage(10_000, 1, 240_000) },
    'aws contract-model: in_uncached 10000 at 6000000, cache_read 240000 at 600000, out_text 1 at 22500000',
  ],
];
/** What the shipped catalogue does not list: the priority tier, and a long context on Bedrock. */
const OWN: readonly DraftRow[] = [
  {
    ...plainRow('openai', 'gpt-5', { in_uncached: '2500000', out_text: '20000000' }),
    serviceTier: 'priority',
  },
  { ...plainRow('openai', 'gpt-5', { in_uncached: '625000', out_text: '5000000' }), serviceTier: 'batch' },
  {
    ...plainRow('aws', 'contract-model', {
      in_uncached: '3000000',
      cache_read: '300000',
      out_text: '15000000',
    }),
    contextTiers: [
      {
        aboveTokens: '200000',
        prices: { in_uncached: '6000000', cache_read: '600000', out_text: '22500000' },
      },
    ],
  },
];

test.each(CASES)('%s: %j', (_id, attributes, expected) =>
  expect(chargesOf({ attributes }, OWN).map(told)).toEqual([expected]),
);

test('M01 to M10 are all there', () => {
  const ids = new Set(CASES.map(([id]) => id));
  expect([...ids]).toEqual(['M01', 'M02', 'M03', 'M04', 'M05', 'M06', 'M07', 'M08', 'M09', 'M10']);
});

test('M02 with what the tenant says the profile holds', () => {
  const alias = { provider: null, model: `us.${SONNET_ON_BEDROCK}` };
  const attributes = { ...called('aws.bedrock', PROFILE), ...usage(100, 10) };
  expect(chargesOf({ attributes }, [{ ...plainRow('aws', PROFILE, {}), aliasOf: alias }]).map(told)).toEqual([
    'aws claude-sonnet-4-5: in_uncached 100 at 3300000, out_text 10 at 16500000',
  ]);
});

const STANDARD = 'openai gpt-5: in_uncached 100 at 1250000';
const BATCH = 'openai gpt-5: in_uncached 100 at 625000';
test.each<[string, SpanNote, string]>([
  ['nothing says so', { attributes: {} }, STANDARD],
  ['the address called', { attributes: { 'url.full': 'https://api.openai.com/v1/batches/b_1' } }, BATCH],
  ['its path alone', { attributes: { 'url.path': '/v1/messages/batches' } }, BATCH],
  ['the name of the method', { attributes: { 'url.path': '/v1beta/models/m:batchGenerateContent' } }, BATCH],
  ['an address that is none', { attributes: { 'url.path': '/v1/chat/completions' } }, STANDARD],
  ['a tag on the span', { attributes: { 'gen_ai.request.service_tier': 'batch' } }, BATCH],
  ['a tag on the process', { attributes: {}, resource: { 'gen_ai.request.service_tier': 'batch' } }, BATCH],
  [
    'a tag, whatever the answer calls itself',
    {
      attributes: { 'openai.response.service_tier': 'default' },
      resource: { 'gen_ai.request.service_tier': 'batch' },
    },
    BATCH,
  ],
])('5 D4, a batch: %s', (_, note, expected) => {
  const attributes = { ...called('openai', 'gpt-5'), ...usage(100, 0), ...note.attributes };
  expect(chargesOf({ ...note, attributes }, OWN).map(told)).toEqual([expected]);
});

const CALLS: readonly DraftRow[] = [
  plainRow('tavily', 'web_search', { tool_call: '8000000000' }),
  plainRow('pinecone', 'chat', { search: '4000000' }),
  plainRow('cohere', 'rerank-v3.5', { search: '2000000000' }),
];
test.each<[string, SpanNote['attributes'], string[]]>([
  [
    'a tool with a price',
    { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'web_search' },
    ['tavily web_search: tool_call 1 at 8000000000'],
  ],
  ['a tool without one', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'lookup_order' }, []],
  [
    'a search of an index, by the name of its span',
    { 'openinference.span.kind': 'RETRIEVER' },
    ['pinecone chat: search 1 at 4000000'],
  ],
  [
    'a reranker with a price',
    {
      'openinference.span.kind': 'RERANKER',
      'reranker.model_name': 'rerank-v3.5',
      'gen_ai.provider.name': 'cohere',
    },
    ['cohere rerank-v3.5: search 1 at 2000000000'],
  ],
  [
    'a reranker in the process of the agent',
    { 'openinference.span.kind': 'RERANKER', 'reranker.model_name': 'ms-marco-MiniLM-L-6' },
    [],
  ],
])('what is sold by the call: %s', (_, attributes, expected) =>
  expect(chargesOf({ attributes }, CALLS).map(told)).toEqual(expected),
);
