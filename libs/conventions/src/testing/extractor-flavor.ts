import type { UsageFlavor } from '../provider-shapes.ts';

const FLAVOR_BY_EXTRACTOR: Readonly<Record<string, UsageFlavor>> = {
  'anthropic/default': 'anthropic',
  'minimax/default': 'anthropic',
  'aws/default': 'bedrock_converse',
  'google/default': 'gemini',
  'cohere/default': 'cohere',
  'cohere/tokens': 'cohere_tokens',
  'cohere/embeddings': 'cohere',
  'perplexity/default': 'perplexity',
  'x-ai/default': 'perplexity',
  'x-ai/chat': 'xai_chat',
};

/** The shape that an extractor of the genai-prices catalogue reads, by its provider and API. */
export function flavorOf(provider: string, api: string): UsageFlavor {
  const known = FLAVOR_BY_EXTRACTOR[`${provider}/${api}`];
  if (known) return known;
  if (api === 'responses') return 'openai_responses';
  if (api === 'embeddings') return 'openai_embeddings';
  return api === 'anthropic' ? 'anthropic' : 'openai_chat';
}
