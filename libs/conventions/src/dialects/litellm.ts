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
const PROXY_SPAN = 'Received Proxy Server Request';

export const liteLlm: Dialect = {
  id: 'litellm',
  version: 1,
  recognises: (span, signs) =>
    signs.scopeName === 'litellm' ||
    has(signs, SIGN.litellm) ||
    (has(signs, SIGN.llm) && isBehindProxy(span)),
  read(span, reading) {
    const { attributes } = span;
    const type = firstText(attributes, 'llm.request.type');
    const isCall = type !== null || reading.counts.input !== null || attributes.has('gen_ai.request.model');
    if (span.name === 'raw_gen_ai_request' || !isCall) {
      reading.kind = 'other';
      reading.stance = 'none';
      return;
    }
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
  for (const key of attributes.keys()) if (key.startsWith('metadata.user_api_key_')) return true;
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
