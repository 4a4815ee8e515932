import type { CountName } from './counts.ts';

/** The shapes in which providers report the usage of a call. */
export type UsageFlavor =
  | 'anthropic'
  | 'openai_chat'
  | 'openai_responses'
  | 'openai_embeddings'
  | 'xai_chat'
  | 'perplexity'
  | 'gemini'
  | 'bedrock_converse'
  | 'cohere'
  | 'cohere_tokens'
  | 'langchain';

/** How one flavor counts: where each count stands, and what contains what. */
export interface UsageShape {
  readonly rows: readonly (readonly [CountName, ...(readonly (readonly string[])[])])[];
  readonly input: 'inclusive' | 'exclusive';
  readonly output: 'inclusive' | 'exclusive';
  /** Counts beside the output that the provider bills as output. */
  readonly outputBeside?: readonly string[];
  readonly searches?: readonly (readonly string[])[];
  readonly expectsOutput: boolean;
}

const CACHE_TTL_ROWS: UsageShape['rows'] = [
  ['cacheWrite5m', ['cache_creation', 'ephemeral_5m_input_tokens']],
  ['cacheWrite1h', ['cache_creation', 'ephemeral_1h_input_tokens']],
];
/** LiteLLM keeps Anthropic's split of the cache writes where OpenAI has none. */
const LITELLM_TTL_ROWS: UsageShape['rows'] = [
  ['cacheWrite5m', ['prompt_tokens_details', 'cache_creation_token_details', 'ephemeral_5m_input_tokens']],
  ['cacheWrite1h', ['prompt_tokens_details', 'cache_creation_token_details', 'ephemeral_1h_input_tokens']],
];
const OPENAI_CHAT_ROWS: UsageShape['rows'] = [
  ['input', ['prompt_tokens']],
  ['output', ['completion_tokens']],
  ['total', ['total_tokens']],
  [
    'cacheRead',
    ['prompt_tokens_details', 'cached_tokens'],
    ['cache_read_input_tokens'],
    ['cached_tokens'],
    ['prompt_cache_hit_tokens'],
  ],
  ['cacheWrite', ['prompt_tokens_details', 'cache_write_tokens'], ['cache_creation_input_tokens']],
  ...LITELLM_TTL_ROWS,
  ['reasoning', ['completion_tokens_details', 'reasoning_tokens']],
  ['audioIn', ['prompt_tokens_details', 'audio_tokens']],
  ['audioOut', ['completion_tokens_details', 'audio_tokens']],
  ['imageIn', ['prompt_tokens_details', 'image_tokens']],
  ['imageOut', ['completion_tokens_details', 'image_tokens']],
];

/** Sources: the providers' API references; field by field the same as the extractors of pydantic/genai-prices. */
export const USAGE_SHAPES: Readonly<Record<UsageFlavor, UsageShape>> = {
  anthropic: {
    rows: [
      ['input', ['input_tokens']],
      ['output', ['output_tokens']],
      ['cacheRead', ['cache_read_input_tokens']],
      ['cacheWrite', ['cache_creation_input_tokens']],
      ...CACHE_TTL_ROWS,
      ['reasoning', ['output_tokens_details', 'thinking_tokens']],
    ],
    input: 'exclusive',
    output: 'inclusive',
    searches: [['server_tool_use', 'web_search_requests']],
    expectsOutput: true,
  },
  openai_chat: { rows: OPENAI_CHAT_ROWS, input: 'inclusive', output: 'inclusive', expectsOutput: true },
  xai_chat: {
    rows: OPENAI_CHAT_ROWS.filter(([name]) => name !== 'total'),
    input: 'inclusive',
    output: 'exclusive',
    expectsOutput: true,
  },
  perplexity: {
    rows: [
      ['input', ['prompt_tokens']],
      ['output', ['completion_tokens']],
      ['reasoning', ['reasoning_tokens']],
    ],
    input: 'inclusive',
    output: 'exclusive',
    outputBeside: ['citation_tokens'],
    searches: [['num_search_queries']],
    expectsOutput: true,
  },
  openai_embeddings: {
    rows: [['input', ['prompt_tokens']]],
    input: 'inclusive',
    output: 'inclusive',
    expectsOutput: false,
  },
  openai_responses: {
    rows: [
      ['input', ['input_tokens']],
      ['output', ['output_tokens']],
      ['total', ['total_tokens']],
      ['cacheRead', ['input_tokens_details', 'cached_tokens'], ['input_token_details', 'cached_tokens']],
      ['cacheWrite', ['input_tokens_details', 'cache_write_tokens']],
      ['reasoning', ['output_tokens_details', 'reasoning_tokens']],
      ['audioIn', ['input_token_details', 'audio_tokens']],
      ['audioCacheRead', ['input_token_details', 'cached_tokens_details', 'audio_tokens']],
      ['audioOut', ['output_token_details', 'audio_tokens']],
      ['imageIn', ['input_tokens_details', 'image_tokens'], ['input_token_details', 'image_tokens']],
      ['imageCacheRead', ['input_token_details', 'cached_tokens_details', 'image_tokens']],
      ['imageOut', ['output_tokens_details', 'image_tokens']],
    ],
    input: 'inclusive',
    output: 'inclusive',
    expectsOutput: true,
  },
  gemini: {
    rows: [
      ['input', ['promptTokenCount'], ['prompt_token_count']],
      ['output', ['candidatesTokenCount'], ['candidates_token_count']],
      ['total', ['totalTokenCount'], ['total_token_count']],
      ['cacheRead', ['cachedContentTokenCount'], ['cached_content_token_count']],
      ['reasoning', ['thoughtsTokenCount'], ['thoughts_token_count']],
      ['toolUsePrompt', ['toolUsePromptTokenCount'], ['tool_use_prompt_token_count']],
    ],
    input: 'inclusive',
    output: 'exclusive',
    expectsOutput: true,
  },
  bedrock_converse: {
    rows: [
      ['input', ['inputTokens']],
      ['output', ['outputTokens']],
      ['total', ['totalTokens']],
      ['cacheRead', ['cacheReadInputTokens'], ['cacheReadInputTokenCount']],
      ['cacheWrite', ['cacheWriteInputTokens'], ['cacheWriteInputTokenCount']],
    ],
    input: 'exclusive',
    output: 'inclusive',
    expectsOutput: true,
  },
  cohere: {
    rows: [
      ['input', ['billed_units', 'input_tokens'], ['input_tokens']],
      ['output', ['billed_units', 'output_tokens'], ['output_tokens']],
    ],
    input: 'inclusive',
    output: 'inclusive',
    searches: [['billed_units', 'search_units']],
    expectsOutput: false,
  },
  cohere_tokens: {
    rows: [
      ['input', ['tokens', 'input_tokens']],
      ['output', ['tokens', 'output_tokens']],
      ['cacheRead', ['cached_tokens']],
    ],
    input: 'inclusive',
    output: 'inclusive',
    expectsOutput: false,
  },
  langchain: {
    rows: [
      ['input', ['input_tokens']],
      ['output', ['output_tokens']],
      ['total', ['total_tokens']],
      ['cacheRead', ['input_token_details', 'cache_read']],
      ['cacheWrite', ['input_token_details', 'cache_creation']],
      ['cacheWrite5m', ['input_token_details', 'ephemeral_5m_input_tokens']],
      ['cacheWrite1h', ['input_token_details', 'ephemeral_1h_input_tokens']],
      ['reasoning', ['output_token_details', 'reasoning']],
      ['audioIn', ['input_token_details', 'audio']],
      ['audioOut', ['output_token_details', 'audio']],
    ],
    input: 'inclusive',
    output: 'inclusive',
    expectsOutput: true,
  },
};
