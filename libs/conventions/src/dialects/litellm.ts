import type { Attributes, Span } from '#model';
import { firstText, isTrue } from '../attribute.ts';
import type { BlobMap } from '../blob.ts';
import { toBlobMap } from '../blob.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { kindOfOperation } from '../operation.ts';
import { has, SIGN } from '../signs.ts';
import { useBody } from '../use-body.ts';

/**
 * LiteLLM's callback and proxy: conventions.md 3.9. The span that counts is known by its attributes, never by its
 * name; behind the proxy `gen_ai.request.model` is the deployment called and `gen_ai.response.model` the alias asked
 * for, the other way round than everywhere else.
 */
const RAW_SPAN = 'raw_gen_ai_request';
const PROXY_SPAN = 'Received Proxy Server Request';

export const liteLlm: Dialect = {
  id: 'litellm',
  version: 2,
  recognises: (span, signs) =>
    signs.scopeName === 'litellm' ||
    has(signs, SIGN.litellm) ||
    (has(signs, SIGN.llm) && isBehindProxy(span)),
  read(span, reading, signs) {
    const { attributes } = span;
    const type = firstText(attributes, 'llm.request.type');
    const isCall = type !== null || reading.counts.input !== null || attributes.has('gen_ai.request.model');
    if (span.name === RAW_SPAN || !isCall) {
      reading.kind = 'other';
      if (!readRaw(span, reading)) reading.stance = 'none';
      return;
    }
    if (signs.scopeName !== 'litellm' && !isBehindProxy(span)) reading.flags.add('overwritten_span');
    reading.kind = kindOfOperation(firstText(attributes, 'gen_ai.operation.name') ?? type) ?? 'model_call';
    reading.vantage = 'gateway';
    reading.inputHint = 'inclusive';
    reading.isTotalFromProvider = true;
    reading.hintBy = 'litellm';
    const hidden = toBlobMap(attributes.get('hidden_params'));
    readModels(span, hidden, reading);
    reading.isCacheHit =
      isTrue(attributes.get('cache_hit')) ||
      isTrue(attributes.get('metadata.cache_hit')) ||
      hidden?.['cache_hit'] === true;
    useBody(reading, null, attributes.get('metadata.usage_object'));
    if (reading.cost !== null) reading.cost = { ...reading.cost, source: 'gateway' };
  },
};

function isBehindProxy(span: Span): boolean {
  return span.name === PROXY_SPAN || hasKeyOwner(span.attributes) || span.resource.attributes.has('model_id');
}

/** The proxy writes down whose virtual key was used. */
function hasKeyOwner(attributes: Attributes): boolean {
  for (const [key, value] of attributes)
    if (key.startsWith('metadata.user_api_key_') && value !== '' && value !== null) return true;
  return false;
}

const DUMP_KEY = /^llm\.([^.]+)\.usage$/;

/**
 * What the provider answered, dumped as it came. Inside a span of the application LiteLLM writes its own attributes onto
 * that span, each call over the one before: then this is the only witness of the earlier ones.
 *
 * @returns whether the dump holds a usage
 */
function readRaw({ attributes }: Span, reading: Reading): boolean {
  for (const [key, value] of attributes) {
    const provider = DUMP_KEY.exec(key)?.[1];
    if (provider === undefined || !useBody(reading, null, value)) continue;
    reading.kind = 'model_call';
    reading.vantage = 'gateway';
    reading.provider = provider;
    reading.modelResponse = firstText(attributes, `llm.${provider}.model`);
    reading.responseId = firstText(attributes, `llm.${provider}.id`);
    return true;
  }
  return false;
}

function readModels(span: Span, hidden: BlobMap | null, reading: Reading): void {
  const deployment = hidden?.['litellm_model_name'];
  if (!isBehindProxy(span)) return;
  const { modelRequest, modelResponse } = reading;
  reading.modelResponse =
    typeof deployment === 'string' && deployment !== '' ? deployment : (modelRequest ?? modelResponse);
  reading.modelRequest = modelResponse ?? modelRequest;
}
