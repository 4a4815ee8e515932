import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { TokenBucket } from '#model';
import { TOKEN_BUCKETS } from '#model';
import type { BodyUsage } from './provider-body.ts';
import { usageFromProviderBody } from './provider-body.ts';
import { describeUsage } from './testing/describe-step.ts';
import { flavorOf } from './testing/extractor-flavor.ts';

const SHAPES: readonly (readonly [what: string, body: unknown, expected: string])[] = [
  [
    'Anthropic: cache beside the input, writes by time to live, a search',
    {
      usage: {
        input_tokens: 7,
        output_tokens: 445,
        cache_read_input_tokens: 16399,
        cache_creation_input_tokens: 2089,
        cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 89 },
        server_tool_use: { web_search_requests: 2 },
        service_tier: 'priority',
      },
    },
    'in 7, cr 16399, cw5 2000, cw1h 89, out 445, search 2 | reported exclusive A1.1:anthropic | priority',
  ],
  [
    'OpenAI chat with audio',
    {
      usage: {
        prompt_tokens: 120,
        completion_tokens: 300,
        total_tokens: 420,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 200, audio_tokens: 40 },
      },
    },
    'in 36, cr 64, audio_in 20, out 60, rs 200, audio_out 40 | reported inclusive A1.1:openai_chat | null',
  ],
  [
    'OpenAI responses',
    {
      input_tokens: 9703,
      input_tokens_details: { cached_tokens: 8576 },
      output_tokens: 638,
      output_tokens_details: { reasoning_tokens: 576 },
      total_tokens: 10341,
    },
    'in 1127, cr 8576, out 62, rs 576 | reported inclusive A1.1:openai_responses | null',
  ],
  [
    'Gemini with a tool-use prompt and cached images',
    {
      usageMetadata: {
        promptTokenCount: 373,
        candidatesTokenCount: 89,
        thoughtsTokenCount: 167,
        toolUsePromptTokenCount: 11,
        cachedContentTokenCount: 204,
        totalTokenCount: 640,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 115 },
          { modality: 'IMAGE', tokenCount: 258 },
        ],
        cacheTokensDetails: [
          { modality: 'TEXT', tokenCount: 63 },
          { modality: 'IMAGE', tokenCount: 141 },
        ],
      },
    },
    'in 63, cr 204, image_in 117, out 89, rs 167 | reported inclusive A1.1:gemini | null',
  ],
  [
    'Bedrock Converse',
    {
      usage: {
        inputTokens: 3,
        outputTokens: 442,
        totalTokens: 8712,
        cacheReadInputTokens: 7917,
        cacheWriteInputTokens: 350,
      },
    },
    'in 3, cr 7917, cw 350, out 442 | reported exclusive A1.1:bedrock_converse | null',
  ],
  [
    'a stream cut before its end',
    { usage: { input_tokens: 19, cache_read_input_tokens: 5 } },
    'in 19, cr 5 | partial exclusive A1.1:anthropic | null',
  ],
  ['text', 'usage', 'null'],
  ['no usage', { usage: { seconds: 3 } }, 'null'],
  ['a hostile body', JSON.parse('{"usage":{"__proto__":{"input_tokens":5},"constructor":1}}'), 'null'],
];

test.each(SHAPES)('reads %s', (_what, body, expected) => {
  const found = usageFromProviderBody(null, body);
  const text =
    found &&
    `${describeUsage(found.usage)} | ${found.state} ${found.semantics?.input} ${found.semantics?.rule} | ${found.serviceTier}`;
  expect(String(text)).toBe(expected);
});

test.each<[what: string, usage: object, flags: readonly string[]]>([
  [
    'what is known',
    { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: { text_tokens: 9 } },
    [],
  ],
  [
    'counts nobody has described, with their paths',
    {
      prompt_tokens: 9,
      completion_tokens: 1,
      num_cached_tokens: 7,
      prompt_tokens_details: { video_tokens: 5, cached_tokens: 0 },
      tokens_per_second: 41.5,
      queue_time: 3,
    },
    ['unknown_usage_key:num_cached_tokens', 'unknown_usage_key:prompt_tokens_details.video_tokens'],
  ],
  [
    'nothing of which there was none',
    { prompt_tokens: 9, completion_tokens: 1, new_tokens: 0, other_tokens: '5', more_tokens: null },
    [],
  ],
  [
    'no ids, and not without end',
    {
      input_tokens: 9,
      output_tokens: 1,
      ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`y_${name}_tokens`, 1])),
      'tokens of 2f9a-4711': 1,
      ['x'.repeat(70)]: 1,
      [`${'x'.repeat(70)}_tokens`]: 1,
    },
    ['unknown_usage_key', 'unknown_usage_key:y_a_tokens', 'unknown_usage_key:y_b_tokens'],
  ],
])('flags %s', (_what, usage, flags) => {
  expect(usageFromProviderBody(null, { usage })?.flags).toEqual(flags);
});

const FILE = '../shared/data/usage/usage-bodies.json.gz';

interface RecordedBody {
  readonly body: Readonly<Record<string, unknown>>;
  readonly extracted: readonly {
    readonly usage: Readonly<Record<string, number>>;
    readonly extractors: readonly { readonly provider_id: string; readonly api_flavor: string }[];
  }[];
}

const OUTPUT: readonly TokenBucket[] = ['out_text', 'reasoning', 'audio_out', 'image_out'];
const INPUT = TOKEN_BUCKETS.filter((bucket) => !OUTPUT.includes(bucket));
/** The catalogue's nested counts, from our disjoint buckets. */
const NESTED: Readonly<Record<string, readonly TokenBucket[]>> = {
  input_tokens: INPUT,
  output_tokens: OUTPUT,
  cache_read_tokens: ['cache_read', 'audio_cache_read'],
  cache_write_tokens: ['cache_write_5m', 'cache_write_1h', 'cache_write_unk'],
  cache_write_5m_tokens: ['cache_write_5m'],
  cache_write_1h_tokens: ['cache_write_1h'],
  output_reasoning_tokens: ['reasoning'],
  input_audio_tokens: ['audio_in', 'audio_cache_read'],
  cache_audio_read_tokens: ['audio_cache_read'],
  output_audio_tokens: ['audio_out'],
  output_image_tokens: ['image_out'],
  input_image_tokens: ['image_in'],
};

function nestedCounts(found: BodyUsage, expected: Readonly<Record<string, number>>): Record<string, bigint> {
  const tokens = found.usage?.tokens ?? {};
  const counts = Object.fromEntries(
    Object.entries(NESTED).map(([name, buckets]) => [
      name,
      buckets.reduce((sum, bucket) => sum + (tokens[bucket] ?? 0n), 0n),
    ]),
  );
  // Cached images have no bucket of their own: they are in cache_read, where they are billed.
  counts['input_image_tokens']! += BigInt(expected['cache_image_read_tokens'] ?? 0);
  counts['web_searches'] = found.usage?.units.search ?? 0n;
  return counts;
}

/**
 * Counts that an extractor of the catalogue never reads, though bodies of its shape may hold them. Their tokens stay in
 * the counts they are part of (a cache write in the input, reasoning in the output), so folding ours the same way must
 * give its figures exactly. Extractors that are not listed read every count, and must be equal as they are.
 */
const CACHE_WRITE = ['cache_write_tokens'];
const CACHE_WRITE_AND_AUDIO = [...CACHE_WRITE, 'input_audio_tokens'];
const CACHE_AND_AUDIO = ['cache_read_tokens', ...CACHE_WRITE_AND_AUDIO];
const CACHE_WRITE_AND_REASONING = [...CACHE_WRITE, 'output_reasoning_tokens'];
/** Written for Claude on the clouds: the cache write as one count, no thinking, and not the searches beside the tokens. */
const CLAUDE_ELSEWHERE = ['cache_write_5m_tokens', 'output_reasoning_tokens', 'web_searches'];
const NOT_READ: Readonly<Record<string, readonly string[]>> = {
  'anthropic/chat': CACHE_AND_AUDIO,
  'cerebras/chat': CACHE_AND_AUDIO,
  'aws/anthropic': CLAUDE_ELSEWHERE,
  'azure/anthropic': CLAUDE_ELSEWHERE,
  'google/anthropic': CLAUDE_ELSEWHERE,
  'minimax/default': CLAUDE_ELSEWHERE,
  'azure/chat': CACHE_WRITE,
  'azure/responses': CACHE_WRITE,
  'google/chat': CACHE_WRITE,
  'groq/default': CACHE_WRITE,
  'deepseek/chat': CACHE_WRITE_AND_AUDIO,
  'fireworks/chat': CACHE_WRITE_AND_AUDIO,
  'minimax/chat': CACHE_WRITE_AND_AUDIO,
  'mistral/default': CACHE_WRITE_AND_AUDIO,
  'moonshotai/chat': CACHE_WRITE_AND_AUDIO,
  'x-ai/chat': CACHE_WRITE_AND_AUDIO,
  'zai/chat': CACHE_WRITE_AND_AUDIO,
  'zhipuai/chat': CACHE_WRITE_AND_AUDIO,
  'doubleword/chat': ['input_audio_tokens'],
  'doubleword/responses': CACHE_WRITE_AND_REASONING,
  'minimax/responses': CACHE_WRITE_AND_REASONING,
  'modal/chat': ['input_audio_tokens', 'output_reasoning_tokens'],
};

const recorded = existsSync(FILE) ? describe : describe.skip;
if (!existsSync(FILE)) console.warn(`skipped: ${FILE} is not there, 809 recorded usage bodies are not read`);

recorded('the recorded usage bodies', () => {
  test('every count the catalogue extracts, for every extractor that reads the body', () => {
    const bodies: readonly RecordedBody[] = JSON.parse(gunzipSync(readFileSync(FILE)).toString());
    const wrong: unknown[] = [];
    const folded = new Set<string>();
    const counts = { asTheyAre: 0, folded: 0, ofThemWithSearches: 0 };
    for (const { body, extracted } of bodies)
      for (const { usage: expected, extractors } of extracted)
        for (const { provider_id: provider, api_flavor: api } of extractors) {
          const found = usageFromProviderBody(flavorOf(provider, api), body)!;
          const ours = nestedCounts(found, expected);
          const notRead = NOT_READ[`${provider}/${api}`] ?? [];
          const finer = notRead.filter((name) => ours[name] !== 0n);
          for (const name of finer) folded.add(`${provider}/${api}: ${name}`);
          for (const name of notRead) ours[name] = 0n;
          const differing = Object.keys(ours).filter((name) => ours[name] !== BigInt(expected[name] ?? 0));
          if (differing.length > 0 || found.state === 'rejected')
            wrong.push({ provider, api, body, expected, differing, state: found.state });
          else if (finer.length === 0) counts.asTheyAre++;
          else counts.folded++;
          if (finer.includes('web_searches')) counts.ofThemWithSearches++;
        }
    // A search is no token and in no sum: those extractors leave it out, and it is a fee we count.
    expect({ bodies: bodies.length, ...counts, wrong }).toEqual({
      bodies: 809,
      asTheyAre: 9547,
      folded: 298,
      ofThemWithSearches: 24,
      wrong: [],
    });
    const listed = Object.entries(NOT_READ).flatMap(([extractor, names]) =>
      names.map((name) => `${extractor}: ${name}`),
    );
    expect([...folded].sort()).toEqual(listed.sort());
  });
});
