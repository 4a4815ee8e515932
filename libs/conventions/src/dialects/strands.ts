import { toText } from '../attribute.ts';
import type { Dialect } from '../dialect.ts';

/**
 * Strands Agents: conventions.md 3.8. The total is the provider's and decides whether the cache is inside, except for
 * its own Anthropic client, which adds the total up itself and drops the cache.
 */
export const strands: Dialect = {
  id: 'strands',
  version: 1,
  recognises: ({ attributes }, signs) =>
    signs.scopeName.startsWith('strands') ||
    toText(attributes.get('gen_ai.system')) === 'strands-agents' ||
    toText(attributes.get('gen_ai.provider.name')) === 'strands-agents',
  read(_span, reading) {
    const model = reading.modelRequest ?? reading.modelResponse ?? '';
    const isDirectAnthropic = model.startsWith('claude');
    reading.hintBy = 'strands';
    reading.isTotalFromProvider = !isDirectAnthropic;
    // The agent's span repeats all it has used since it was made.
    reading.isCumulative = reading.kind === 'agent';
    if (reading.kind !== 'model_call') return;
    const { cacheRead, cacheWrite } = reading.counts;
    if (isDirectAnthropic && cacheRead === null && cacheWrite === null) reading.flags.add('cache_invisible');
  },
};
