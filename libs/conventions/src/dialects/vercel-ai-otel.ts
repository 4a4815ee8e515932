import { toBlobMap } from '../blob.ts';
import type { Dialect } from '../dialect.ts';
import { normaliseProvider } from '../provider.ts';
import { has, SIGN } from '../signs.ts';
import { readMetadata } from './vercel-ai.ts';

/** `@ai-sdk/otel` of AI SDK 7: conventions.md 3.4. GenAI names, everything inclusive. */
export const vercelAiOtel: Dialect = {
  id: 'vercel-ai-otel',
  version: 1,
  recognises: (span, signs) =>
    (signs.scopeName === 'gen_ai' && has(signs, SIGN.genAi)) ||
    (has(signs, SIGN.ai) &&
      [...span.attributes.keys()].some((key) => key.startsWith('ai.settings.context.'))),
  read(span, reading) {
    reading.inputHint = 'inclusive';
    reading.hintBy = 'vercel-ai:v7';
    const metadata = span.attributes.get('ai.response.providerMetadata');
    if (metadata !== undefined) readMetadata(toBlobMap(metadata), reading);
    // generateObject reports what was read from the cache, never what was written to it.
    const { counts } = reading;
    const hasUnknownWrites =
      normaliseProvider(reading.provider) === 'anthropic' &&
      counts.cacheRead !== null &&
      counts.cacheWrite === null;
    if (reading.kind === 'model_call' && hasUnknownWrites) reading.flags.add('cache_write_unknown');
  },
};
