import type { Attributes, Span } from '#model';
import { firstText, toText } from './attribute.ts';

const RESPONSE_KEYS = [
  'openai.response.service_tier',
  'gen_ai.openai.response.service_tier',
  'gen_ai.response.service_tier',
  'anthropic.response.service_tier',
  'service_tier',
] as const;
const REQUEST_KEYS = [
  'openai.request.service_tier',
  'gen_ai.openai.request.service_tier',
  'gen_ai.request.service_tier',
  'anthropic.request.service_tier',
] as const;
const ADDRESS_KEYS = ['url.full', 'url.path', 'http.url', 'http.target', 'http.route'] as const;
/** Batches of OpenAI and Anthropic, of Gemini, of Bedrock. */
const BATCH_ADDRESS =
  /\/batches(?:[/?]|$)|:(?:async)?batch[a-z]*content\b|\/model-invocation-jobs?(?:[/?]|$)/i;
const BATCH_TAG = /^batch(?:es|_api)?$/i;

/**
 * The tier a call was served in (conventions.md D4). The response's word wins: a priority request may have been served
 * as standard. A batch is another way of asking and not a wish, and results of batches call themselves `default`: it
 * is known by the address called, or by the request's tier on the span or on the resource of a process that does
 * nothing else.
 *
 * @returns the text as written; null where nothing is said, or no more than `auto`, which is a wish
 */
export function readServiceTier({ attributes, resource }: Span): string | null {
  if (isBatch(attributes) || saysBatch(resource.attributes)) return 'batch';
  const tier = firstText(attributes, ...RESPONSE_KEYS, ...REQUEST_KEYS) ?? tagOf(resource.attributes);
  return tier === 'auto' ? null : tier;
}

function isBatch(attributes: Attributes): boolean {
  return (
    saysBatch(attributes) || ADDRESS_KEYS.some((key) => BATCH_ADDRESS.test(toText(attributes.get(key)) ?? ''))
  );
}

function saysBatch(attributes: Attributes): boolean {
  return REQUEST_KEYS.some((key) => BATCH_TAG.test(toText(attributes.get(key)) ?? ''));
}

const tagOf = (attributes: Attributes): string | null => firstText(attributes, ...REQUEST_KEYS);
