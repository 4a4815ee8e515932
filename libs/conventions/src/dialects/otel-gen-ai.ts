import { flagUnknownUsageKeys } from '../counts.ts';
import type { Dialect } from '../dialect.ts';
import { normaliseProvider, countsCacheBesideInput } from '../provider.ts';
import { has, SIGN } from '../signs.ts';

/**
 * OpenTelemetry GenAI as it is written: since v1.40 the input SHOULD contain the cached tokens. Providers that count
 * them inside anyway leave no doubt; for the others an unknown emitter may have copied the provider's exclusive count,
 * so that only the arithmetic of rule A1 can tell.
 */
export const otelGenAi: Dialect = {
  id: 'otel-gen-ai',
  version: 1,
  recognises: (_span, signs) => has(signs, SIGN.genAi | SIGN.mcp | SIGN.llm),
  read(span, reading) {
    flagUnknownUsageKeys(span.attributes, reading.flags);
    const provider = normaliseProvider(reading.provider);
    if (!countsCacheBesideInput(provider, reading.modelResponse ?? reading.modelRequest)) {
      reading.inputHint = 'inclusive';
      reading.hintBy = `provider:${provider}`;
    }
  },
};
