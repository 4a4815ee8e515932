import type { Dialect } from '../dialect.ts';
import { flagInvisibleCache } from '../invisible-cache.ts';
import { normaliseProvider, countsCacheBesideInput } from '../provider.ts';
import { has, SIGN } from '../signs.ts';
import { flagUnknownUsageKeys } from '../unknown-usage-keys.ts';

/** OpenTelemetry's own instrumentation of OpenAI leaves the cached part of the input out (openai-v2 2.4b0). */
const CACHE_BLIND: ReadonlySet<string> = new Set([
  'opentelemetry.instrumentation.openai_v2',
  'opentelemetry.util.genai.handler',
]);

/**
 * OpenTelemetry GenAI as it is written: since v1.40 the input SHOULD contain the cached tokens. Providers that count
 * them inside anyway leave no doubt; for the others an unknown emitter may have copied the provider's exclusive count,
 * so that only the arithmetic of rule A1 can tell.
 */
export const otelGenAi: Dialect = {
  id: 'otel-gen-ai',
  version: 1,
  recognises: (_span, signs) => has(signs, SIGN.genAi | SIGN.mcp | SIGN.llm),
  read(span, reading, signs) {
    flagUnknownUsageKeys(span.attributes, reading.flags);
    const provider = normaliseProvider(reading.provider);
    if (!countsCacheBesideInput(provider, reading.modelResponse ?? reading.modelRequest)) {
      reading.inputHint = 'inclusive';
      reading.hintBy = `provider:${provider}`;
    }
    if (CACHE_BLIND.has(signs.scopeName) && provider === 'openai') flagInvisibleCache(reading);
  },
};
